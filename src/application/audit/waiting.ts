export type WaitingItem = {
  readonly orderId: string;
  /** `payment#1`, `refund#r-1`; absent where it is the whole order. */
  readonly subject?: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly why: string;
};

export type WaitingList = {
  readonly count: number;
  readonly oldest: readonly WaitingItem[];
};

/**
 * Counts all, and keeps the oldest. It only sorts when it holds twice as many as it keeps. Of those
 * that are equally old it keeps the same ones, in whatever order they come.
 */
export const createOldestN = (keptMax: number) => {
  let count = 0;
  let kept: WaitingItem[] = [];
  const keep = (): void => {
    kept = kept.toSorted(byAge).slice(0, keptMax);
  };
  return {
    add: (waiting: WaitingItem): void => {
      count += 1;
      kept.push(waiting);
      if (kept.length >= 2 * keptMax) keep();
    },
    /** Counts some that are not among the oldest of another list. */
    addYounger: (younger: number): void => void (count += younger),
    list: (): WaitingList => {
      keep();
      return { count, oldest: kept };
    },
  };
};

export type OldestN = ReturnType<typeof createOldestN>;

const byAge = (one: WaitingItem, other: WaitingItem): number => {
  if (one.since !== other.since) return one.since - other.since;
  return (
    byText(one.orderId, other.orderId) ||
    byText(one.subject ?? '', other.subject ?? '') ||
    byText(one.why, other.why)
  );
};

const byText = (one: string, other: string): number => {
  if (one === other) return 0;
  return one < other ? -1 : 1;
};
