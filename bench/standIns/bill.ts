import type { PricedUsage } from '../../src/application/prices.ts';
import { LOG_EVENT_OVERHEAD_BYTES, queueRequestsOf } from '../../src/application/ports/usage.ts';

/** What AWS would bill, by item. Units are counted by table and kind of stream. */
export type Bill = Record<string, number>;

export const addTo = (bill: Bill, item: string, by: number): void => {
  bill[item] = (bill[item] ?? 0) + by;
};

export const WRITES = 'write units: ';
export const READS = 'read units: ';
const QUEUE = 'queue requests';
const TOPIC = 'topic requests';
const LOG_EVENTS = 'records';
const LOG_BYTES = 'bytes of records';
const MAILS = 'mails';

/** A call of SQS with messages, or without any. */
export const billQueueRequest = (bill: Bill, bodies: readonly string[]): void =>
  addTo(bill, QUEUE, queueRequestsOf(bodies.reduce((sum, body) => sum + bytesOf(body), 0)));

/** A call of SNS that publishes, by the form that it sends. */
export const billTopicRequest = (bill: Bill, published: string): void =>
  addTo(bill, TOPIC, queueRequestsOf(bytesOf(published)));

export const billRecords = (bill: Bill, messages: readonly string[]): void => {
  addTo(bill, LOG_EVENTS, messages.length);
  for (const message of messages) {
    addTo(bill, LOG_BYTES, bytesOf(message) + LOG_EVENT_OVERHEAD_BYTES);
  }
};

export const billMail = (bill: Bill): void => addTo(bill, MAILS, 1);

export const usageOf = (bill: Bill): PricedUsage => ({
  queueRequests: bill[QUEUE] ?? 0,
  topicRequests: bill[TOPIC] ?? 0,
  writeUnits: unitsOf(bill, WRITES),
  readUnits: unitsOf(bill, READS),
  logBytes: bill[LOG_BYTES] ?? 0,
  mails: bill[MAILS] ?? 0,
});

const unitsOf = (bill: Bill, what: string): number =>
  Object.entries(bill).reduce(
    (sum, [item, count]) => (item.startsWith(what) ? sum + count : sum),
    0,
  );

const bytesOf = (text: string): number => Buffer.byteLength(text);
