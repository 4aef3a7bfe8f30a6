import { describeMessageQueue, describeMissingQueue } from '../contracts/messageQueue.contract.ts';
import { localSqsClients, missingQueue, sqsHarness } from '../support/sqs.ts';

const PEERS = [
  { name: 'SQS, ElasticMQ', variable: 'PEER_SQS_URL' },
  { name: 'SQS, moto', variable: 'PEER_MOTO_URL' },
];

for (const { name, variable } of PEERS) {
  const clients = () => {
    const url = process.env[variable];
    if (url === undefined) throw new Error(`${variable} is not set: run this by test/peers/start`);
    return localSqsClients(url);
  };
  const close = () => Promise.resolve();

  describeMessageQueue(name, () =>
    Promise.resolve(sqsHarness(clients(), close, ['prolongs what is not hidden'])),
  );
  describeMissingQueue(name, () => Promise.resolve({ missing: missingQueue(clients()), close }));
}
