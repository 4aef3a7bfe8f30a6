import { ok, type Result } from 'neverthrow';
import type { Misconfiguration } from './failures.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after that many milliseconds, or at once when the signal fires. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Whether other services' clocks prove that this one is wrong. Where it is absent, the clock
   * counts as right.
   */
  check?(): Result<void, Misconfiguration>;
}

/**
 * Checks the clock before money moves or anything is recorded: a wrong clock does nothing (ADR
 * 0028).
 */
export const checkClock = (clock: Pick<Clock, 'check'>): Result<void, Misconfiguration> =>
  clock.check?.() ?? ok(undefined);
