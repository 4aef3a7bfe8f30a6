import { err, ok, okAsync, type Result, ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { HandlerError, SendFailed } from '../delivery/handler.ts';
import { publishedEvents } from '../orderEvents/publishedEvents.ts';
import type { EntryResult } from '../ports/messageQueue.ts';
import { toInvoiceRow } from '../readModel/invoiceRow.ts';
import {
  encodeMessage,
  type Correlation,
  type NotificationMessage,
  encodeOrderEvent,
} from '../messages/index.ts';
import type { LoadedOrder, PaymentDependencies } from './dependencies.ts';

type PublishDependencies = Pick<
  PaymentDependencies,
  'invoices' | 'notifications' | 'orderEvents' | 'deployment' | 'telemetry'
>;

/**
 * Publishes every fact of the state, before every delete (R10). It may be repeated: the version
 * guards the row, and the notification service sends each notice once.
 */
export const createPublish = ({
  invoices,
  notifications,
  telemetry,
  ...others
}: PublishDependencies) => {
  const publishOrderEvents = createPublishOrderEvents(others);
  const publish = async (
    { state, history }: LoadedOrder,
    { orderId, correlationId, causationId }: PublishSubject,
  ): Promise<Result<void, HandlerError>> => {
    const putRow = async (): Promise<Result<void, HandlerError>> => {
      if (state.invoice.status !== 'issued') return ok();
      const put = await invoices.putIfNewer(toInvoiceRow(state.invoice));
      if (put.isOk()) return ok();
      if (put.error.type !== 'RowTooLarge') return err(put.error);
      // No repetition makes it smaller. The order is settled and published without it (ADR 0022).
      telemetry.record({
        level: 'error',
        event: 'invoice.row_given_up',
        orderId,
        correlationId,
        causationId,
        facts: { bytes: put.error.bytes },
        metrics: { RowsGivenUp: { unit: 'Count', values: [1] } },
      });
      return ok();
    };
    const envelope = {
      correlationId,
      causationId,
      groupId: groupIdOf(state) ?? orderId,
    };
    const messages = Order.noticesOf(state).map((notice) =>
      encodeMessage(messageOf(notice, orderId), envelope),
    );
    const notices =
      messages.length === 0
        ? okAsync(undefined)
        : notifications.send(messages).andThen((results) => allSent(results));
    for (const published of await Promise.all([
      putRow(),
      notices,
      publishOrderEvents({ history }),
    ])) {
      if (published.isErr()) return err(published.error);
    }
    return ok();
  };
  return (order: LoadedOrder, subject: PublishSubject) => new ResultAsync(publish(order, subject));
};

type PublishSubject = Correlation & { readonly orderId: string };

const groupIdOf = ({ placed, refused }: Order.State): string | undefined =>
  placed?.customer.id ?? (refused?.customerId || undefined);

const messageOf = (notice: Order.NoticeSubject, orderId: string): NotificationMessage => {
  switch (notice.kind) {
    case 'pending':
      return { type: 'PaymentUnderWay', v: 1, orderId };
    case 'authentication':
      return { type: 'AuthenticationWanted', v: 1, orderId };
    case 'receipt':
      return { type: 'OrderSettled', v: 1, orderId, outcome: 'paid' };
    case 'declined':
    case 'failed':
    case 'cancelled':
    case 'refused':
      return { type: 'OrderSettled', v: 1, orderId, outcome: notice.kind };
    case 'credit':
      return { type: 'RefundCredited', v: 1, orderId, refundId: notice.refundId };
    case 'refund-failed':
      return { type: 'RefundNotMade', v: 1, orderId, refundId: notice.refundId };
  }
};

/**
 * Publishes the order's events again at every handling: an earlier process may have crashed before
 * its topic confirmed (R10). Subscribers drop, by its id, what they have had.
 */
const createPublishOrderEvents =
  ({ orderEvents, deployment }: Pick<PaymentDependencies, 'orderEvents' | 'deployment'>) =>
  ({ history }: Pick<LoadedOrder, 'history'>): ResultAsync<void, HandlerError> => {
    if (orderEvents === 'none') return okAsync(undefined);
    const events = publishedEvents(history);
    if (events.length === 0) return okAsync(undefined);
    return deployment().andThen(({ id: deploymentId }) =>
      orderEvents
        .publish(events.map((event) => encodeOrderEvent(event, { deploymentId })))
        .mapErr((error): HandlerError => error)
        .andThen((results) => allSent(results, 'OrderEvents')),
    );
  };

/** An error if any was not taken. The sender then comes to it again, and sends all of them. */
export const allSent = (
  results: readonly EntryResult[],
  dependency?: 'OrderEvents',
): Result<void, SendFailed> => {
  const failed = results.find(({ type }) => type === 'Failed');
  if (failed?.type !== 'Failed') return ok(undefined);
  const { code, retryable, trouble } = failed;
  return err({
    type: 'SendFailed',
    code,
    ...(dependency && { dependency }),
    ...(trouble && { trouble }),
    ...(!retryable && { isFinal: true }),
  });
};
