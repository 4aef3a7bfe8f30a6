/**
 *            enough fail                    time is up
 *   closed ──────────────▶ open ◀────────┐ ──────────▶ probing
 *     ▲                     ▲   the probe fails ────────┘ │ the probe succeeds
 *     └─ all slots are back │                             ▼
 *                 recovering ◀────────────────────────────┘   1, 2, 4 … slots
 *
 * Closed, open and half-open as in Nygard's "Release It!", with a slow start behind it. The probe is a read
 * of the dependency and nobody's order (ADR 0022). Pure: time and chance come in.
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
      /** Successes until the slots double. */
      readonly left: number;
      readonly seen: readonly SeenCall[];
    };

/** The last that was seen of one order, since an order that fails again and again says nothing new of others. */
type SeenCall = { readonly subject: string; readonly failed: boolean; readonly at: number };

/** How a handler ended that was of use to tell how a dependency does. */
export type CallResult = {
  /** The order, or the message if its order is not known. */
  readonly subject: string;
  readonly startedAt: number;
  readonly now: number;
};

/** As many as go round in seconds under load, so that an outage soon makes up half of them. */
export const SEEN_MAX = 20;
/** The longest delay between two tries, so that a few orders that keep failing are seen together. */
export const SEEN_MS = 300_000;
/** Three orders do not fail alike by chance, and a quiet queue has no more to go by. */
export const FAILURES_MIN = 3;
/** While the slots come back, two are enough: there is less to go by and more reason to doubt. */
const RECOVERY_FAILURES_MIN = 2;
const FAILURES_SHARE = 0.5;
/** A restart or a failover is over in seconds; after an hour's outage five minutes more are little. */
export const OPEN_MIN_MS = 5_000;
export const OPEN_MAX_MS = 300_000;
const DOUBLINGS_MAX = 10;

export const CLOSED: Circuit = { state: 'closed', seen: [] };

/** How many messages may be under way. */
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
  const longestMs = Math.min(OPEN_MIN_MS * 2 ** Math.min(openings - 1, DOUBLINGS_MAX), OPEN_MAX_MS);
  // Jitter, because the other workers' circuits have opened in the same moment.
  return { state: 'open', until: now + longestMs * (0.75 + random / 4), openings };
};

/** What was started before the circuit came into its state tells how things were then. */
const isStale = (circuit: Circuit, { startedAt }: CallResult): boolean =>
  circuit.state === 'recovering' && startedAt < circuit.since;

const see = (
  seen: readonly SeenCall[],
  { subject, now: at }: CallResult,
  failed: boolean,
): readonly SeenCall[] => {
  const others = seen.filter((past) => past.subject !== subject && at - past.at < SEEN_MS);
  return [...others, { subject, failed, at }].slice(-SEEN_MAX);
};

const isFailing = (seen: readonly SeenCall[], failuresMin: number): boolean => {
  const failures = seen.filter(({ failed }) => failed).length;
  return failures >= failuresMin && failures >= seen.length * FAILURES_SHARE;
};
