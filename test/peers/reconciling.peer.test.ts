import { describeReconciling } from '../contracts/reconciling.contract.ts';
import { peerLetters } from '../support/letters.ts';

describeReconciling('DynamoDB Local and ElasticMQ', peerLetters);
