import { mapConcurrent } from '../log/mapConcurrent.ts';
import type { AuditCheck, CheckResult } from './check.ts';

/** Two sets that must agree: what the log's orders require, and what stands elsewhere. */
type Side = 'orders' | 'others';

/** `key` is equal for counterparts; `about` is what is needed to judge an item without one. */
type MatchItem<T> = { readonly key: string; readonly about: T };

type SeenItem<T> = MatchItem<T> & { readonly side: Side };

type TwoSidedMatch<T> = {
  /**
   * Keeps the items that have no counterpart yet. Judges the others at once: those for which there
   * is no room, and, of two counterparts that disagree, the one of the orders.
   */
  readonly see: (side: Side, items: readonly MatchItem<T>[]) => CheckResult;
  readonly conclude: NonNullable<AuditCheck['conclude']>;
};

type MatchOptions<T> = {
  /** Reads both sides again: by then they may agree. */
  readonly judge: (about: T, side: Side) => CheckResult;
  /** Whether two items with equal keys agree in the rest, too. */
  readonly agree?: (one: T, other: T) => boolean;
  readonly heldMax?: number | undefined;
};

/** The maximum that one check keeps: at 200 to 400 bytes each, 400 MB is the worst case. */
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
  const held = {
    orders: new Map<string, SeenItem<T>>(),
    others: new Map<string, SeenItem<T>>(),
  };

  const unheld = (one: SeenItem<T>): readonly SeenItem<T>[] => {
    const opposite = one.side === 'orders' ? held.others : held.orders;
    const counterpart = opposite.get(one.key);
    if (counterpart !== undefined) {
      opposite.delete(one.key);
      if (agree(one.about, counterpart.about)) return [];
      return [one.side === 'orders' ? one : counterpart];
    }
    const mine = held[one.side];
    mine.set(one.key, one);
    if (held.orders.size + held.others.size <= heldMax) return [];
    mine.delete(one.key);
    return [one];
  };

  const judgeAll = (items: readonly SeenItem<T>[], signal?: AbortSignal): CheckResult =>
    mapConcurrent(items, ({ about, side }) => judge(about, side), signal).map((findings) =>
      findings.flat(),
    );

  return {
    see: (side, items) => judgeAll(items.flatMap((item) => unheld({ ...item, side }))),
    conclude: async function* (signal) {
      const rest = [...held.orders.values(), ...held.others.values()];
      for (let from = 0; from < rest.length && signal?.aborted !== true; from += JUDGED_AT_ONCE) {
        yield await judgeAll(rest.slice(from, from + JUDGED_AT_ONCE), signal);
      }
    },
  };
};
