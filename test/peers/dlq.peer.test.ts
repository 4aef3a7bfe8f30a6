import { describeLetters } from '../contracts/letters.contract.ts';
import { onPeers } from '../support/logAndQueues.ts';

describeLetters('DynamoDB Local and ElasticMQ', onPeers);
