import { ok, type Result } from 'neverthrow';
import type { Misconfiguration } from './failures.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after that many milliseconds, or at once when the signal fires. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Whether the clocks of other services prove that this one is wrong. A clock without this method
   * counts as right.
   */
  check?(): Result<void, Misconfiguration>;
}

/**
 * Called before money moves or anything is recorded: nothing is done by a clock that is known to be
 * wrong (ADR 0028).
 */
export const checkClock = (clock: Pick<Clock, 'check'>): Result<void, Misconfiguration> =>
  clock.check?.() ?? ok(undefined);
