import type { Result } from 'neverthrow';
import { mapConcurrent } from '../log/mapConcurrent.ts';

/** Of two sets that have to agree: what the log's orders ask for, and what stands elsewhere. */
export type Side = 'orders' | 'others';

/** Something that was seen on one side, and what it is. */
export type UnmatchedItem<T> = { readonly side: Side; readonly key: string; readonly about: T };

export type TwoSidedMatch<T> = {
  /**
   * What has no counterpart yet is kept. Gives back what is to be judged at once: what there is no room for, and
   * of two counterparts that do not agree the one of the orders.
   */
  see(one: UnmatchedItem<T>): readonly UnmatchedItem<T>[];
  /** What is left without a counterpart. */
  rest(): readonly UnmatchedItem<T>[];
};

/** What is kept at most, of one check: each some 200 to 400 bytes, so that it is 400 MB at the very worst. */
const HELD_MAX = 1_000_000;

/**
 * Two sides of equal keys forget each other, in whatever order a scan shows them. So what both agree on costs
 * no read beyond the scan, and whatever is left is judged by reading both sides again: by then it may agree.
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

/** Judged and told so many at a time. */
const JUDGED_AT_ONCE = 256;

/** Judges everything, some at once, and tells what was found as it goes. */
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
