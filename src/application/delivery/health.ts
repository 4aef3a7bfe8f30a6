import type { Clock } from '../ports/clock.ts';
import type { DeliverySettings } from './settings.ts';

export type ConsumerHealth = {
  /** Its queue has answered, it is not stopping, and nothing is misconfigured. */
  readonly ready: boolean;
  /** It makes progress. False means that only a restart of the process helps. */
  readonly live: boolean;
  readonly reason: string;
};

/** The loop takes a turn this often even if no signal is raised. */
export const TURN_MAX_MS = 60_000;
/** A receive may be repeated on the network, and a failure is followed by a pause of up to 30 s. */
const POLL_MARGIN_MS = 120_000;
/** A process that gets little processor time is slow and not stuck. */
const LOOP_MARGIN_MS = 30_000;

export const createHealthState = (
  clock: Pick<Clock, 'now'>,
  settings: Pick<DeliverySettings, 'drainMs' | 'pollMs'>,
) => {
  const polls = new Set<{ readonly since: number }>();
  let phase: 'new' | 'running' | 'draining' | 'ended' = 'new';
  let queue: 'unknown' | 'answers' | 'refuses' = 'unknown';
  let movedAt = clock.now();

  const stuck = (slotsStuck: boolean): string | undefined => {
    if (phase !== 'running' && phase !== 'draining') return undefined;
    const now = clock.now();
    const boundMs = phase === 'running' ? TURN_MAX_MS : settings.drainMs;
    if (now - movedAt > boundMs + LOOP_MARGIN_MS) return `stuck while ${phase}`;
    const longestMs = settings.pollMs + POLL_MARGIN_MS;
    if ([...polls].some(({ since }) => now - since > longestMs)) return 'a poll is stuck';
    return slotsStuck ? 'every slot is held by a handler that does not stop' : undefined;
  };

  const unready = (misconfigured: string | undefined): string | undefined => {
    if (phase !== 'running') return PHASES[phase];
    if (queue === 'refuses') return 'the queue is missing or refuses access';
    if (queue === 'unknown') return 'the queue has not answered yet';
    return misconfigured === undefined ? undefined : `${misconfigured} is misconfigured`;
  };

  return {
    looped: (): void => {
      if (phase === 'new') phase = 'running';
      movedAt = clock.now();
    },
    /** Returns the function that has to be called when the poll has ended. */
    pollStarted: (): (() => void) => {
      const poll = { since: clock.now() };
      polls.add(poll);
      return () => polls.delete(poll);
    },
    answered: (): void => {
      queue = 'answers';
    },
    refused: (): void => {
      queue = 'refuses';
    },
    drains: (): void => {
      phase = 'draining';
      movedAt = clock.now();
    },
    ended: (): void => {
      phase = 'ended';
    },
    health: (misconfigured: string | undefined, slotsStuck: boolean): ConsumerHealth => {
      const dead = stuck(slotsStuck);
      const why = dead ?? unready(misconfigured);
      return { ready: why === undefined, live: dead === undefined, reason: why ?? 'consuming' };
    },
  };
};

const PHASES = { new: 'not started', draining: 'draining', ended: 'stopped' } as const;

export type HealthState = ReturnType<typeof createHealthState>;
