import type { Clock } from '../ports/clock.ts';
import type { AttemptEnd } from './attempt.ts';
import type { Signal } from './signal.ts';
import type { DeliverySettings } from './settings.ts';
import type { Slots } from './slots.ts';

/** What became of everything that was held when the consumer was told to stop, or that came after. */
export type DrainReport = Readonly<Record<AttemptEnd, number>> & {
  /** Polls that had to be cut off; what they were about to bring shows when its visibility ends. */
  readonly pollsCut: number;
  readonly durationMs: number;
};

export type DrainOptions = {
  readonly slots: Slots;
  readonly bell: Signal;
  readonly clock: Clock;
  readonly settings: DeliverySettings;
  /** Cuts off the polls that are under way. */
  readonly cutPolls: () => void;
};

/** Counts how attempts end, from the signal to stop on. */
export const createDrainCounts = () => {
  const ends = { finished: 0, handedBack: 0, abandoned: 0 };
  let isOpen = false;
  return {
    open: (): void => {
      isOpen = true;
    },
    count: (end: AttemptEnd): void => {
      if (isOpen) ends[end] += 1;
    },
    ends: (): Readonly<Record<AttemptEnd, number>> => ends,
  };
};

/** The end of the drain is kept for handing back what did not finish. */
const HAND_BACK_FRACTION = 0.25;

/** Waits for what is under way, then asks it to stop, then hands it back; ends in time whatever happens. */
export const drain = async (
  options: DrainOptions,
): Promise<Pick<DrainReport, 'pollsCut' | 'durationMs' | 'abandoned'>> => {
  const { slots, bell, clock, settings, cutPolls } = options;
  const stoppedAt = clock.now();
  const endAt = stoppedAt + settings.drainMs;
  const handBackMs = settings.drainMs * HAND_BACK_FRACTION;
  const emptyBy = async (untilMs: number): Promise<void> => {
    while (!slots.empty() && clock.now() < untilMs) await bell.wait(untilMs - clock.now());
  };

  slots.putOff(0);
  await emptyBy(endAt - handBackMs);
  const pollsCut = slots.polls();
  cutPolls();
  for (const attempt of slots.held()) attempt.interrupt();

  await emptyBy(endAt - handBackMs / 2);
  for (const attempt of slots.held()) void slots.freeAt(attempt, attempt.giveUp());

  await emptyBy(endAt);
  return { pollsCut, durationMs: clock.now() - stoppedAt, abandoned: slots.abandon() };
};
