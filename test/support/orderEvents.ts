import { randomUUID } from 'node:crypto';
import {
  CreateTopicCommand,
  SubscribeCommand,
  type SNSClient,
  type SubscribeCommandInput,
} from '@aws-sdk/client-sns';
import { openSnsClient } from '../../src/adapters/aws/clients.ts';
import type { RecordedCommit } from '../../src/application/ports/eventStore.ts';
import { dated, locateEvents } from '../../src/application/log/eventStreams.ts';
import { encodeOrderEvent } from '../../src/application/messages/index.ts';
import { publishedEvents } from '../../src/application/orderEvents/publishedEvents.ts';
import * as Order from '../../src/domain/order/index.ts';
import { createSnsOrderEvents } from '../../src/adapters/sns/orderEvents.ts';
import { createSqsMessageQueue, type SqsClients } from '../../src/adapters/sqs/messageQueue.ts';
import type { ReceivedEvent, OrderEventsHarness } from '../contracts/orderEvents.contract.ts';
import { NOON } from './orderContext.ts';
import type { Golden } from './golden.ts';
import { createQueue, localSqsClients } from './sqs.ts';
import { until } from './until.ts';

/** A CloudEvent as it travels. */
export type CloudEvent = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
};

export const readCloudEvent = (body: string): CloudEvent => JSON.parse(body) as CloudEvent;

/** What others would hear of a golden history, as if all of it had been written at one time. */
export const cloudEventsOf = ({ events, name }: Golden): readonly CloudEvent[] => {
  const [first, ...rest] = events;
  if (first === undefined) return [];
  const commit: RecordedCommit = {
    streamId: `order#${name}`,
    version: 1,
    commitId: 'golden',
    idempotencyKey: 'golden',
    events: [first, ...rest],
    correlationId: 'golden',
    causationId: 'golden',
    committedAt: NOON,
    hash: '',
    previousHash: '',
  };
  const located = locateEvents([commit], Order.codec)._unsafeUnwrap();
  return publishedEvents(located.map(dated)).map((event) =>
    readCloudEvent(encodeOrderEvent(event, { deploymentId: 'golden' }).body),
  );
};

/** Of a server on this machine, which takes any credentials. */
export const localSns = (endpoint: string): Promise<SNSClient> =>
  openSnsClient({
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

export const createTopic = async (client: SNSClient, suffix = ''): Promise<string> => {
  const Name = `paidonce-test-${randomUUID()}${suffix}`;
  const fifo = suffix === '.fifo' ? { Attributes: { FifoTopic: 'true' } } : {};
  const { TopicArn = '' } = await client.send(new CreateTopicCommand({ Name, ...fifo }));
  return TopicArn;
};

export const subscribe = (
  client: SNSClient,
  topicArn: string,
  queueArn: string,
  attributes: NonNullable<SubscribeCommandInput['Attributes']> = {},
) =>
  client.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint: queueArn,
      Attributes: attributes,
      ReturnSubscriptionArn: true,
    }),
  );

/** Topics of a server on this machine, each with a queue that gets what they have, as it is. */
export const snsHarness = async (
  url: string,
  close: () => Promise<void>,
): Promise<OrderEventsHarness> => {
  const sns = await localSns(url);
  const sqs = localSqsClients(url);
  return {
    open: async () => {
      const topicArn = await createTopic(sns);
      const orderEvents = createSnsOrderEvents(() => Promise.resolve(sns), { topicArn });
      const queue = await createQueue(sqs);
      await subscribe(sns, topicArn, queue.arn, { RawMessageDelivery: 'true' });
      return { orderEvents, received: (count) => receiveAll(sqs, queue.url, count) };
    },
    close: async () => {
      sns.destroy();
      sqs.client.destroy();
      sqs.receiveClient.destroy();
      await close();
    },
  };
};

/** The messages of a queue, once there have been so many; all that are there without a number. */
export const receiveAll = async (
  clients: SqsClients,
  queueUrl: string,
  count = Infinity,
): Promise<readonly ReceivedEvent[]> => {
  const queue = createSqsMessageQueue(clients, { queueUrl });
  const all: ReceivedEvent[] = [];
  await until(`${count} messages came`, async (see) => {
    const received = await queue.receive({ max: 10, waitMs: 1_000, visibilityMs: 60_000 });
    const messages = received._unsafeUnwrap();
    for (const { body, attributes } of messages) all.push({ body, attributes });
    await queue.delete(messages.map(({ receipt }) => receipt));
    see(all.length);
    const isEmpty = count === Infinity && messages.length === 0;
    return all.length >= count || isEmpty ? true : undefined;
  });
  return all;
};
