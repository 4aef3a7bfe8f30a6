import { openSnsClient } from '../../adapters/aws/clients.ts';
import { createSnsOrderEvents } from '../../adapters/sns/orderEvents.ts';
import { createGroupedEvents } from '../../application/orderEvents/groupedEvents.ts';
import { AWS_SETTINGS, awsSettings } from '../config.ts';
import { from, type Module } from '../tokens.ts';

/** Without a topic there is no client, and no request is made. */
export const orderEvents = {
  openSns: from({ settings: AWS_SETTINGS.SNS, needs: ['meter'] }, ({ meter }, config) => {
    let client: ReturnType<typeof openSnsClient> | undefined;
    return () => (client ??= openSnsClient({ ...awsSettings(config, 'SNS'), meter }));
  }),
  orderEvents: from(
    { settings: ['ORDER_EVENTS_TOPIC_ARN'], needs: ['openSns', 'clock'] },
    ({ openSns, clock }, { ORDER_EVENTS_TOPIC_ARN: topicArn }) =>
      topicArn === undefined
        ? ('none' as const)
        : createGroupedEvents(createSnsOrderEvents(openSns, { topicArn }), clock),
  ),
} satisfies Module;
