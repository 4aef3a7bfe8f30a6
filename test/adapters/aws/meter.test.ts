import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetTopicAttributesCommand, PublishBatchCommand } from '@aws-sdk/client-sns';
import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { expect } from 'chai';
import type { ServerResponse } from 'node:http';
import {
  createCloudWatchLogsClient,
  createDynamoDbClient,
  openSesClient,
  createSqsClient,
  createSqsReceiveClient,
  openSnsClient,
} from '../../../src/adapters/aws/clients.ts';
import { createMeter } from '../../../src/adapters/aws/meter.ts';
import { createInserts } from '../../../src/adapters/dynamodb/inserts.ts';
import { createSystemClock } from '../../../src/adapters/system/clock.ts';
import { startScriptedServer, type ScriptedServer } from '../../support/scriptedServer.ts';

type Reply = { readonly status?: number; readonly body: object };

const NOTHING = {
  queueRequests: 0,
  topicRequests: 0,
  writeUnits: 0,
  readUnits: 0,
  logEvents: 0,
  logBytes: 0,
  mails: 0,
};
const THROTTLED = { __type: 'ProvisionedThroughputExceededException', message: 'slower' };
const FAILED = { __type: 'ConditionalCheckFailedException', message: 'no' };

for (const parts of ['lean', 'original'] as const) {
  describe(`The meter of a client with ${parts} parts`, () => {
    let server: ScriptedServer;
    let replies: Reply[];

    beforeEach(async () => {
      replies = [];
      server = await startScriptedServer((response: ServerResponse) => {
        const { status = 200, body } = replies.shift() ?? { body: {} };
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
        response.end(JSON.stringify(body));
      });
    });
    afterEach(() => server.close());

    const open = () => {
      const meter = createMeter();
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      const settings = { region: 'us-east-1', endpoint: server.url, credentials, parts, meter };
      return { meter, settings };
    };
    const put = new PutItemCommand({
      TableName: 'invoices',
      Item: { orderId: { S: 'o-1' }, document: { S: 'é'.repeat(600) } },
    });

    it('counts each attempt, and the units that the answer reports', async () => {
      const { meter, settings } = open();
      replies = [
        { status: 400, body: THROTTLED },
        { body: { ConsumedCapacity: { TableName: 'invoices', CapacityUnits: 7 } } },
      ];
      await createDynamoDbClient(settings).send(put);

      expect(meter.usage()).to.deep.equal({ ...NOTHING, writeUnits: 7, requests: { PutItem: 2 } });
    });

    it('counts by the size of the items where nothing is reported', async () => {
      const { meter, settings } = open();
      const client = createDynamoDbClient(settings);
      await client.send(put);
      replies = [{ body: { Item: { document: { S: 'x'.repeat(4_090) } } } }, { body: {} }];
      const get = { TableName: 'invoices', Key: { orderId: { S: 'o-1' } } };
      await client.send(new GetItemCommand(get));
      await client.send(new GetItemCommand(get));

      expect(meter.usage()).to.deep.include({ writeUnits: 2, readUnits: 3 });
    });

    it('counts a condition that fails like the write, and a refusal as nothing', async () => {
      const { meter, settings } = open();
      const client = createDynamoDbClient(settings);
      replies = [
        { status: 400, body: FAILED },
        { status: 400, body: { __type: 'ValidationException', message: 'no' } },
      ];
      await client.send(put).catch(() => undefined);
      await client.send(put).catch(() => undefined);

      expect(meter.usage()).to.deep.include({ writeUnits: 2, requests: { PutItem: 2 } });
    });

    it('counts the inserts of one request one by one', async () => {
      const { meter, settings } = open();
      const inserts = createInserts(createDynamoDbClient(settings), createSystemClock());
      replies = [
        {
          body: {
            Responses: [
              { TableName: 'events' },
              { Error: { Code: 'DuplicateItem', Message: 'there' } },
              { Error: { Code: 'ItemCollectionSizeLimitExceeded', Message: 'full' } },
            ],
          },
        },
      ];
      const item = { streamId: 'order#o-1', version: 1, events: 'x'.repeat(1_100) };
      await Promise.all(
        ['a', 'b', 'c'].map((key) => inserts({ table: 'events', key, item: { ...item } })),
      );

      expect(meter.usage()).to.deep.include({ writeUnits: 4, readUnits: 0 });
    });

    it('counts a request to SQS by 64 KB of messages, sent or received', async () => {
      const { meter, settings } = open();
      const QueueUrl = `${server.url}/1/payments`;
      const half = 'x'.repeat(32_769);
      replies = [{ body: { Successful: [] } }, { body: { Messages: [{ Body: half }] } }];
      await createSqsClient(settings)
        .send(
          new SendMessageBatchCommand({
            QueueUrl,
            Entries: ['0', '1'].map((Id) => ({ Id, MessageBody: half })),
          }),
        )
        .catch(() => undefined);
      const receives = createSqsReceiveClient(settings);
      await receives.send(new ReceiveMessageCommand({ QueueUrl }));
      await receives.send(new ReceiveMessageCommand({ QueueUrl }));

      expect(meter.usage()).to.deep.include({
        queueRequests: 4,
        requests: { SendMessageBatch: 1, ReceiveMessage: 2 },
      });
    });

    it('counts a request to SNS by 64 KB of events, and nothing that publishes none', async () => {
      const { meter, settings } = open();
      const client = await openSnsClient(settings);
      const TopicArn = 'arn:aws:sns:eu-central-1:111122223333:order-events';
      const half = 'x'.repeat(32_769);
      await client
        .send(
          new PublishBatchCommand({
            TopicArn,
            PublishBatchRequestEntries: ['0', '1'].map((Id) => ({ Id, Message: half })),
          }),
        )
        .catch(() => undefined);
      await client.send(new GetTopicAttributesCommand({ TopicArn })).catch(() => undefined);

      expect(meter.usage()).to.deep.include({ topicRequests: 2, queueRequests: 0 });
    });

    it('counts the bytes of records with those that the service adds, once accepted', async () => {
      const { meter, settings } = open();
      const client = createCloudWatchLogsClient(settings);
      const logEvents = ['é', 'ab'].map((message) => ({ timestamp: 1, message }));
      const command = { logGroupName: 'g', logStreamName: 's', logEvents };
      await client.send(new PutLogEventsCommand(command));
      replies = [{ status: 400, body: { __type: 'InvalidParameterException', message: 'no' } }];
      await client.send(new PutLogEventsCommand(command)).catch(() => undefined);

      expect(meter.usage()).to.deep.include({
        logEvents: 2,
        logBytes: 2 + 2 + 2 * 26,
        requests: { PutLogEvents: 2 },
      });
    });

    it('counts a mail that is accepted', async () => {
      const { meter, settings } = open();
      const client = await openSesClient(settings);
      replies = [{ body: { MessageId: 'm' } }, { status: 400, body: { message: 'no' } }];
      const mail = new SendEmailCommand({ Content: {}, FromEmailAddress: 'a@example.com' });
      await client.send(mail);
      await client.send(mail).catch(() => undefined);

      expect(meter.usage()).to.deep.include({ mails: 1, requests: { SendEmail: 2 } });
    });

    it('counts no attempt that found no server', async () => {
      const { meter, settings } = open();
      await server.close();
      await createDynamoDbClient(settings)
        .send(put)
        .catch(() => undefined);

      expect(meter.usage()).to.deep.equal({ ...NOTHING, requests: {} });
    });
  });
}
