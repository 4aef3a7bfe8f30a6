import { describeDelivery } from '../contracts/delivery.contract.ts';
import { peerUrl } from '../support/peerUrl.ts';
import { localSqsClients } from '../support/sqs.ts';

const close = () => Promise.resolve();

describeDelivery('ElasticMQ', () =>
  Promise.resolve({ clients: localSqsClients(peerUrl('PEER_SQS_URL')), close }),
);

describeDelivery('moto', () =>
  Promise.resolve({ clients: localSqsClients(peerUrl('PEER_MOTO_URL')), close }),
);
