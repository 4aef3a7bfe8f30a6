import { openSnsClient } from '../../adapters/aws/clients.ts';
import { unavailable } from '../../adapters/failures.ts';
import { createSnsOrderEvents } from '../../adapters/sns/orderEvents.ts';
import { createSqsMessageQueue } from '../../adapters/sqs/messageQueue.ts';
import { createGroupedEvents } from '../../application/orderEvents/groupedEvents.ts';
import type { DependencyError } from '../../application/ports/failures.ts';
import type { QueueError, TooLarge } from '../../application/ports/messageQueue.ts';
import { AWS_SETTINGS, awsSettings } from '../config.ts';
import { from, type Module } from '../tokens.ts';

/** Without a topic there is no client, and no request is made. */
export const orderEvents = {
  openSns: from({ settings: AWS_SETTINGS.SNS, needs: ['meter'] }, ({ meter }, config) => {
    let client: ReturnType<typeof openSnsClient> | undefined;
    return () => (client ??= openSnsClient({ ...awsSettings(config, 'SNS'), meter }));
  }),
  orderEvents: from(
    { settings: ['ORDER_EVENTS_TOPIC_ARN'], needs: ['openSns', 'clock', 'tracing'] },
    ({ openSns, clock, tracing }, { ORDER_EVENTS_TOPIC_ARN: topicArn }) =>
      topicArn === undefined
        ? ('none' as const)
        : createGroupedEvents(createSnsOrderEvents(openSns, { topicArn }), clock, tracing),
  ),
  /** Any standard queue, for a subscriber of its own. */
  openQueue: from(['sqs'], ({ sqs }) => (queueUrl: string) => {
    const queue = createSqsMessageQueue(sqs, { queueUrl });
    return { publish: (events) => queue.send(events).mapErr(asFailure) };
  }),
} satisfies Module;

/** No signal is given, and an order event is far smaller than a message may be. */
const asFailure = (error: QueueError | TooLarge): DependencyError =>
  error.type === 'Aborted' || error.type === 'TooLarge'
    ? unavailable('MessageQueue', error.type)
    : error;
