import { okAsync, type ResultAsync } from 'neverthrow';
import { subscribeQueue } from '../../adapters/sns/topics.ts';
import { createSqsMessageQueue } from '../../adapters/sqs/messageQueue.ts';
import { setUpQueue } from '../../adapters/sqs/queues.ts';
import { failureOf, misconfigured, type CliFailure } from '../cli/common/failure.ts';
import { createReadConfig } from '../readConfig.ts';
import type { EmbeddedStack } from '../embedded.ts';
import { aws } from '../modules/aws.ts';
import { openServices } from '../openServices.ts';

/** Here it only names the topic; it is made with the queues of the demo. */
export const DEMO_TOPIC = 'arn:aws:sns:eu-central-1:000000000000:paidonce-order-events';

const QUEUE = 'paidonce-demo-subscriber';

/** The events that a subscriber has heard of all orders. */
export type HeardEvents = {
  /** The number of events. Each is counted once, however often it came. */
  readonly events: number;
  readonly repeats: number;
  /** The sums by currency, in minor units: what was paid, less what was refunded. */
  readonly sums: Readonly<Record<string, number>>;
};

/** The part of an event that is read here. */
type MoneyEvent = {
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly data: { readonly currency: string; readonly amountMinor: number };
};

const SIGNS: Readonly<Record<string, 1 | -1>> = {
  'paidonce.order.paid.v1': 1,
  'paidonce.order.refunded.v1': -1,
};

/** They are taken once, at the end. */
const HIDDEN_MS = 60_000;

const addUp = (bodies: readonly string[]): HeardEvents => {
  const once = new Map(
    bodies.map((body) => {
      const event = JSON.parse(body) as MoneyEvent;
      return [`${event.source} ${event.id}`, event];
    }),
  );
  const sums = new Map<string, number>();
  for (const { type, data } of once.values()) {
    const { [type]: sign } = SIGNS;
    if (sign === undefined) continue;
    sums.set(data.currency, (sums.get(data.currency) ?? 0) + sign * data.amountMinor);
  }
  const repeats = bodies.length - once.size;
  return { events: once.size, repeats, sums: Object.fromEntries(sums) };
};

/** Subscribes a queue of its own to the topic, which hears of every order from now on. */
export const subscribe = (
  embedded: EmbeddedStack,
): ResultAsync<() => ResultAsync<HeardEvents, CliFailure>, CliFailure> =>
  openServices(
    aws({ service: 'demo' }),
    { services: ['sqs', 'openSns'], settings: ['ORDER_EVENTS_TOPIC_ARN'] },
    createReadConfig({}, { embedded }),
  )
    .mapErr(misconfigured)
    .andThen(({ sqs, openSns, config: { ORDER_EVENTS_TOPIC_ARN: topicArn = '' } }) =>
      setUpQueue(sqs.client, QUEUE, {})
        .andThen(({ url: queueUrl }) => {
          const place = topicArn.split(':').slice(3, 5).join(':');
          const queueArn = `arn:aws:sqs:${place}:${QUEUE}`;
          return subscribeQueue(openSns, { topicArn, queueArn }).map(() =>
            createSqsMessageQueue(sqs, { queueUrl }),
          );
        })
        .mapErr(failureOf),
    )
    .map((queue) => {
      const bodies: string[] = [];
      const takeAll = (): ResultAsync<void, CliFailure> =>
        queue
          .receive({ max: 10, waitMs: 0, visibilityMs: HIDDEN_MS })
          .mapErr(failureOf)
          .andThen((messages) => {
            bodies.push(...messages.map(({ body }) => body));
            return messages.length === 0 ? okAsync(undefined) : takeAll();
          });
      return () => takeAll().map(() => addUp(bodies));
    });
