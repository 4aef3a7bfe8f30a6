import { orderMessage } from '../order.ts';
import { createDynamoDb } from './dynamoDb.ts';
import { serve, type Counts } from './server.ts';
import { createSqs } from './sqs.ts';
import { handleStripe } from './stripe.ts';

/**
 * The process of the stand-ins: AWS and Stripe as far as a worker asks them, in constant time. Its
 * parent starts it with the number of messages, and is told the addresses.
 */
const AWS_MS = 3;
const CHARGE_MS = 5;
const JSON_1_0 = 'application/x-amz-json-1.0';

/** Adds messages, and is answered when as many have been deleted in all. */
export type Question = { readonly deleted: number; readonly add?: number };
/** Requests so far by operation, and how long each message took since the last answer. */
export type State = { readonly counts: Counts; readonly times: readonly number[] };

const messages = Number(process.argv[2]);
const lines = Number(process.argv[3] ?? 2);
const sqs = createSqs({ messages, bodyOf: (index) => orderMessage(index, lines) });
const services = {
  sqs: await serve(sqs.handle, { delayMs: AWS_MS, contentType: JSON_1_0 }),
  dynamoDb: await serve(createDynamoDb(), { delayMs: AWS_MS, contentType: JSON_1_0 }),
  logs: await serve(() => ({ body: '{}' }), {
    delayMs: AWS_MS,
    contentType: 'application/x-amz-json-1.1',
  }),
  stripe: await serve(handleStripe, { delayMs: CHARGE_MS, contentType: 'application/json' }),
};

const answerWhen = async (deleted: number): Promise<void> => {
  await sqs.deleted(deleted);
  const answer: State = { counts: counts(), times: sqs.takeTimes() };
  process.send?.(answer);
};

const counts = () => Object.assign({}, ...Object.values(services).map((service) => service.counts));

process.on('message', (asked: Question) => {
  for (let added = 0; added < (asked.add ?? 0); added += 1) sqs.add();
  void answerWhen(asked.deleted);
});
const urls = Object.entries(services).map(([name, { url }]) => [name, url]);
process.send?.({ urls: Object.fromEntries(urls) });
