import { CloudWatchLogsClient, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SQSClient } from '@aws-sdk/client-sqs';
import { CREDENTIALS, urls } from './measured.ts';

/** What the floors and the usual stack have in common: the clients, and the parts of the job. */
export type Order = {
  readonly orderId: string;
  readonly currency: string;
  readonly lines: readonly {
    readonly description: string;
    readonly quantity: number;
    readonly unitPriceMinor: number;
    readonly taxRateBps: number;
  }[];
  readonly paymentMethod: string;
};

const { sqs, dynamoDb, logs, ses } = urls();
const common = { region: 'eu-central-1', credentials: CREDENTIALS };

export const createQueueClient = (): SQSClient =>
  new SQSClient({ ...common, endpoint: sqs, useQueueUrlAsEndpoint: false });
export const createTablesClient = (): DynamoDBClient =>
  new DynamoDBClient({ ...common, endpoint: dynamoDb });
export const createMailClient = (): SESv2Client => new SESv2Client({ ...common, endpoint: ses });
export const queueUrl = (name: string): string => `${sqs}/000000000000/${name}`;

let invoices = 0;

/** The outcome of an order, as both of them store it. */
export const outcomeText = (order: Order, paid: { readonly id: string }): string => {
  invoices += 1;
  return JSON.stringify([
    { type: 'Captured', id: paid.id },
    { type: 'Invoiced', number: `INV-${invoices}`, order },
  ]);
};

export const noticeText = ({ orderId }: Order): string =>
  JSON.stringify({ type: 'OrderSettled', v: 1, orderId, outcome: 'paid' });

/** Lines are written once a second. */
export const createLog = (logStreamName: string): ((line: object) => void) => {
  const client = new CloudWatchLogsClient({ ...common, endpoint: logs });
  let logEvents: { timestamp: number; message: string }[] = [];
  setInterval(() => {
    if (logEvents.length === 0) return;
    const put = new PutLogEventsCommand({ logGroupName: 'bench', logStreamName, logEvents });
    logEvents = [];
    void client.send(put);
  }, 1_000);
  return (line) => {
    const timestamp = Date.now();
    const message = JSON.stringify({ time: new Date(timestamp).toISOString(), ...line });
    logEvents.push({ timestamp, message });
  };
};
