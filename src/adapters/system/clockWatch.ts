import { err, ok, type Result } from 'neverthrow';
import type { Misconfiguration } from '../../application/ports/failures.ts';

/** When an answer came, how long it had taken, and the time that its sender gave it. */
export type DatedAnswer = {
  /** A host name. */
  readonly source: string;
  /** Of its `Date` header, in whole seconds (RFC 9110, 6.6.1). */
  readonly date: string | undefined;
  /** Of its `Age` header: what a cache gives again says nothing of now. */
  readonly age?: string | undefined;
  readonly receivedAt: number;
  readonly tookMs: number;
};

export type ClockWatch = {
  observe(answer: DatedAnswer): void;
  /** An error while the newest answer proves that this clock is off by more than `offMaxMs`. */
  check(offMaxMs: number): Result<void, Misconfiguration>;
};

/** A date has no fractions of a second. */
const RESOLUTION_MS = 1_000;

/**
 * Compares this machine's clock with the dates of the answers that it gets anyway. The sender dated its answer at
 * some moment between the request and the receipt, so that slow answers prove less and never too much.
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

/** A process has one clock, whoever asks it. */
export const machineClock = createClockWatch();
