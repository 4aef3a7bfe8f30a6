import { mapConcurrent } from '../log/mapConcurrent.ts';
import { NO_FINDINGS, type AuditCheck, type CheckResult, type VisitResult } from './check.ts';
import type { Side } from './part.ts';

/** `key` is equal for counterparts; `about` is needed to judge an item without one. */
type MatchItem<T> = { readonly key: string; readonly about: T };

type SeenItem<T> = { readonly side: Side; readonly about: T };

type TwoSidedMatch<T> = {
  /**
   * Keeps the items that have no counterpart yet. Judges the others at once: those for which there
   * is no room, and, of two counterparts that disagree, the one of the orders.
   */
  readonly see: (side: Side, items: readonly MatchItem<T>[]) => VisitResult;
  readonly conclude: NonNullable<AuditCheck['conclude']>;
  /** The items that have no counterpart yet. */
  readonly unmatched: () => Iterable<MatchItem<T> & { readonly side: Side }>;
};

type MatchOptions<T> = {
  /** Reads both sides again: by then they may agree. */
  readonly judge: (about: T, side: Side) => CheckResult;
  /** Whether two items with equal keys agree in the rest, too. */
  readonly agree?: (one: T, other: T) => boolean;
  readonly heldMax?: number | undefined;
};

/** The maximum number of items that one check keeps: as documents, at 560 bytes each, 560 MB. */
const HELD_MAX = 1_000_000;
const JUDGED_AT_ONCE = 256;

/**
 * Two sides with equal keys cancel each other out, in whatever order a scan shows them. So
 * agreement costs no read beyond the scan.
 */
export const createTwoSidedMatch = <T>({
  judge,
  agree = () => true,
  heldMax = HELD_MAX,
}: MatchOptions<T>): TwoSidedMatch<T> => {
  const held = { orders: new Map<string, T>(), others: new Map<string, T>() };

  /** The items that have to be judged at once: this one, its counterpart, or none. */
  const unheld = (side: Side, { key, about }: MatchItem<T>): SeenItem<T> | undefined => {
    const opposite = side === 'orders' ? held.others : held.orders;
    const counterpart = opposite.get(key);
    if (counterpart !== undefined) {
      opposite.delete(key);
      if (agree(about, counterpart)) return undefined;
      return { side: 'orders', about: side === 'orders' ? about : counterpart };
    }
    const mine = held[side];
    mine.set(key, about);
    if (held.orders.size + held.others.size <= heldMax) return undefined;
    mine.delete(key);
    return { side, about };
  };

  const judgeAll = (items: readonly SeenItem<T>[], signal?: AbortSignal): CheckResult =>
    mapConcurrent(items, ({ about, side }) => judge(about, side), signal).map((findings) =>
      findings.flat(),
    );

  return {
    see: (side, items) => {
      const left: SeenItem<T>[] = [];
      for (const item of items) {
        const one = unheld(side, item);
        if (one !== undefined) left.push(one);
      }
      return left.length === 0 ? NO_FINDINGS : judgeAll(left);
    },
    unmatched: function* () {
      for (const side of ['orders', 'others'] as const) {
        for (const [key, about] of held[side]) yield { side, key, about };
      }
    },
    conclude: async function* (signal) {
      const rest = (['orders', 'others'] as const).flatMap((side) =>
        [...held[side].values()].map((about) => ({ side, about })),
      );
      for (let from = 0; from < rest.length && signal?.aborted !== true; from += JUDGED_AT_ONCE) {
        yield await judgeAll(rest.slice(from, from + JUDGED_AT_ONCE), signal);
      }
    },
  };
};
