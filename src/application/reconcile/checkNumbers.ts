import type { ResultAsync } from 'neverthrow';
import * as Reconcile from '../../domain/reconcile/index.ts';
import type { DependencyError } from '../ports/failures.ts';
import { mapConcurrent } from '../log/mapConcurrent.ts';
import type { KnownOrder, OrderReads } from '../log/loadOrder.ts';

export type NumberToCheck = Reconcile.AwaitedNumber & {
  /**
   * The number as its document has to show it; absent or '' where the series does not record it.
   */
  readonly label?: string;
};

export type NumberFinding = {
  /** `Contradicted`: no resume can fix it. `Unreadable`: the order cannot be read. */
  readonly type: 'Undocumented' | 'Contradicted' | 'Unreadable';
  readonly series: string;
  readonly orderId: string;
  readonly number: Reconcile.AwaitedNumber;
  readonly why: string;
  readonly order?: KnownOrder;
};

/**
 * The findings on these numbers, with one load of an order for each. They are incomplete once the
 * signal fires.
 */
export const checkNumbers = (
  numbers: readonly NumberToCheck[],
  { series, loadOrder, signal }: OrderReads & { readonly series: string },
): ResultAsync<readonly NumberFinding[], DependencyError> =>
  mapConcurrent(
    numbers,
    (number) => {
      const { orderId } = Reconcile.subjectOf(number.id);
      return loadOrder(orderId).map((reading): NumberFinding | undefined => {
        const about = { series, orderId, number };
        if (reading.type === 'Unreadable')
          return { ...about, type: reading.type, why: reading.why };
        const events = reading.type === 'Known' ? reading.events : [];
        const verdict = Reconcile.verdictOn(number, series, events);
        if (verdict.type === 'Documented') return undefined;
        const why = verdict.type === 'Contradicted' ? verdict.why : 'the order is still open';
        const order = reading.type === 'Known' ? { order: reading } : {};
        return { ...about, type: verdict.type, why, ...order };
      });
    },
    signal,
  ).map((found) => found.filter((finding) => finding !== undefined));

/**
 * Whether the number is checked again in the next round: its document may still come, or its order
 * become readable.
 */
export const isAwaited = ({ type }: NumberFinding): boolean => type !== 'Contradicted';
