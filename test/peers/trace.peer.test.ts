import { describeTrace } from '../contracts/trace.contract.ts';
import { openPeerEnvironment } from '../support/peerEnvironment.ts';

describeTrace('DynamoDB Local, ElasticMQ and moto', openPeerEnvironment);
