/** An order, or one request of it, that waits. */
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
  /** The oldest of them, the oldest first. */
  readonly oldest: readonly WaitingItem[];
};

export type OldestN = {
  add(waiting: WaitingItem): void;
  list(): WaitingList;
};

/** Counts all, and keeps the oldest. It only sorts when it holds twice as many as it keeps. */
export const createOldestN = (keptMax: number): OldestN => {
  let count = 0;
  let kept: WaitingItem[] = [];
  const keep = (): void => {
    kept = kept.toSorted((one, other) => one.since - other.since).slice(0, keptMax);
  };
  return {
    add: (waiting) => {
      count += 1;
      kept.push(waiting);
      if (kept.length >= 2 * keptMax) keep();
    },
    list: () => {
      keep();
      return { count, oldest: kept };
    },
  };
};
