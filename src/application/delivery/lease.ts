import type { DeliveryDependencies } from './dependencies.ts';
import { VISIBILITY_MAX_MS, type EntryResult } from '../ports/messageQueue.ts';
import { RAISED } from './signal.ts';

/**
 * held ──▶ settling ──▶ settled      The handler has ended; one last change is made.
 *   └──▶ lost ◀──┘                   Another worker may have the message by now.
 */
export type LeaseState = 'held' | 'settling' | 'settled' | 'lost';

/** A renewal was refused (`taken`) or came too late, or the handler's time is up (`ceiling`). */
export type LossReason = 'taken' | 'expired' | 'ceiling';

/** One worker's hold on one message, from its receive until it is settled or lost. */
export type Lease = {
  /** Aborts when the lease is lost or the handler interrupted: no side effect may start. */
  readonly signal: AbortSignal;
  readonly state: () => LeaseState;
  readonly heldMs: () => number;
  /** The time until the message may show again; zero or less when that time has come. */
  readonly leftMs: () => number;
  readonly interrupt: () => void;
  /**
   * Ends the renewals and awaits the one under way, so that none can overwrite the last change.
   * False if the lease is lost, or was settled before.
   */
  readonly settle: () => Promise<boolean>;
  readonly settled: () => void;
};

export type LeaseOptions = Pick<DeliveryDependencies, 'clock' | 'ids' | 'settings'> & {
  readonly renew: (visibilityMs: number) => Promise<EntryResult>;
  readonly onLost: (reason: LossReason) => void;
};

/** A lease ends this part of the visibility early, for the time that an answer was on its way. */
const MARGIN_FRACTION = 0.1;
/** A failed renewal is tried again after half of the time left, but not in a busy loop. */
const RENEWAL_PAUSE_MIN_MS = 250;

export const holdLease = ({ clock, ids, settings, renew, onLost }: LeaseOptions): Lease => {
  const receivedAt = clock.now();
  const marginMs = settings.visibilityMs * MARGIN_FRACTION;
  const ceilingAt = receivedAt + Math.min(settings.leaseMs, VISIBILITY_MAX_MS - 2 * marginMs);
  const renewalEnds = new AbortController();
  const handlerStops = new AbortController();
  let state: LeaseState = 'held';
  let visibleAt = receivedAt + settings.visibilityMs;

  const isHeld = (): boolean => state === 'held';
  const leftMs = (): number => Math.min(visibleAt - marginMs, ceilingAt) - clock.now();

  const lose = (reason: LossReason): void => {
    state = 'lost';
    renewalEnds.abort(RAISED);
    handlerStops.abort();
    onLost(reason);
  };

  /** Resolves when the renewal under way has been answered. */
  let renewing: Promise<void> | undefined;

  const renewOnce = async (): Promise<void> => {
    const askedAt = clock.now();
    const visibilityMs = Math.min(settings.visibilityMs, ceilingAt + marginMs - askedAt);
    const answer = await renew(visibilityMs);
    if (state === 'lost') return;
    if (answer.type === 'Done') visibleAt = askedAt + visibilityMs;
    else if (!answer.retryable) lose('taken');
  };

  // Expiry is watched apart from the renewals, since a renewal may never be answered.
  const watchExpiry = async (): Promise<void> => {
    while (isHeld()) {
      if (leftMs() > 0) await clock.sleep(leftMs(), renewalEnds.signal);
      else lose(clock.now() >= ceilingAt ? 'ceiling' : 'expired');
    }
  };

  const keepRenewing = async (): Promise<void> => {
    let watching: Promise<void> | undefined;
    // The loop ends at the ceiling: each turn takes a part of the time left, or the least pause.
    while (isHeld() && visibleAt - marginMs < ceilingAt) {
      const timeLeftMs = leftMs();
      // The jitter keeps messages that were received together from being renewed together.
      const pauseMs = Math.max(timeLeftMs * (0.4 + 0.2 * ids.random()), RENEWAL_PAUSE_MIN_MS);
      const paused = clock.sleep(pauseMs, renewalEnds.signal);
      // Most leases end within the first pause, and none expires before its end but a short one.
      if (pauseMs >= timeLeftMs) watching ??= watchExpiry();
      await paused;
      if (!isHeld()) return;
      renewing = renewOnce().finally(() => (renewing = undefined));
      watching ??= watchExpiry();
      await renewing;
    }
    watching ??= watchExpiry();
  };

  void keepRenewing();

  return {
    signal: handlerStops.signal,
    state: () => state,
    heldMs: () => clock.now() - receivedAt,
    leftMs,
    interrupt: () => handlerStops.abort(),
    settle: async () => {
      if (state !== 'held') return false;
      state = 'settling';
      renewalEnds.abort(RAISED);
      // There is nearly always none.
      if (renewing !== undefined) {
        const answered = abortedAfter(renewing);
        // A renewal that is never answered must not hold the message and its slot beyond the lease.
        await clock.sleep(leftMs(), answered);
        if (isSettling(state) && !answered.aborted) lose('expired');
      }
      return isSettling(state);
    },
    settled: () => {
      if (state === 'settling') state = 'settled';
    },
  };
};

const abortedAfter = (work: Promise<void>): AbortSignal => {
  const ended = new AbortController();
  void work.then(() => ended.abort(RAISED));
  return ended.signal;
};

// It is a function, because the compiler does not see that a renewal under way may have found the
// lease lost.
const isSettling = (state: LeaseState): boolean => state === 'settling';
