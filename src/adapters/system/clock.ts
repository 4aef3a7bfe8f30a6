import { err, ok, type Result } from 'neverthrow';
import type { Clock } from '../../application/ports/clock.ts';
import type { Misconfiguration } from '../../application/ports/failures.ts';

/** setTimeout fires at once above this; nothing here waits 24 days. */
const TIMER_MS_MAX = 2_147_483_647;

/** `offMaxMs`: the maximum error that other machines may prove; without it nothing is checked. */
export const createSystemClock = ({ offMaxMs }: { readonly offMaxMs?: number } = {}): Clock => ({
  now: () => Date.now(),
  ...(offMaxMs === undefined ? {} : { check: () => machineClock.check(offMaxMs) }),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(ms, TIMER_MS_MAX));
      signal?.addEventListener('abort', wake, { once: true });
    }),
});

/** The arrival of an answer, its duration, and its sender's time. */
type DatedAnswer = {
  /** A host name. */
  readonly source: string;
  /** The `Date` header, in whole seconds (RFC 9110, 6.6.1). */
  readonly date: string | undefined;
  /** The `Age` header: a cached answer says nothing about now. */
  readonly age?: string | undefined;
  readonly receivedAt: number;
  readonly tookMs: number;
};

type ClockWatch = {
  observe(answer: DatedAnswer): void;
  /** An error while the newest answer proves that this clock is wrong by more than `offMaxMs`. */
  check(offMaxMs: number): Result<void, Misconfiguration>;
};

/** A date has no fractions of a second. */
const RESOLUTION_MS = 1_000;

/**
 * Compares this machine's clock with the dates of the answers that it gets anyway. The sender dated
 * an answer somewhere between the request and the receipt, so that slow answers prove less.
 */
export const createClockWatch = (): ClockWatch => {
  let newest = { source: '', aheadMs: 0, behindMs: 0 };
  return {
    observe: ({ source, date, age, receivedAt, tookMs }) => {
      const dated = date === undefined ? Number.NaN : Date.parse(date);
      if (Number.isNaN(dated) || age !== undefined) return;
      newest = {
        source,
        aheadMs: receivedAt - tookMs - (dated + RESOLUTION_MS),
        behindMs: dated - receivedAt,
      };
    },
    check: (offMaxMs) => {
      const { source, aheadMs, behindMs } = newest;
      const offMs = Math.max(aheadMs, behindMs);
      if (offMs <= offMaxMs) return ok(undefined);
      const way = aheadMs > behindMs ? 'ahead of' : 'behind';
      const seconds = Math.ceil(offMs / 1_000);
      const cause = `this machine’s clock is at least ${seconds} s ${way} that of ${source}`;
      return err({ type: 'Misconfigured', dependency: 'Clock', cause });
    },
  };
};

/** A process has one clock, whichever part reads it. */
export const machineClock = createClockWatch();
