import { QUEUE_BATCH_MAX, QUEUE_BYTES_MAX } from '../ports/messageQueue.ts';
import type { Attempt, AttemptEnd } from './attempt.ts';
import type { Signal } from './signal.ts';
import type { Backpressure } from './backpressure.ts';
import type { DeliverySettings } from './settings.ts';

/** The room for messages. A slot is free, reserved by a poll under way, or held by an attempt. */
export type Slots = {
  free(): number;
  polls(): number;
  /** The attempts that wait or are under way, oldest first. */
  held(): readonly Attempt[];
  heldBytes(): number;
  empty(): boolean;
  /** Whether every slot is held by a handler that goes on although its lease was lost long ago. */
  stuck(): boolean;
  /** Keeps this many slots for the messages of a poll, until the poll has ended. */
  reserve(count: number, poll: (max: number) => Promise<void>): Promise<void>;
  hold(attempt: Attempt): void;
  /** Starts waiting attempts as far as allowed, so that no group crowds out the others. */
  fill(): void;
  /** Releases the waiting messages. They show again no sooner than after this delay. */
  putOff(delayMs: number): void;
  /** Frees the slot at the attempt's first end: a given-up handler may end later. */
  freeAt(attempt: Attempt, ending: Promise<AttemptEnd>): Promise<void>;
  /** Frees all slots still held, their messages unsettled, and returns their number. */
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
  const limits = { settings, backpressure };
  const held = new Set<Attempt>();
  let bytes = 0;
  let reserved = 0;
  let polls = 0;

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

  const next = (): Attempt | undefined => {
    const waiting = ofPhase(held, 'waiting');
    return waiting.length === 0 ? undefined : nextOf(waiting, ofPhase(held, 'started'), limits);
  };

  return {
    free: () => {
      const slots = freeBeside(held, limits) + readAhead(ofPhase(held, 'started'), limits);
      const room = Math.floor((settings.heldBytesMax - bytes) / QUEUE_BYTES_MAX);
      // Each message to be received may be of the largest size; one may always come.
      const isIdle = held.size + reserved === 0;
      return Math.min(slots, isIdle ? Math.max(1, room) : room) - reserved;
    },
    polls: () => polls,
    held: () => [...held],
    heldBytes: () => bytes,
    empty: () => held.size === 0 && polls === 0,
    stuck: () =>
      held.size >= settings.concurrency &&
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
      // The loop ends, because each turn starts one of the waiting attempts.
      for (let due = next(); due !== undefined; due = next()) due.start();
    },
    putOff: (delayMs) => {
      for (const attempt of ofPhase(held, 'waiting')) attempt.putOff(delayMs);
    },
    freeAt,
    abandon: () => {
      const count = held.size;
      for (const attempt of held) drop(attempt);
      return count;
    },
  };
};

type Limits = Pick<SlotsOptions, 'settings' | 'backpressure'>;

const ofPhase = (
  attempts: Iterable<Attempt>,
  phase: ReturnType<Attempt['phase']>,
): readonly Attempt[] => {
  const found: Attempt[] = [];
  for (const attempt of attempts) if (attempt.phase() === phase) found.push(attempt);
  return found;
};

/**
 * The free slots. A handler that does not stop must not keep out the few that a dependency allows.
 */
const freeBeside = (
  attempts: Iterable<Attempt>,
  { settings: { concurrency }, backpressure }: Limits,
): number => {
  let [all, stoppable] = [0, 0];
  for (const attempt of attempts) {
    all += 1;
    if (attempt.lostForMs() === 0) stoppable += 1;
  }
  return Math.min(concurrency - all, backpressure.allowed() - stoppable);
};

/**
 * The messages to read although every slot is taken: those behind a crowd are seen only in this
 * way.
 */
const readAhead = (
  running: readonly Attempt[],
  { settings: { groupShare }, backpressure }: Limits,
): number =>
  backpressure.isSteady() && isCrowded(running, shareOf(backpressure.allowed(), groupShare))
    ? QUEUE_BATCH_MAX
    : 0;

const nextOf = (
  waiting: readonly Attempt[],
  running: readonly Attempt[],
  limits: Limits,
): Attempt | undefined => {
  if (freeBeside(running, limits) <= 0) return undefined;
  const share = shareOf(limits.backpressure.allowed(), limits.settings.groupShare);
  return nextToStart(waiting, running, share);
};

/** The customer or tenant of a message. A message without a group is a group of its own. */
type GroupMember = { readonly groupId?: string | undefined };

/** The slots that one group may have while messages of others wait: at least one. */
export const shareOf = (slots: number, groupShare: number): number =>
  Math.max(1, Math.floor(slots * groupShare));

/**
 * The message to start next: the oldest whose group is below its share. If there is none, no other
 * group waits that could use the slot better, and the group with the fewest under way gets it.
 */
export const nextToStart = <M extends GroupMember>(
  waiting: readonly M[],
  running: readonly GroupMember[],
  share: number,
): M | undefined => {
  const counts = countGroups(running);
  const countOf = ({ groupId }: GroupMember): number =>
    groupId === undefined ? 0 : (counts.get(groupId) ?? 0);
  let next: M | undefined;
  for (const candidate of waiting) {
    if (countOf(candidate) < share) return candidate;
    if (next === undefined || countOf(candidate) < countOf(next)) next = candidate;
  }
  return next;
};

/** Whether one group has more than its share, which is fair only while no other group waits. */
export const isCrowded = (running: readonly GroupMember[], share: number): boolean =>
  Math.max(0, ...countGroups(running).values()) > share;

const countGroups = (running: readonly GroupMember[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { groupId } of running) {
    if (groupId !== undefined) counts.set(groupId, (counts.get(groupId) ?? 0) + 1);
  }
  return counts;
};
