import { randomUUID } from 'node:crypto';
import { SendMessageBatchCommand, type Message } from '@aws-sdk/client-sqs';
import { charge } from './charge.ts';
import { consume, gather, queue, write } from './floorCalls.ts';
import { createLog, noticeText, outcomeText, queueUrl, type Order } from './job.ts';
import { answerParent } from './measured.ts';

/**
 * The floor: the same effects for an order by nothing but the SDKs, in calls that are as full as
 * they can be. No check, no retry, no proof; whatever fails, fails.
 */
const log = createLog('floor');
const NOTICES = queueUrl('notifications');

const send = gather<string>(10, (bodies) =>
  queue.send(
    new SendMessageBatchCommand({
      QueueUrl: NOTICES,
      Entries: bodies.map((MessageBody, at) => ({ Id: `${at}`, MessageBody })),
    }),
  ),
);

const handle = async ({ Body = '' }: Message): Promise<void> => {
  const startedAt = Date.now();
  const order = JSON.parse(Body) as Order;
  const { orderId } = order;
  const streamId = `order#${orderId}`;
  await write({ table: 'events', version: 1, fields: { streamId, events: Body } });
  const events = outcomeText(order, await charge(order));
  await write({ table: 'events', version: 2, fields: { streamId, events } });
  await Promise.all([
    write({ table: 'invoices', version: 2, fields: { orderId, document: events } }),
    send(noticeText(order)),
  ]);
  const durationMs = Date.now() - startedAt;
  log({ id: randomUUID(), event: 'message.handled', orderId, durationMs });
};

answerParent();
await consume('payments', handle);
