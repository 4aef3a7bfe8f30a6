import { describeAuditing } from '../../contracts/auditing.contract.ts';
import { auditingOn } from '../../support/auditingHarness.ts';
import { startTestDynamoDb } from '../../support/dynamoDb.ts';
import { embeddedSqs } from '../../support/sqs.ts';

describeAuditing('the embedded servers', async () => {
  const [dynamoDb, sqs] = await Promise.all([startTestDynamoDb(), embeddedSqs()]);
  const harness = await auditingOn({ dynamoDb: dynamoDb.url, sqs: sqs.url });
  return {
    ...harness,
    close: async () => {
      await harness.close();
      await Promise.all([sqs.remove(), dynamoDb.stop()]);
    },
  };
});
