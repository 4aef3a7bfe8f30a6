import { ok, ResultAsync, safeTry } from 'neverthrow';
import type { SentOrder } from '../../domain/order/index.ts';
import { encodeMessage, placeOrderMessage, type NotificationMessage } from '../messages/index.ts';
import type { Ids } from '../ports/ids.ts';
import type { EntryResult, MessageQueue, QueueError, TooLarge } from '../ports/messageQueue.ts';
import type { WorkTracing } from '../ports/tracing.ts';

export type SubmitDependencies = {
  readonly payments: MessageQueue;
  readonly notifications: MessageQueue;
  readonly ids: Ids;
  readonly tracing?: Pick<WorkTracing, 'during'> | undefined;
};

/**
 * The results are in the order of the request. Sending a refused order again under its id is safe.
 */
export type SubmitResult = {
  readonly orderId: string;
  readonly correlationId: string;
  readonly payment: EntryResult;
  /** Only accepted orders are announced; a lost announcement costs a courtesy mail. */
  readonly announcement: EntryResult | { readonly type: 'NotTried' };
};

const NO_ANSWER: EntryResult = { type: 'Failed', code: 'NoAnswer', retryable: true };

/**
 * Phase 1. An order is accepted when the payments queue has acknowledged it. Only then is it
 * announced to the notification service, which notifies the customer while the payment is under
 * way.
 */
export const createSubmitOrders = ({
  payments,
  notifications,
  ids,
  tracing,
}: SubmitDependencies): SubmitOrders => {
  const submit: SubmitOrders = (orders) =>
    safeTry(async function* () {
      const entries = orders.map((order) => ({
        order,
        envelope: { correlationId: ids.create(), groupId: order.customer.id },
      }));
      const placed = yield* payments.send(
        entries.map(({ order, envelope }) => encodeMessage(placeOrderMessage(order), envelope)),
      );
      const accepted = entries.filter((_, index) => placed[index]?.type === 'Done');
      const announced = await notifications.send(
        accepted.map(({ order, envelope }) => encodeMessage(receivedMessage(order), envelope)),
      );
      const announcements = announced.unwrapOr(accepted.map(() => NO_ANSWER));
      return ok(
        entries.map((entry, index): SubmitResult => {
          const position = accepted.indexOf(entry);
          return {
            orderId: entry.order.orderId,
            correlationId: entry.envelope.correlationId,
            payment: placed[index] ?? NO_ANSWER,
            announcement:
              position === -1 ? { type: 'NotTried' } : (announcements[position] ?? NO_ANSWER),
          };
        }),
      );
    });
  return tracing === undefined
    ? submit
    : (orders) => new ResultAsync(tracing.during('submit orders', async () => submit(orders)));
};

type SubmitOrders = (
  orders: readonly SentOrder[],
) => ResultAsync<readonly SubmitResult[], QueueError | TooLarge>;

/**
 * The message that an order was received. Where no language is known it is of version 1, which
 * every version of the service reads.
 */
const receivedMessage = ({ orderId, customer }: SentOrder): NotificationMessage => {
  const { id, email } = customer;
  const language = 'language' in customer ? customer.language : '';
  return language === ''
    ? { type: 'OrderReceived', v: 1, orderId, customer: { id, email } }
    : { type: 'OrderReceived', v: 2, orderId, customer: { id, email, language } };
};
