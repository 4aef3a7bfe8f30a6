import type { EntryResult, MessageQueue } from '../ports/messageQueue.ts';
import { encodeGatewayEvent } from '../messages/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { GatewayCall, GatewayEvents } from '../ports/gatewayEvents.ts';

export type ReceiveCallDependencies = {
  readonly gatewayEvents: GatewayEvents;
  readonly payments: Pick<MessageQueue, 'send'>;
  readonly clock: Pick<Clock, 'now'>;
};

/** How a call is answered. What the gateway has no 2xx for, it sends again for some days. */
export type CallAnswer = {
  readonly status: 200 | 400 | 503;
  readonly outcome: CallOutcome;
  /** A fixed text, a code or the type of the event, to be recorded; never told to the caller. */
  readonly about: string;
};

/**
 * `queued`: the queue has confirmed it. `ignored`: an event that says nothing of money. `refused`:
 * not from the gateway, too old, or no event. `not queued`: the queue did not take it.
 */
export type CallOutcome = 'queued' | 'ignored' | 'refused' | 'not queued';

export type ReceiveCall = (call: Omit<GatewayCall, 'receivedAt'>) => Promise<CallAnswer>;

/**
 * Checks one call of the gateway, and puts its event into the queue of the payment service. The
 * answer is 2xx only once the queue has confirmed the message, so that no event is lost in between.
 */
export const createReceiveCall =
  ({ gatewayEvents, payments, clock }: ReceiveCallDependencies): ReceiveCall =>
  async (call) => {
    const received = gatewayEvents.receive({ ...call, receivedAt: clock.now() });
    if (received.isErr()) return { status: 400, outcome: 'refused', about: received.error.why };
    const told = received.value;
    if (told.type === 'Ignored') return { status: 200, outcome: 'ignored', about: told.eventType };
    const sent = await payments.send([encodeGatewayEvent(told.event)]);
    return sent.match(([answer]) => answerOf(answer, told.event.eventType), notQueued);
  };

const answerOf = (answer: EntryResult | undefined, eventType: string): CallAnswer =>
  answer?.type === 'Done'
    ? { status: 200, outcome: 'queued', about: eventType }
    : notQueued({ type: answer?.code ?? 'NoAnswer' });

const notQueued = ({ type }: { readonly type: string }): CallAnswer => ({
  status: 503,
  outcome: 'not queued',
  about: type,
});
