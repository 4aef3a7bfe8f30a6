import { encodeGatewayEvent } from '../messages/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { CallAnswer, HandleCall, WebhookReader } from '../ports/gatewayEvents.ts';
import type { EntryResult, MessageQueue } from '../ports/messageQueue.ts';
import type { Telemetry, TelemetryRecord } from '../ports/telemetry.ts';

export type ReceiveCallDependencies = {
  readonly webhookReader: WebhookReader;
  readonly payments: Pick<MessageQueue, 'send'>;
  readonly clock: Pick<Clock, 'now'>;
  /**
   * The time for which the event's message waits, in milliseconds, until the answer to the request
   * that it is about is recorded. Then the event costs no request (ADR 0051).
   */
  readonly delayMs: number;
};

/** A call and its outcome. */
export type HandledCall = CallAnswer & {
  readonly outcome: CallOutcome;
  /** A fixed text, a code, or the subject of the event. It is recorded, and never answered. */
  readonly about: string;
};

/**
 * `queued`: the queue has confirmed it. `ignored`: an event that says nothing of money. `refused`:
 * not from the gateway, too old, or no event. `not queued`: the queue did not take it.
 */
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

export const CALL_OUTCOMES = ['queued', 'ignored', 'refused', 'not queued'] as const;

export const CALL_METRICS: Readonly<Record<CallOutcome, string>> = {
  queued: 'CallsQueued',
  ignored: 'CallsIgnored',
  refused: 'CallsRefused',
  'not queued': 'CallsNotQueued',
};

export type ReceiveCall = (...call: Parameters<HandleCall>) => Promise<HandledCall>;

/**
 * Checks one call of the gateway, and puts its event into the queue of the payment service. The
 * answer is 2xx only once the queue has confirmed the message, so that no event is lost in between.
 */
export const createReceiveCall =
  ({ webhookReader, payments, clock, delayMs }: ReceiveCallDependencies): ReceiveCall =>
  async (call) => {
    const received = await webhookReader.receive({ ...call, receivedAt: clock.now() });
    if (received.isErr()) return { status: 400, outcome: 'refused', about: received.error.why };
    const found = received.value;
    if (found.type === 'Ignored')
      return { status: 200, outcome: 'ignored', about: found.eventType };
    const message = encodeGatewayEvent(found.event, 'webhook');
    const sent = await payments.send([delayMs === 0 ? message : { ...message, delayMs }]);
    return sent.match(([answer]) => answerOf(answer, found.event.kind), notQueued);
  };

const answerOf = (answer: EntryResult | undefined, eventType: string): HandledCall =>
  answer?.type === 'Done'
    ? { status: 200, outcome: 'queued', about: eventType }
    : notQueued({ type: answer?.code ?? 'NoAnswer' });

const notQueued = ({ type }: { readonly type: string }): HandledCall => ({
  status: 503,
  outcome: 'not queued',
  about: type,
});

export const isTaken = ({ outcome }: HandledCall): boolean =>
  outcome === 'queued' || outcome === 'ignored';

/**
 * The record of a call. The gateway repeats a call whose event the queue did not take; one that is
 * refused is lost.
 */
export const recordOf = ({ outcome, about: cause }: HandledCall): TelemetryRecord => ({
  level: outcome === 'refused' ? 'warn' : 'error',
  event: 'webhooks.call',
  outcome,
  facts: { cause },
});

/** Records each call by itself. It is for a function, as nobody knows when that ends. */
export const recordCall = (telemetry: Pick<Telemetry, 'record'>, answer: HandledCall): void => {
  const record = recordOf(answer);
  const metrics = { [CALL_METRICS[answer.outcome]]: { unit: 'Count', values: [1] } } as const;
  telemetry.record({ ...record, ...(isTaken(answer) && { level: 'info' }), metrics });
};
