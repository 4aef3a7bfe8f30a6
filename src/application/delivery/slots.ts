import { QUEUE_BATCH_MAX, QUEUE_BYTES_MAX } from '../ports/messageQueue.ts';
import type { Attempt, AttemptEnd } from './attempt.ts';
import type { Signal } from './signal.ts';
import { isCrowded, nextToStart, shareOf } from './fairness.ts';
import type { Backpressure } from './backpressure.ts';
import type { DeliverySettings } from './settings.ts';

/** The room for messages. A slot is free, reserved by a poll under way, or held by an attempt. */
export type Slots = {
  /** How many more messages may be received. */
  free(): number;
  polls(): number;
  /** Waiting or under way, oldest first. */
  held(): readonly Attempt[];
  heldBytes(): number;
  /** Nothing held and nothing under way that could bring more. */
  empty(): boolean;
  /** Every slot is held by a handler that goes on although its lease was lost long ago. */
  stuck(): boolean;
  /** Keeps this many slots for the messages of a poll, until the poll has ended. */
  reserve(count: number, poll: (max: number) => Promise<void>): Promise<void>;
  hold(attempt: Attempt): void;
  /** Starts waiting attempts as far as allowed, so that no group crowds out the others. */
  fill(): void;
  /** Releases the waiting messages, to show again no sooner than after this delay. */
  putOff(delayMs: number): void;
  /**
   * Frees the slot at the attempt's first end: a given-up handler may come to an end of its own.
   */
  freeAt(attempt: Attempt, ending: Promise<AttemptEnd>): Promise<void>;
  /** Frees all slots still held, their messages unsettled, and gives their number. */
  abandon(): number;
};

export type SlotsOptions = {
  readonly settings: DeliverySettings;
  readonly signal: Pick<Signal, 'raise'>;
  readonly backpressure: Pick<Backpressure, 'allowed' | 'isSteady'>;
  readonly onEnd: (end: AttemptEnd) => void;
};

/** A handler whose signal has fired stops within a call or two. */
const STOPS_WITHIN_MS = 60_000;

export const createSlots = ({ settings, signal, backpressure, onEnd }: SlotsOptions): Slots => {
  const { concurrency, heldBytesMax, groupShare } = settings;
  const held = new Set<Attempt>();
  let bytes = 0;
  let reserved = 0;
  let polls = 0;

  const waiting = (): readonly Attempt[] => ofPhase(held, 'waiting');
  const running = (): readonly Attempt[] => ofPhase(held, 'started');

  /**
   * A handler that does not stop keeps its slot. It must not keep out the few others that a
   * dependency in trouble allows.
   */
  const freeOf = (attempts: readonly Attempt[]): number => {
    const stoppable = attempts.filter((attempt) => attempt.lostForMs() === 0).length;
    return Math.min(concurrency - attempts.length, backpressure.allowed() - stoppable);
  };

  /** Messages behind a crowd are seen only if one reads on although every slot is taken. */
  const ahead = (): number =>
    backpressure.isSteady() && isCrowded(running(), shareOf(backpressure.allowed(), groupShare))
      ? QUEUE_BATCH_MAX
      : 0;

  /** Each message to be received may be of the largest size; one may always come. */
  const freeByBytes = (): number => {
    const room = Math.floor((heldBytesMax - bytes) / QUEUE_BYTES_MAX) - reserved;
    return held.size + reserved === 0 ? Math.max(1, room) : room;
  };

  const drop = (attempt: Attempt): boolean => {
    if (!held.delete(attempt)) return false;
    bytes -= attempt.bytes;
    return true;
  };

  const freeAt = async (attempt: Attempt, ending: Promise<AttemptEnd>): Promise<void> => {
    const end = await ending;
    if (drop(attempt)) onEnd(end);
    signal.raise();
  };

  const nextWaiting = (): Attempt | undefined => {
    const started = running();
    if (freeOf(started) <= 0) return undefined;
    return nextToStart(waiting(), started, shareOf(backpressure.allowed(), groupShare));
  };

  return {
    free: () => Math.min(freeOf([...held]) + ahead() - reserved, freeByBytes()),
    polls: () => polls,
    held: () => [...held],
    heldBytes: () => bytes,
    empty: () => held.size === 0 && polls === 0,
    stuck: () =>
      held.size >= concurrency &&
      [...held].every((attempt) => attempt.lostForMs() > STOPS_WITHIN_MS),
    reserve: async (count, poll) => {
      reserved += count;
      polls += 1;
      try {
        await poll(count);
      } finally {
        reserved -= count;
        polls -= 1;
        signal.raise();
      }
    },
    hold: (attempt) => {
      held.add(attempt);
      bytes += attempt.bytes;
      void freeAt(attempt, attempt.ended);
    },
    fill: () => {
      // Ends, because each turn starts one of the waiting attempts.
      for (let next = nextWaiting(); next !== undefined; next = nextWaiting()) next.start();
    },
    putOff: (delayMs) => {
      for (const attempt of waiting()) attempt.putOff(delayMs);
    },
    freeAt,
    abandon: () => {
      const count = held.size;
      for (const attempt of held) drop(attempt);
      return count;
    },
  };
};

const ofPhase = (
  held: ReadonlySet<Attempt>,
  phase: ReturnType<Attempt['phase']>,
): readonly Attempt[] => [...held].filter((attempt) => attempt.phase() === phase);
