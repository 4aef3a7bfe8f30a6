import { exponentialMs, jitteredMs } from './backoff.ts';

/**
 *            enough fail                    time is up
 *   closed ──────────────▶ open ◀────────┐ ──────────▶ probing
 *     ▲                     ▲   the probe fails ────────┘ │ the probe succeeds
 *     └─ all slots are back │                             ▼
 *                 recovering ◀────────────────────────────┘   1, 2, 4 … slots
 *
 * The circuit is closed, open or half-open as in Nygard's "Release It!", and then starts slowly.
 * The probe is a read of the dependency and concerns no order (ADR 0022). Pure: time and chance are
 * arguments.
 */
export type Circuit =
  | { readonly state: 'closed'; readonly seen: readonly SeenCall[] }
  | { readonly state: 'open'; readonly until: number; readonly openings: number }
  | { readonly state: 'probing'; readonly since: number; readonly openings: number }
  | {
      readonly state: 'recovering';
      readonly since: number;
      readonly openings: number;
      readonly slots: number;
      /** The number of successes until the slots double. */
      readonly left: number;
      readonly seen: readonly SeenCall[];
    };

/**
 * The newest result of one order. Older ones do not count, since an order that fails again and
 * again says nothing new about others.
 */
type SeenCall = { readonly subject: string; readonly failed: boolean; readonly at: number };

export type CallResult = {
  /** The order, or the message if its order is not known. */
  readonly subject: string;
  readonly startedAt: number;
  readonly now: number;
};

/** Under load this many calls end within seconds, so that half of them soon show an outage. */
export const SEEN_MAX = 20;
/** The longest delay between two tries: a few orders that keep failing are seen together. */
export const SEEN_MS = 300_000;
/** Three orders do not fail alike by chance, and a quiet queue has no more evidence. */
export const FAILURES_MIN = 3;
/** Two are enough while the slots come back: there is less evidence and more reason to doubt. */
const RECOVERY_FAILURES_MIN = 2;
const FAILURES_SHARE = 0.5;
/** A restart or a failover takes seconds; after an hour's outage five more minutes are little. */
export const OPEN_MIN_MS = 5_000;
export const OPEN_MAX_MS = 300_000;

/** The longest that a probe may take: every attempt of the slowest call there is, the gateway's. */
export const PROBE_MAX_MS = 30_000;

export const CLOSED: Circuit = { state: 'closed', seen: [] };

export const slotsOf = (circuit: Circuit, slotsMax: number): number => {
  switch (circuit.state) {
    case 'closed':
      return slotsMax;
    case 'open':
    case 'probing':
      return 0;
    case 'recovering':
      return Math.min(circuit.slots, slotsMax);
  }
};

/**
 * The time for which a circuit still stops the polling; 0 if it does not. A probe without an answer
 * fails.
 */
export const pausedMsOf = (circuit: Circuit, now: number): number => {
  switch (circuit.state) {
    case 'open':
      return Math.max(1, circuit.until - now);
    case 'probing':
      return Math.max(1, circuit.since + PROBE_MAX_MS - now);
    case 'closed':
    case 'recovering':
      return 0;
  }
};

export const afterTime = (circuit: Circuit, now: number): Circuit => {
  if (circuit.state !== 'open' || now < circuit.until) return circuit;
  return { state: 'probing', since: now, openings: circuit.openings };
};

/** `random` is a fraction in [0, 1). */
export const afterProbe = (
  circuit: Circuit,
  { succeeded, now, random }: { succeeded: boolean; now: number; random: number },
): Circuit => {
  if (circuit.state !== 'probing') return circuit;
  const { openings } = circuit;
  return succeeded
    ? { state: 'recovering', since: now, openings, slots: 1, left: 1, seen: [] }
    : open(openings + 1, now, random);
};

export const afterSuccess = (circuit: Circuit, observed: CallResult, slotsMax: number): Circuit => {
  if (isStale(circuit, observed)) return circuit;
  switch (circuit.state) {
    case 'open':
    case 'probing':
      return circuit;
    case 'closed':
      return { ...circuit, seen: see(circuit.seen, observed, false) };
    case 'recovering': {
      const seen = see(circuit.seen, observed, false);
      if (circuit.left > 1) return { ...circuit, left: circuit.left - 1, seen };
      const slots = circuit.slots * 2;
      return slots >= slotsMax ? CLOSED : { ...circuit, slots, left: slots, seen };
    }
  }
};

/** `random` is a fraction in [0, 1). */
export const afterFailure = (circuit: Circuit, observed: CallResult, random: number): Circuit => {
  if (isStale(circuit, observed)) return circuit;
  switch (circuit.state) {
    case 'open':
    case 'probing':
      return circuit;
    case 'closed': {
      const seen = see(circuit.seen, observed, true);
      return isFailing(seen, FAILURES_MIN)
        ? open(1, observed.now, random)
        : { state: 'closed', seen };
    }
    case 'recovering': {
      const seen = see(circuit.seen, observed, true);
      return isFailing(seen, RECOVERY_FAILURES_MIN)
        ? open(circuit.openings + 1, observed.now, random)
        : { ...circuit, seen };
    }
  }
};

const open = (openings: number, now: number, random: number): Circuit & { state: 'open' } => {
  const longestMs = exponentialMs(openings, { baseMs: OPEN_MIN_MS, maxMs: OPEN_MAX_MS });
  // Jitter, because the other workers' circuits have opened in the same moment.
  return { state: 'open', until: now + jitteredMs(longestMs, 0.25, random), openings };
};

/** A handler that started before the circuit entered its state shows how things were then. */
const isStale = (circuit: Circuit, { startedAt }: CallResult): boolean =>
  circuit.state === 'recovering' && startedAt < circuit.since;

const see = (
  seen: readonly SeenCall[],
  { subject, now: at }: CallResult,
  failed: boolean,
): readonly SeenCall[] => {
  const others = seen.filter((past) => past.subject !== subject && at - past.at < SEEN_MS);
  others.push({ subject, failed, at });
  return others.length > SEEN_MAX ? others.slice(-SEEN_MAX) : others;
};

const isFailing = (seen: readonly SeenCall[], failuresMin: number): boolean => {
  const failures = seen.filter(({ failed }) => failed).length;
  return failures >= failuresMin && failures >= seen.length * FAILURES_SHARE;
};
