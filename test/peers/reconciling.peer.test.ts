import { describeReconciling } from '../contracts/reconciling.contract.ts';
import { onPeers } from '../support/logAndQueues.ts';

describeReconciling('DynamoDB Local and ElasticMQ', onPeers);
