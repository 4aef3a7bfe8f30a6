import { messageBytes, type ReceivedMessage } from '../ports/messageQueue.ts';
import type { TelemetryRecord } from '../ports/telemetry.ts';
import { type AttemptCounts, AT_ONCE, createReleases } from './settle.ts';
import {
  handleHeld,
  settleHeld,
  type AttemptEnd,
  type HandledMessage,
  type HandleDependencies,
  type HeldMessage,
} from './handleHeld.ts';
import { placeOf } from './handlerResult.ts';
import type { OpenHold } from './hold.ts';
import type { SettlementChange } from './settlement.ts';

export type { AttemptEnd } from './handleHeld.ts';

export type AttemptDependencies = HandleDependencies & {
  readonly openHold: OpenHold;
  readonly attemptCounts: AttemptCounts;
};

/**
 *   waiting ── start ──▶ started ────────▶ done, retried, handedBack or abandoned
 *      ├────── putOff ─▶ putOff ─────────▶ handedBack or abandoned
 *      └─ lease lost ──▶ putOff ─────────▶ abandoned
 */
type AttemptPhase = 'waiting' | 'started' | 'putOff';

/** One receive of one message, from its arrival until the queue knows what becomes of it. */
export type Attempt = {
  readonly groupId: string | undefined;
  readonly sentAt: number;
  readonly bytes: number;
  /** Never rejects. */
  readonly ended: Promise<AttemptEnd>;
  phase(): AttemptPhase;
  /** The time since the hold was lost, in milliseconds; 0 while it is not. */
  lostForMs(): number;
  start(): void;
  /** Releases a waiting message. It shows again no sooner than after this delay. */
  putOff(delayMs: number): void;
  /** Asks the handler to stop. If it stops with an error, the message shows again at once. */
  interrupt(): void;
  /** Releases the message while its handler still runs. The handler's result is not acted on. */
  giveUp(): Promise<AttemptEnd>;
};

export const createAttempt = (message: ReceivedMessage, deps: AttemptDependencies): Attempt => {
  const { attemptCounts, metrics, clock } = deps;
  const { messageId } = message;
  const end = Promise.withResolvers<AttemptEnd>();
  const attempt = attemptCounts.of(message);
  let phase: AttemptPhase = 'waiting';
  let lostAt: number | undefined;
  let isInterrupted = false;
  let handedBack: Promise<AttemptEnd> | undefined;

  const record = recorderOf({ messageId, attempt }, deps);
  /** A broken invariant ends only this attempt; its message comes again by itself. */
  const guarded = (ending: Promise<AttemptEnd>): Promise<AttemptEnd> =>
    ending.catch((thrown: unknown) => {
      metrics.count('Throws');
      record({ level: 'error', event: 'message.settling_threw', facts: placeOf(thrown) });
      return 'abandoned';
    });
  const enter = (next: AttemptPhase, act: () => Promise<AttemptEnd>): void => {
    phase = next;
    end.resolve(guarded(act()));
  };

  const hold = deps.openHold(message, (reason) => {
    lostAt = clock.now();
    metrics.count('LostLeases');
    record({ level: 'warn', event: 'lease.lost', outcome: reason });
    if (phase === 'waiting') enter('putOff', async () => 'abandoned');
  });
  const releases = createReleases({ ...deps, messageId, attempt, hold });
  const held: HeldMessage = { message, hold, record, releases };

  return {
    groupId: message.groupId,
    sentAt: message.sentAt,
    bytes: messageBytes(message),
    ended: end.promise,
    phase: () => phase,
    lostForMs: () => (lostAt === undefined ? 0 : Math.max(1, clock.now() - lostAt)),
    start: () => {
      const run: HandledMessage = {
        ...held,
        isLost: () => hold.state() === 'lost' || handedBack !== undefined,
        isInterrupted: () => isInterrupted,
      };
      const handled = () => handleHeld(run, deps);
      enter('started', async () => {
        const ended = deps.tracing?.handling(message, deps.service.name, handled) ?? handled();
        return (await ended) ?? handedBack ?? 'abandoned';
      });
    },
    putOff: (delayMs) =>
      enter('putOff', () =>
        release(held, delayMs === 0 ? AT_ONCE : releases.untilProbed(delayMs), deps),
      ),
    interrupt: () => {
      isInterrupted = true;
      hold.interrupt();
    },
    giveUp: () => {
      if (hold.state() === 'lost') return Promise.resolve('abandoned');
      if (hold.state() !== 'held') return end.promise;
      handedBack ??= guarded(release(held, AT_ONCE, deps));
      return handedBack;
    },
  };
};

const recorderOf =
  (
    { messageId, attempt }: Required<Pick<TelemetryRecord, 'messageId' | 'attempt'>>,
    { telemetry, service }: AttemptDependencies,
  ): HeldMessage['record'] =>
  (fields) => {
    const facts = { service: service.name, ...fields.facts };
    telemetry.record({ ...fields, messageId, attempt, facts });
  };

/** Ends the hold, so that the message shows again without having failed. */
const release = async (
  held: HeldMessage,
  change: SettlementChange,
  deps: AttemptDependencies,
): Promise<AttemptEnd> => {
  if ((await settleHeld(held, change, deps)).type !== 'Settled') return 'abandoned';
  deps.metrics.count('Releases');
  return 'handedBack';
};
