import {
  describeMessageQueue,
  describeMissingQueue,
} from '../../contracts/messageQueue.contract.ts';
import { embeddedSqs, localSqsClients, missingQueue, sqsHarness } from '../../support/sqs.ts';

describeMessageQueue('SQS, embedded', async () => {
  const server = await embeddedSqs();
  const clients = localSqsClients(server.url);
  return sqsHarness(clients, server.remove, ['drops the group id']);
});

describeMissingQueue('SQS, embedded', async () => {
  const server = await embeddedSqs();
  return { missing: missingQueue(localSqsClients(server.url)), close: server.remove };
});
