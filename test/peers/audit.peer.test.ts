import { describeAuditing } from '../contracts/auditing.contract.ts';
import { onPeers } from '../support/logAndQueues.ts';

describeAuditing('DynamoDB Local and ElasticMQ', onPeers);
