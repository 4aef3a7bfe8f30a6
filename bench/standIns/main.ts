import { orderMessage } from '../order.ts';
import { createDynamoDb } from './dynamoDb.ts';
import { serve } from './server.ts';
import { createSqs } from './sqs.ts';
import { handleStripe } from './stripe.ts';

/**
 * The process of the stand-ins: AWS and Stripe as far as a worker asks them, in constant time. Its
 * parent starts it with the number of messages, and is told the addresses.
 */
const AWS_MS = 3;
const CHARGE_MS = 5;
const JSON_1_0 = 'application/x-amz-json-1.0';

type Asked = { readonly deleted: number } | 'add';

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

const counts = () => Object.assign({}, ...Object.values(services).map((service) => service.counts));

process.on('message', (asked: Asked) => {
  if (asked === 'add') return sqs.add();
  void sqs.deleted(asked.deleted).then(() => process.send?.({ counts: counts() }));
});
process.send?.({
  urls: Object.fromEntries(Object.entries(services).map(([name, { url }]) => [name, url])),
});
