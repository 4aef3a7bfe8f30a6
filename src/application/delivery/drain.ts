import type { Clock } from '../ports/clock.ts';
import type { AttemptEnd } from './attempt.ts';
import type { Signal } from './signal.ts';
import type { Slots } from './slots.ts';

type DrainEnd = 'finished' | 'handedBack' | 'abandoned';

/**
 * The ends of everything that was held when the consumer was asked to stop, and of what came after.
 */
export type DrainReport = Readonly<Record<DrainEnd, number>> & {
  /**
   * The number of polls that had to be aborted; their messages show again when their visibility
   * ends.
   */
  readonly pollsCut: number;
  readonly durationMs: number;
};

export const createDrainCounts = () => {
  const ends = { finished: 0, handedBack: 0, abandoned: 0 };
  let isOpen = false;
  return {
    open: (): void => {
      isOpen = true;
    },
    count: (end: AttemptEnd): void => {
      if (isOpen) ends[end === 'done' || end === 'retried' ? 'finished' : end] += 1;
    },
    ends: (): Readonly<Record<DrainEnd, number>> => ends,
  };
};

export type DrainCounts = ReturnType<typeof createDrainCounts>;

/** This part of the drain is kept for releasing messages that did not finish. */
const RELEASE_FRACTION = 0.25;

/** Waits for the attempts under way, then stops them, then releases their messages, in time. */
export const drain = async (options: {
  readonly slots: Pick<Slots, 'empty' | 'held' | 'polls' | 'putOff' | 'freeAt' | 'abandon'>;
  readonly signal: Pick<Signal, 'wait'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly drainMs: number;
  readonly abortPolls: () => void;
}): Promise<Pick<DrainReport, 'pollsCut' | 'durationMs' | 'abandoned'>> => {
  const { slots, signal, clock, drainMs, abortPolls } = options;
  const stoppedAt = clock.now();
  const endAt = stoppedAt + drainMs;
  const releaseMs = drainMs * RELEASE_FRACTION;
  const emptyBy = async (untilMs: number): Promise<void> => {
    while (!slots.empty() && clock.now() < untilMs) await signal.wait(untilMs - clock.now());
  };

  slots.putOff(0);
  await emptyBy(endAt - releaseMs);
  const pollsCut = slots.polls();
  abortPolls();
  for (const attempt of slots.held()) attempt.interrupt();

  await emptyBy(endAt - releaseMs / 2);
  for (const attempt of slots.held()) void slots.freeAt(attempt, attempt.giveUp());

  await emptyBy(endAt);
  return { pollsCut, durationMs: clock.now() - stoppedAt, abandoned: slots.abandon() };
};
