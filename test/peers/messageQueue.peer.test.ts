import { describeMessageQueue, describeMissingQueue } from '../contracts/messageQueue.contract.ts';
import { localSqsClients, missingQueue, peerUrl, sqsHarness } from '../support/sqs.ts';

const PEERS = [
  { name: 'SQS, ElasticMQ', variable: 'PEER_SQS_URL' },
  { name: 'SQS, moto', variable: 'PEER_MOTO_URL' },
];

for (const { name, variable } of PEERS) {
  const clients = () => localSqsClients(peerUrl(variable));
  const close = () => Promise.resolve();

  describeMessageQueue(name, () =>
    Promise.resolve(sqsHarness(clients(), close, ['prolongs what is not hidden'])),
  );
  describeMissingQueue(name, () => Promise.resolve({ missing: missingQueue(clients()), close }));
}
