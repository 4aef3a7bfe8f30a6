import { describeQueues } from '../contracts/queues.contract.ts';
import { localSqsClients } from '../support/sqs.ts';
import { peerUrl } from '../support/peerUrl.ts';

const close = () => Promise.resolve();

describeQueues(
  'ElasticMQ',
  () => Promise.resolve({ clients: localSqsClients(peerUrl('PEER_SQS_URL')), close }),
  {
    unknown: ['RedriveAllowPolicy'],
    unreported: ['MessageRetentionPeriod', 'MaximumMessageSize'],
    unprotected: true,
  },
);

describeQueues('moto', () =>
  Promise.resolve({ clients: localSqsClients(peerUrl('PEER_MOTO_URL')), close }),
);
