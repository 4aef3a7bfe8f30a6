import { describeQueues } from '../contracts/queues.contract.ts';
import { localSqsClients, peerUrl } from '../support/sqs.ts';

const close = () => Promise.resolve();

describeQueues(
  'ElasticMQ',
  () => Promise.resolve({ clients: localSqsClients(peerUrl('PEER_SQS_URL')), close }),
  { unknown: ['RedriveAllowPolicy'], unreported: ['MessageRetentionPeriod', 'MaximumMessageSize'] },
);

describeQueues('moto', () =>
  Promise.resolve({ clients: localSqsClients(peerUrl('PEER_MOTO_URL')), close }),
);
