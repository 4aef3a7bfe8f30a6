import { randomUUID } from 'node:crypto';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { Message } from '@aws-sdk/client-sqs';
import { consume, tables, write } from './floorCalls.ts';
import { createLog, createMailClient, type Order } from './job.ts';
import { answerParent } from './measured.ts';

/**
 * The floor of the notifications: the same effects of a notice by nothing but the SDKs. A receipt
 * reads its order; each notice is claimed, mailed, and recorded as sent.
 */
const mails = createMailClient();
const log = createLog('notice-floor');

type Notice = {
  readonly type: 'OrderReceived' | 'OrderSettled';
  readonly orderId: string;
  readonly customer?: { readonly email: string };
};

type PlacedOrder = Order & { readonly customer: { readonly email: string } };

/** The order as the floor of the payments has stored it. */
const orderOf = async (orderId: string): Promise<PlacedOrder> => {
  const { Items: [placed] = [] } = await tables.send(
    new QueryCommand({
      TableName: 'events',
      KeyConditionExpression: 'streamId = :s',
      ExpressionAttributeValues: { ':s': { S: `order#${orderId}` } },
      ConsistentRead: true,
    }),
  );
  return JSON.parse(placed?.['events']?.S ?? '') as PlacedOrder;
};

const receivedMail = ({ orderId, customer }: Notice) => ({
  to: customer?.email ?? '',
  subject: `Your order ${orderId}`,
  lines: [`We have received your order ${orderId}, and will write to you again.`],
});

const receiptMail = ({ orderId, currency, customer, lines }: PlacedOrder) => ({
  to: customer.email,
  subject: `Your receipt for ${orderId}`,
  lines: [
    `Thank you. You have paid for your order ${orderId}:`,
    ...lines.map(({ description, quantity, unitPriceMinor, taxRateBps }) => {
      const minor = Math.round(quantity * unitPriceMinor * (1 + taxRateBps / 10_000));
      return `${quantity} × ${description}: ${(minor / 100).toFixed(2)} ${currency}`;
    }),
  ],
});

const send = ({ to, subject, lines }: ReturnType<typeof receiptMail>) =>
  mails.send(
    new SendEmailCommand({
      FromEmailAddress: 'shop@example.com',
      Destination: { ToAddresses: [to] },
      Content: {
        Simple: {
          Subject: { Data: subject, Charset: 'UTF-8' },
          Body: {
            Text: { Data: lines.join('\n'), Charset: 'UTF-8' },
            Html: { Data: `<p>${lines.join('</p><p>')}</p>`, Charset: 'UTF-8' },
          },
        },
      },
    }),
  );

const handle = async ({ Body = '' }: Message): Promise<void> => {
  const startedAt = Date.now();
  const notice = JSON.parse(Body) as Notice;
  const { type, orderId } = notice;
  const isReceipt = type === 'OrderSettled';
  const mail = isReceipt ? receiptMail(await orderOf(orderId)) : receivedMail(notice);
  const streamId = `notification#${orderId}#${isReceipt ? 'receipt' : 'received'}`;
  const claim = JSON.stringify([{ type: 'Claimed', at: startedAt }]);
  await write({ table: 'events', version: 1, fields: { streamId, events: claim } });
  const { MessageId = '' } = await send(mail);
  const events = JSON.stringify([{ type: 'Sent', mail: MessageId }]);
  await write({ table: 'events', version: 2, fields: { streamId, events } });
  const durationMs = Date.now() - startedAt;
  log({ id: randomUUID(), event: 'message.handled', orderId, durationMs });
};

answerParent();
await consume('notifications', handle);
