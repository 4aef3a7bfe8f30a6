import { err, ok, type Result } from 'neverthrow';
import type { SentOrder } from '../../domain/order/index.ts';
import type { createSubmitOrders } from '../ingest/submitOrders.ts';
import type { Clock } from '../ports/clock.ts';
import type { QueueError, TooLarge } from '../ports/messageQueue.ts';
import type { FollowedOrder, LoadPlan } from './followOrders.ts';

/** The size of one batch of SQS. */
const BATCH = 10;
const BATCHES_AT_ONCE = 8;
/** A shorter pause would make more requests, and none of them fuller. */
const PAUSE_MIN_MS = 20;
/** This many batches in a row for which the queue did not answer end the load. */
const FAILURES_IN_A_ROW_MAX = 10;
/** A slow queue makes the sending last longer than planned, but never longer than this. */
const SENDING_TIMES_MAX = 2;
const SENDING_MORE_MS = 60_000;

export type SendError = QueueError | TooLarge;

type Sending = {
  readonly submitOrders: ReturnType<typeof createSubmitOrders>;
  readonly clock: Clock;
  /** Called when an order is sent to the queue. */
  readonly onSent: (order: FollowedOrder) => void;
  readonly signal: AbortSignal;
};

/**
 * Sends orders in an open loop: one is sent when it is due, and not when the one before has ended.
 * If a slow queue delays orders, they are sent as soon as they can be.
 */
export const sendAtRate = async (
  orders: Iterator<SentOrder, void, void>,
  { orders: total, ratePerSecond }: Pick<LoadPlan, 'orders' | 'ratePerSecond'>,
  { submitOrders, clock, onSent, signal }: Sending,
): Promise<Result<void, SendError>> => {
  const startedAt = clock.now();
  const perMs = ratePerSecond / 1_000;
  const endsAt = startedAt + SENDING_TIMES_MAX * (total / perMs) + SENDING_MORE_MS;
  const underWay = new Set<Promise<void>>();
  let sent = 0;
  let failures = 0;
  let failure: SendError | undefined;

  const sendBatch = async (batch: readonly SentOrder[]): Promise<void> => {
    const sentAt = clock.now();
    const loaded = batch.map(({ orderId }): FollowedOrder => ({ orderId, sentAt }));
    for (const order of loaded) onSent(order);
    const answered = await submitOrders(batch);
    if (answered.isErr()) {
      // Each message may be in the queue, so that its order is still followed.
      failures += 1;
      if (failures >= FAILURES_IN_A_ROW_MAX) failure = answered.error;
      return;
    }
    failures = 0;
    for (const [at, { payment }] of answered.value.entries()) {
      const order = loaded[at];
      if (order !== undefined && payment.type === 'Failed') order.refused = payment.code;
    }
  };

  while (sent < total && clock.now() < endsAt) {
    if (signal.aborted || failure !== undefined) break;
    const due = Math.min(total, 1 + Math.floor((clock.now() - startedAt) * perMs));
    if (due <= sent) {
      await clock.sleep(Math.max(PAUSE_MIN_MS, startedAt + sent / perMs - clock.now()), signal);
    } else if (underWay.size >= BATCHES_AT_ONCE) {
      await Promise.race(underWay);
    } else {
      const batch = take(orders, Math.min(BATCH, due - sent));
      sent += batch.length;
      const sending = sendBatch(batch).finally(() => underWay.delete(sending));
      underWay.add(sending);
    }
  }
  await Promise.all(underWay);
  return failure === undefined ? ok() : err(failure);
};

const take = (orders: Iterator<SentOrder, void, void>, count: number): readonly SentOrder[] =>
  Array.from({ length: count }, () => {
    const { value } = orders.next();
    if (value === undefined) throw new Error('Broken invariant: there are too few orders');
    return value;
  });
