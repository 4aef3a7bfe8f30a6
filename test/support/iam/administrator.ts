import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { createDynamoDbClient } from '../../../src/adapters/aws/clients.ts';
import { localSqsClients } from '../sqs.ts';
import { until } from '../until.ts';
import type { RolesOptions } from './deployment.ts';

type InvoiceItem = Readonly<Record<string, AttributeValue>>;

/** Whoever may do everything, and brings about what the roles then have to deal with. */
export const openAdministrator = ({ place, servers }: RolesOptions) => {
  const sqs = localSqsClients(servers['sqs'] ?? '');
  const dynamoDb = createDynamoDbClient({
    region: place.region,
    endpoint: servers['dynamodb'] ?? '',
    // The commands' own: DynamoDB Local has other tables for each access key.
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { invoices: TableName } = place.tables;
  const keyOf = (orderId: string) => ({ orderId: { S: orderId } });
  return {
    spoilQueue: (QueueUrl: string | undefined) =>
      sqs.client.send(
        new SetQueueAttributesCommand({
          QueueUrl,
          Attributes: { MessageRetentionPeriod: '60', VisibilityTimeout: '7' },
        }),
      ),
    send: (QueueUrl: string | undefined, MessageBody: string) =>
      sqs.client.send(new SendMessageCommand({ QueueUrl, MessageBody })),
    makeQueue: async (QueueName: string | undefined): Promise<string> => {
      const { QueueUrl = '' } = await sqs.client.send(new CreateQueueCommand({ QueueName }));
      return QueueUrl;
    },
    /** The row of an invoice, once there is one. */
    rowOf: (orderId: string): Promise<InvoiceItem> =>
      until(`the row of ${orderId}`, async () => {
        const found = await dynamoDb.send(new GetItemCommand({ TableName, Key: keyOf(orderId) }));
        return found.Item;
      }),
    putRow: (Item: InvoiceItem) => dynamoDb.send(new PutItemCommand({ TableName, Item })),
    removeRow: (orderId: string) =>
      dynamoDb.send(new DeleteItemCommand({ TableName, Key: keyOf(orderId) })),
    close: (): void => {
      sqs.client.destroy();
      sqs.receiveClient.destroy();
      dynamoDb.destroy();
    },
  };
};

export type Administrator = ReturnType<typeof openAdministrator>;
