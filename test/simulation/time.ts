import type { ResultAsync } from 'neverthrow';
import type { Clock } from '../../src/application/ports/clock.ts';
import { unhurried, type Flight } from './faults.ts';

/**
 * Half an hour to send again, five minutes of a request's life, five until a look-up sees what it
 * did.
 */
export const RESEND_HORIZON_MS = 1_800_000;
export const LONGEST_REQUEST_MS = 300_000;
export const SETTLE_DELAY_MS = 300_000;
export const CLOSE_MS = RESEND_HORIZON_MS + LONGEST_REQUEST_MS + SETTLE_DELAY_MS;
/** A look-up that still fails then makes a person look. */
export const GIVE_UP_MS = CLOSE_MS + RESEND_HORIZON_MS;
/** As short as may be: the last request that may be sent still meets its key when it lands. */
export const KEY_WINDOW_MS = RESEND_HORIZON_MS + LONGEST_REQUEST_MS;
export const CLAIM_LEASE_MS = 60_000;

export type Time = Clock & {
  /**
   * Lets time pass. What is under way lands in time: no request lives longer than the longest one.
   */
  pass(ms: number): Promise<void>;
  /** A request to the gateway, from now on under way. */
  send<T, E>(act: () => ResultAsync<T, E>): Flight<T, E>;
};

type Airborne = { readonly deadline: number; readonly land: () => Promise<unknown> };

/**
 * Time stands still between the turns of the processes; nobody here sleeps for longer than a turn.
 */
export const createTime = (startMs: number): Time => {
  let nowMs = startMs;
  const airborne = new Set<Airborne>();
  return {
    now: () => nowMs,
    sleep: () => Promise.resolve(),
    send: (act) => {
      const flight = unhurried(act);
      const land: typeof flight.land = () => {
        airborne.delete(entry);
        return flight.land();
      };
      const entry: Airborne = { deadline: nowMs + LONGEST_REQUEST_MS, land };
      airborne.add(entry);
      return { land, drop: () => void airborne.delete(entry) };
    },
    pass: async (ms) => {
      const until = nowMs + ms;
      const due = [...airborne]
        .filter(({ deadline }) => deadline <= until)
        .toSorted((a, b) => a.deadline - b.deadline);
      for (const { deadline, land } of due) {
        nowMs = Math.max(nowMs, deadline);
        await land();
      }
      nowMs = Math.max(nowMs, until);
    },
  };
};
