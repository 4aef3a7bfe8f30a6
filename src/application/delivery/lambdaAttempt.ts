import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import type { Telemetry, TelemetryRecord } from '../ports/telemetry.ts';
import { backoffMs } from './backoff.ts';
import { beforeGivenUp, handlerResult, placeOf } from './handlerResult.ts';
import { handledRecord, superfluousRecord } from './handledRecord.ts';
import type { Handler } from './handler.ts';
import { delayOf, settleChangeOf, type TryAgain } from './settle.ts';
import { createOwnLetter } from './ownLetter.ts';
import { receivesInAll, type ServiceVersion } from './deadLetterMessage.ts';
import type { SettlementChange, SettlementResult, Settlement } from './settlement.ts';
import type { DeliverySettings } from './settings.ts';

/** One message of a batch: no lease is kept, since who received it hides it for longer than a batch may take. */
export type LambdaAttempt = {
  /** Whether the message is done with, so that it may be deleted. Never rejects. */
  readonly ended: Promise<boolean>;
  /** Asks the handler to stop; if it does so with an error, the message shows again at once. */
  stop(): void;
  /** Shows the message again although its handler still runs; what the handler says later is not heard. */
  giveUp(): Promise<void>;
};

export type LambdaAttemptDependencies = {
  readonly handle: Handler;
  readonly settlement: Pick<Settlement, 'renew' | 'deadLetter'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly service: ServiceVersion;
  readonly settings: DeliverySettings;
};

const AT_ONCE: SettlementChange = { type: 'Release', delayMs: 0 };

export const startLambdaAttempt = (
  message: ReceivedMessage,
  deps: LambdaAttemptDependencies,
): LambdaAttempt => {
  const { settlement, clock, ids, telemetry, service, settings } = deps;
  const { messageId } = message;
  const startedAt = clock.now();
  const attempt = receivesInAll(message);
  const handlerStops = new AbortController();
  const { signal } = handlerStops;
  let isGivenUp = false;

  const record = (told: Omit<TelemetryRecord, 'messageId' | 'attempt'>): void => {
    const facts = { service: service.name, ...told.facts };
    telemetry.record({ ...told, messageId, attempt, facts });
  };

  const release = (disposition: TryAgain): SettlementChange => {
    if (signal.aborted) return AT_ONCE;
    const backoff = { attempt, random: ids.random(), heldMs: clock.now() - startedAt };
    const delayMs = backoffMs({ ...delayOf(disposition), ...backoff }, settings);
    return { type: 'Release', delayMs };
  };

  /** The delete is the caller's; a release that fails leaves the message hidden until its visibility ends. */
  const settle = async (change: SettlementChange): Promise<SettlementResult> => {
    if (change.type === 'Delete') return { type: 'Settled' };
    const released = await settlement.renew(message, change.delayMs);
    if (released.type === 'Done') return { type: 'Settled' };
    record({ level: 'warn', event: 'message.release_failed', outcome: released.code });
    return released;
  };

  const run = async (): Promise<boolean> => {
    const deadLetter = createOwnLetter(message, {
      ...deps,
      onRefused: (outcome) =>
        record({ level: 'error', event: 'message.dead_letter_failed', outcome }),
    });
    const handled = await handlerResult(deps.handle, message, {
      ...settings,
      signal,
      letter: deadLetter,
    });
    if (isGivenUp) return false;
    const conclusion = beforeGivenUp(handled, message, settings);
    const durationMs = clock.now() - startedAt;
    const change = await settleChangeOf(conclusion, {
      letter: deadLetter,
      // Who received it hides it for longer than the batch may take.
      isLost: () => false,
      release,
      onSuperfluous: () => record(superfluousRecord(conclusion)),
    });
    const settled = await settle(change);
    record({ ...handledRecord(conclusion, change, settled), durationMs });
    return change.type === 'Delete';
  };

  return {
    ended: run().catch((thrown: unknown) => {
      record({ level: 'error', event: 'message.settling_threw', facts: placeOf(thrown) });
      return false;
    }),
    stop: () => handlerStops.abort(),
    giveUp: async () => {
      isGivenUp = true;
      const settled = await settle(AT_ONCE);
      record({ level: 'warn', event: 'message.given_up', outcome: settled.type });
    },
  };
};
