import { describeMessageQueue, describeMissingQueue } from '../contracts/messageQueue.contract.ts';
import { localSqsClients, missingQueue, sqsHarness } from '../support/sqs.ts';
import { peerUrl } from '../support/peerUrl.ts';

const PEERS = [
  { name: 'SQS, ElasticMQ', variable: 'PEER_SQS_URL' as const },
  { name: 'SQS, moto', variable: 'PEER_MOTO_URL' as const },
];

for (const { name, variable } of PEERS) {
  const clients = () => localSqsClients(peerUrl(variable));
  const close = () => Promise.resolve();

  describeMessageQueue(name, () =>
    Promise.resolve(sqsHarness(clients(), close, ['prolongs what is not hidden'])),
  );
  describeMissingQueue(name, () => Promise.resolve({ missing: missingQueue(clients()), close }));
}
