import { describeDeadLetters } from '../contracts/deadLetters.contract.ts';
import { onPeers } from '../support/logAndQueues.ts';

describeDeadLetters('DynamoDB Local and ElasticMQ', onPeers);
