import type { Attempt, AttemptEnd } from './attempt.ts';
import type { Bell } from './bell.ts';

/** Room for so many messages. A slot is free, asked for by a poll under way, or held by an attempt. */
export type Slots = {
  free(): number;
  polls(): number;
  held(): readonly Attempt[];
  /** Nothing held and nothing under way that could bring more. */
  empty(): boolean;
  /** Keeps so many slots for what the poll may bring, until it has ended. */
  askFor(count: number, poll: (max: number) => Promise<void>): Promise<void>;
  hold(attempt: Attempt): void;
  /** Frees the slot at the attempt's first end: a handler that was given up may come to one of its own. */
  freeAt(attempt: Attempt, ending: Promise<AttemptEnd>): Promise<void>;
  /** Frees whatever is still held, unsettled as it is, and tells how many that were. */
  abandon(): number;
};

export const createSlots = (
  concurrency: number,
  bell: Bell,
  onEnd: (end: AttemptEnd) => void,
): Slots => {
  const held = new Set<Attempt>();
  let asked = 0;
  let polls = 0;

  const freeAt = async (attempt: Attempt, ending: Promise<AttemptEnd>): Promise<void> => {
    const end = await ending;
    if (held.delete(attempt)) onEnd(end);
    bell.ring();
  };

  return {
    free: () => concurrency - held.size - asked,
    polls: () => polls,
    held: () => [...held],
    empty: () => held.size === 0 && polls === 0,
    askFor: async (count, poll) => {
      asked += count;
      polls += 1;
      await poll(count);
      asked -= count;
      polls -= 1;
      bell.ring();
    },
    hold: (attempt) => {
      held.add(attempt);
      void freeAt(attempt, attempt.ended);
    },
    freeAt,
    abandon: () => {
      const count = held.size;
      held.clear();
      return count;
    },
  };
};
