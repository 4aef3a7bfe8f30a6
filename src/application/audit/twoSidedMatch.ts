import type { Result } from 'neverthrow';
import { mapConcurrent } from '../log/mapConcurrent.ts';

/** Two sets that must agree: what the log's orders require, and what stands elsewhere. */
export type Side = 'orders' | 'others';

/** An item that was seen on one side. */
export type UnmatchedItem<T> = { readonly side: Side; readonly key: string; readonly about: T };

export type TwoSidedMatch<T> = {
  /**
   * Keeps an item that has no counterpart yet. Returns the items to judge at once: those for which
   * there is no room, and, for two counterparts that disagree, the one of the orders.
   */
  see(one: UnmatchedItem<T>): readonly UnmatchedItem<T>[];
  /** The items that are left without a counterpart. */
  rest(): readonly UnmatchedItem<T>[];
};

/**
 * The maximum number that one check keeps. Each takes 200 to 400 bytes, so that 400 MB is the worst
 * case.
 */
const HELD_MAX = 1_000_000;

/**
 * Two sides with equal keys cancel each other out, in whatever order a scan shows them. So
 * agreement costs no read beyond the scan. Whatever is left is judged by reading both sides again:
 * by then it may agree.
 */
export const createTwoSidedMatch = <T>(
  heldMax = HELD_MAX,
  agree: (one: T, other: T) => boolean = () => true,
): TwoSidedMatch<T> => {
  const held = {
    orders: new Map<string, UnmatchedItem<T>>(),
    others: new Map<string, UnmatchedItem<T>>(),
  };
  return {
    see: (one) => {
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
    },
    rest: () => [...held.orders.values(), ...held.others.values()],
  };
};

/** The number of items that are judged and reported together. */
const JUDGED_AT_ONCE = 256;

/** Judges all items, some at once, and yields the findings as it proceeds. */
export async function* decideAll<T, F, E>(
  items: readonly T[],
  judge: (item: T) => PromiseLike<Result<readonly F[], E>>,
  signal?: AbortSignal,
): AsyncGenerator<Result<readonly F[], E>, void, void> {
  for (let from = 0; from < items.length && signal?.aborted !== true; from += JUDGED_AT_ONCE) {
    const batch = items.slice(from, from + JUDGED_AT_ONCE);
    yield (await mapConcurrent(batch, judge, signal)).map((findings) => findings.flat());
  }
}
