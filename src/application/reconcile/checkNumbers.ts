import type { Result } from 'neverthrow';
import * as Reconcile from '../../domain/reconcile/index.ts';
import type { Misconfiguration, Unavailable } from '../ports/failures.ts';
import { mapConcurrent } from '../log/mapConcurrent.ts';
import type { KnownOrder, LoadOrder } from './loadOrder.ts';

export type NumberToCheck = Reconcile.AwaitedNumber & {
  /** How its document has to show it; left out, or '', where the series does not say it. */
  readonly label?: string;
};

/** A number whose one document is not where it must be. */
export type NumberFinding = {
  /** `Contradicted`: no resume can mend it. `Unreadable`: what the order says cannot be read. */
  readonly type: 'Undocumented' | 'Contradicted' | 'Unreadable';
  readonly series: string;
  readonly orderId: string;
  readonly number: Reconcile.AwaitedNumber;
  readonly why: string;
  readonly order?: KnownOrder;
};

type OptionalFinding = NumberFinding | undefined;

/** What is wrong with these numbers, one load of an order for each. Once the signal fires it is not complete. */
export const checkNumbers = async (
  numbers: readonly NumberToCheck[],
  {
    series,
    loadOrder,
    signal,
  }: {
    readonly series: string;
    readonly loadOrder: LoadOrder;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Result<readonly NumberFinding[], Unavailable | Misconfiguration>> => {
  const checked = await mapConcurrent(
    numbers,
    (number) => {
      const { orderId } = Reconcile.subjectOf(number.id);
      return loadOrder(orderId).map((looked): OptionalFinding => {
        const about = { series, orderId, number };
        if (looked.type === 'Unreadable') return { ...about, type: looked.type, why: looked.why };
        const events = looked.type === 'Known' ? looked.events : [];
        const verdict = Reconcile.verdictOn(number, series, events);
        if (verdict.type === 'Documented') return undefined;
        const why = verdict.type === 'Contradicted' ? verdict.why : 'the order is still open';
        const order = looked.type === 'Known' ? { order: looked } : {};
        return { ...about, type: verdict.type, why, ...order };
      });
    },
    signal,
  );
  return checked.map((found) => found.filter((finding) => finding !== undefined));
};

/** Looked at again in the next round: its document may still come, or its order be read again. */
export const isAwaited = ({ type }: NumberFinding): boolean => type !== 'Contradicted';
