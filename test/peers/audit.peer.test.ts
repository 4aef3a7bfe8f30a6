import { describeAuditing } from '../contracts/auditing.contract.ts';
import { auditingOn } from '../support/auditingHarness.ts';
import { peerUrl } from '../support/peerUrl.ts';

describeAuditing('DynamoDB Local and ElasticMQ', () =>
  auditingOn({ dynamoDb: peerUrl('PEER_DYNAMODB_URL'), sqs: peerUrl('PEER_SQS_URL') }),
);
