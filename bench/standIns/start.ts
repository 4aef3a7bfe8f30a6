import { correlationIdOf, orderMessage, receivedMessage } from '../order.ts';
import type { Bill } from './bill.ts';
import { createDynamoDb, type WrittenItem } from './dynamoDb.ts';
import { createLogs } from './logs.ts';
import { serve, type Counts } from './server.ts';
import { createSes } from './ses.ts';
import { createSns } from './sns.ts';
import { createSqs, type Attributes, type SentMessage } from './sqs.ts';
import { handleStripe } from './stripe.ts';

const AWS_MS = 3;
const CHARGE_MS = 5;
const JSON_1_0 = { delayMs: AWS_MS, contentType: 'application/x-amz-json-1.0' };
const JSON_1_1 = { delayMs: AWS_MS, contentType: 'application/x-amz-json-1.1' };

export type StandInOptions = {
  readonly messages: number;
  readonly lines: number;
  /** Whether the notification service runs as well, and is told of every order twice. */
  readonly notices?: boolean;
  /** So many order again and again; a thousand if not given. Infinity: each order is of another. */
  readonly customers?: number;
  readonly onRecords?: (messages: readonly string[]) => void;
  readonly onWrite?: (written: WrittenItem) => void;
};

/** The options as an argument of a process. JSON has no Infinity, and writes null for it. */
export const startArgument = (options: Omit<StandInOptions, 'onRecords' | 'onWrite'>): string =>
  JSON.stringify(options);

export const startOptionsOf = (argument: string): StandInOptions => {
  const options = JSON.parse(argument) as StandInOptions & { readonly customers?: number | null };
  return options.customers === null ? { ...options, customers: Infinity } : options;
};

/** AWS and Stripe as far as the services ask them, in constant time, with a bill. */
export const startStandIns = async (options: StandInOptions) => {
  const { messages, lines, notices = false, customers = 1_000 } = options;
  const bill: Bill = {};
  const payments = createSqs({
    messages,
    bodyOf: (index) => orderMessage(index, { lines, customers }),
    attributesOf: chainOf,
    bill,
  });
  const sent: SentMessage[] = [];
  const notifications = createSqs({
    messages: 0,
    bodyOf: (index) => sent[index]?.MessageBody ?? '',
    attributesOf: (index) => sent[index]?.MessageAttributes ?? {},
    bill,
  });
  const toNotifications = (more: readonly SentMessage[]): void => {
    if (!notices) return;
    sent.push(...more);
    for (const _ of more) notifications.add();
  };
  let orders = 0;
  /** Notices of as many further orders. */
  const announce = (count: number): void => {
    const indices = Array.from({ length: count }, (_, at) => orders + at);
    orders += count;
    toNotifications(
      indices.map((index) => ({
        MessageBody: receivedMessage(index, customers),
        MessageAttributes: chainOf(index),
      })),
    );
  };
  announce(messages);
  const services = {
    sqs: await serve(
      (request) =>
        isOfNotifications(request.body)
          ? notifications.handle(request, toNotifications)
          : payments.handle(request),
      JSON_1_0,
    ),
    dynamoDb: await serve(createDynamoDb(bill, options.onWrite), JSON_1_0),
    logs: await serve(createLogs(bill, options.onRecords), JSON_1_1),
    sns: await serve(createSns(bill), { delayMs: AWS_MS, contentType: 'text/xml' }),
    ses: await serve(createSes(bill), { delayMs: AWS_MS, contentType: 'application/json' }),
    stripe: await serve(handleStripe, { delayMs: CHARGE_MS, contentType: 'application/json' }),
  };
  const all = Object.entries(services);
  return {
    urls: Object.fromEntries(all.map(([name, { url }]) => [name, url])) as Urls,
    add: (count: number): void => {
      announce(count);
      for (let added = 0; added < count; added += 1) payments.add();
    },
    /** Resolves when as many orders, and with them their two notices, are done. */
    done: async (count: number): Promise<void> => {
      await payments.deleted(count);
      if (notices) await notifications.deleted(2 * count);
    },
    paid: (count: number): Promise<void> => payments.deleted(count),
    /** First those of all orders that were received, then those of their outcomes. */
    notified: (count: number): Promise<void> => notifications.deleted(count),
    takeTimes: (): readonly number[] => payments.takeTimes(),
    bill,
    counts: (): Counts => Object.assign({}, ...all.map(([, { counts }]) => counts)),
    close: (): void => all.forEach(([, service]) => service.close()),
  };
};

type Urls = Readonly<Record<'sqs' | 'sns' | 'dynamoDb' | 'logs' | 'ses' | 'stripe', string>>;

/** As `paidonce submit` sends it: ids of 26 characters. */
const chainOf = (index: number): Attributes => ({
  correlationId: { DataType: 'String', StringValue: correlationIdOf(index) },
});

const isOfNotifications = (body: string): boolean => {
  const { QueueUrl = '' } = JSON.parse(body) as { readonly QueueUrl?: string };
  return QueueUrl.endsWith('/notifications');
};
