import { ok, type Result } from 'neverthrow';
import type { Misconfiguration } from './failures.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after so long, or at once when the signal fires. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Whether the clocks of others prove that this one is wrong. A clock without it is never asked. */
  check?(): Result<void, Misconfiguration>;
}

/** Before money moves or anything is recorded: nothing is done by a clock that is known to be wrong (ADR 0028). */
export const checkClock = (clock: Pick<Clock, 'check'>): Result<void, Misconfiguration> =>
  clock.check?.() ?? ok(undefined);
