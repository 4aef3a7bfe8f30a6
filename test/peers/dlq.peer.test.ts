import { describeLetters } from '../contracts/letters.contract.ts';
import { peerLetters } from '../support/letters.ts';

describeLetters('DynamoDB Local and ElasticMQ', peerLetters);
