import { randomUUID } from 'node:crypto';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { createSqsClient, createSqsReceiveClient } from '../../src/adapters/aws/clients.ts';
import { startEmbeddedSqs } from '../../src/adapters/embedded/sqs.ts';
import { createSqsMessageQueue, type SqsClients } from '../../src/adapters/sqs/messageQueue.ts';
import { countMessages } from '../../src/adapters/sqs/queues.ts';
import type { MessageQueue } from '../../src/application/ports/messageQueue.ts';
import { makeTemporaryFolder } from './temporaryFolder.ts';
import { until } from './until.ts';
import type { Deviation, MessageQueueHarness } from '../contracts/messageQueue.contract.ts';

/** Clients for a server on this machine, which takes any credentials. */
export const localSqsClients = (endpoint: string): SqsClients => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const settings = { region: 'us-east-1', endpoint, credentials };
  return { client: createSqsClient(settings), receiveClient: createSqsReceiveClient(settings) };
};

/** An embedded server in a folder of its own; `remove` ends it and the folder. */
export const embeddedSqs = async () => {
  const folder = await makeTemporaryFolder();
  const server = await startEmbeddedSqs({ dataDir: folder.path, port: 0 });
  const remove = async (): Promise<void> => {
    await server.close();
    await folder.remove();
  };
  return { url: server.url, remove };
};

type CreatedQueue = { readonly url: string; readonly arn: string };

export const createQueue = (
  clients: SqsClients,
  attributes: Record<string, string> = {},
  suffix = '',
): Promise<CreatedQueue> =>
  ensureQueue(clients, `paidonce-test-${randomUUID()}${suffix}`, attributes);

/** The queue of that name, which may be there. */
export const ensureQueue = async (
  { client }: SqsClients,
  QueueName: string,
  attributes: Record<string, string> = {},
): Promise<CreatedQueue> => {
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({ QueueName, Attributes: attributes }),
  );
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  return { url: QueueUrl ?? '', arn: Attributes?.['QueueArn'] ?? '' };
};

type Counts = { readonly visible: number; readonly inFlight: number; readonly delayed: number };

/**
 * Until nothing is in the queues, or nothing of what `left` counts, at so many looks in a row: what
 * SQS counts lags.
 */
export const untilEmpty = async (
  client: SqsClients['client'],
  queueUrls: readonly string[],
  {
    looks = 5,
    left = ({ visible, inFlight, delayed }) => visible + inFlight + delayed,
    giveUp = () => false,
    ...limits
  }: Partial<Parameters<typeof until>[2]> & {
    readonly looks?: number;
    readonly left?: (counts: Counts) => number;
    /** Nothing will ever empty them. */
    readonly giveUp?: () => boolean;
  },
): Promise<void> => {
  let empty = 0;
  await until(
    'the queues are empty',
    async (see) => {
      if (giveUp()) throw new Error('nobody is left who could empty the queues');
      const counted = await Promise.all(queueUrls.map((url) => countMessages(client, url)));
      see(counted);
      const isEmpty = counted.every((counts) => counts.isOk() && left(counts.value) === 0);
      empty = isEmpty ? empty + 1 : 0;
      return empty === looks ? empty : undefined;
    },
    limits,
  );
};

export const sqsHarness = (
  clients: SqsClients,
  close: () => Promise<void>,
  deviations: readonly Deviation[] = [],
): MessageQueueHarness => ({
  open: async (maxReceiveCount) => {
    const deadLetter = await createQueue(clients);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetter.arn, maxReceiveCount });
    const queue = await createQueue(clients, { RedrivePolicy });
    return {
      queue: createSqsMessageQueue(clients, { queueUrl: queue.url }),
      deadLetter: createSqsMessageQueue(clients, { queueUrl: deadLetter.url }),
    };
  },
  deviations,
  close: async () => {
    clients.client.destroy();
    clients.receiveClient.destroy();
    await close();
  },
});

export const missingQueue = (clients: SqsClients): MessageQueue =>
  createSqsMessageQueue(clients, {
    queueUrl: `http://127.0.0.1:1/000000000000/missing-${randomUUID()}`,
  });
