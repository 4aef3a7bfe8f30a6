import { QUEUE_BATCH_MAX, QUEUE_BYTES_MAX } from '../ports/messageQueue.ts';
import type { Attempt, AttemptEnd } from './attempt.ts';
import type { Signal } from './signal.ts';
import { isCrowded, nextToStart, shareOf } from './fairness.ts';
import type { Backpressure } from './backpressure.ts';
import type { DeliverySettings } from './settings.ts';

/** Room for so many messages. A slot is free, asked for by a poll under way, or held by an attempt. */
export type Slots = {
  /** How many messages more may be asked for. */
  free(): number;
  polls(): number;
  /** Waiting or under way, oldest first. */
  held(): readonly Attempt[];
  heldBytes(): number;
  /** Nothing held and nothing under way that could bring more. */
  empty(): boolean;
  /** Every slot is held by a handler that goes on although its lease has long been lost. */
  stuck(): boolean;
  /** Keeps so many slots for what the poll may bring, until it has ended. */
  askFor(count: number, poll: (max: number) => Promise<void>): Promise<void>;
  hold(attempt: Attempt): void;
  /** Starts what waits, as far as may be, so that no group crowds out the others. */
  fill(): void;
  /** Hands back what waits, to show again no sooner than that. */
  putOff(delayMs: number): void;
  /** Frees the slot at the attempt's first end: a handler that was given up may come to one of its own. */
  freeAt(attempt: Attempt, ending: Promise<AttemptEnd>): Promise<void>;
  /** Frees whatever is still held, unsettled as it is, and tells how many that were. */
  abandon(): number;
};

export type SlotsOptions = {
  readonly settings: DeliverySettings;
  readonly bell: Signal;
  readonly flow: Pick<Backpressure, 'allowed' | 'isSteady'>;
  readonly onEnd: (end: AttemptEnd) => void;
};

/** A handler whose signal has fired stops within a call or two. */
const STOPS_WITHIN_MS = 60_000;

export const createSlots = ({ settings, bell, flow, onEnd }: SlotsOptions): Slots => {
  const { concurrency, heldBytesMax, groupShare } = settings;
  const held = new Set<Attempt>();
  let bytes = 0;
  let asked = 0;
  let polls = 0;

  const waiting = (): readonly Attempt[] => ofPhase(held, 'waiting');
  const running = (): readonly Attempt[] => ofPhase(held, 'started');

  /**
   * A handler that does not stop keeps its slot, but when a dependency allows only a few at a time it must not
   * keep them all out.
   */
  const freeOf = (attempts: readonly Attempt[]): number => {
    const heeding = attempts.filter((attempt) => attempt.lostForMs() === 0).length;
    return Math.min(concurrency - attempts.length, flow.allowed() - heeding);
  };

  /** Whoever waits behind a crowd is seen only if one reads on although every slot is taken. */
  const ahead = (): number =>
    flow.isSteady() && isCrowded(running(), shareOf(flow.allowed(), groupShare))
      ? QUEUE_BATCH_MAX
      : 0;

  /** Each message that is asked for may be of the largest size there is; one may always come. */
  const freeByBytes = (): number => {
    const room = Math.floor((heldBytesMax - bytes) / QUEUE_BYTES_MAX) - asked;
    return held.size + asked === 0 ? Math.max(1, room) : room;
  };

  const drop = (attempt: Attempt): boolean => {
    if (!held.delete(attempt)) return false;
    bytes -= attempt.bytes;
    return true;
  };

  const freeAt = async (attempt: Attempt, ending: Promise<AttemptEnd>): Promise<void> => {
    const end = await ending;
    if (drop(attempt)) onEnd(end);
    bell.ring();
  };

  const nextWaiting = (): Attempt | undefined => {
    const started = running();
    if (freeOf(started) <= 0) return undefined;
    return nextToStart(waiting(), started, shareOf(flow.allowed(), groupShare));
  };

  return {
    free: () => Math.min(freeOf([...held]) + ahead() - asked, freeByBytes()),
    polls: () => polls,
    held: () => [...held],
    heldBytes: () => bytes,
    empty: () => held.size === 0 && polls === 0,
    stuck: () =>
      held.size >= concurrency &&
      [...held].every((attempt) => attempt.lostForMs() > STOPS_WITHIN_MS),
    askFor: async (count, poll) => {
      asked += count;
      polls += 1;
      try {
        await poll(count);
      } finally {
        asked -= count;
        polls -= 1;
        bell.ring();
      }
    },
    hold: (attempt) => {
      held.add(attempt);
      bytes += attempt.bytes;
      void freeAt(attempt, attempt.ended);
    },
    fill: () => {
      // Ends, because each turn starts one of those that wait.
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
