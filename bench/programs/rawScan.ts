import { hash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { ORDER_DICTIONARY } from '../../src/adapters/eventStore/dictionary.ts';
import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CREDENTIALS } from './measured.ts';

/** Scans a table in parallel, and does nothing but parse the events and check each hash. */
const [endpoint = '', segments = '4'] = process.argv.slice(2);
const ignore = (): void => undefined;
const client = new DynamoDBClient({
  endpoint,
  region: 'eu-central-1',
  credentials: CREDENTIALS,
  // Without `info` the SDK does not copy each page for its logger.
  logger: { debug: ignore, warn: ignore, error: ignore } as never,
});

const NO_HASH = '0'.repeat(64);
const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

/** Events are text, or packed behind a byte that says so. */
const eventsIn = ({ events }: Record<string, AttributeValue>): string =>
  events?.S ??
  inflateRawSync(events?.B?.subarray(1) ?? '', { dictionary: ORDER_DICTIONARY }).toString();

const check = (item: Record<string, AttributeValue>): number => {
  const text = (name: string): string => item[name]?.S ?? '';
  const events = eventsIn(item);
  const content = [
    'paidonce-commit-1',
    hex(item['previousHash']?.B) || NO_HASH,
    text('streamId'),
    Number(item['version']?.N),
    Number(item['committedAt']?.N),
    text('commitId'),
    text('idempotencyKey'),
    text('correlationId'),
    text('causationId'),
    events,
  ];
  if (hash('sha256', JSON.stringify(content), 'hex') !== hex(item['hash']?.B)) {
    throw new Error(`${text('streamId')} does not match its hash`);
  }
  return (JSON.parse(events) as readonly unknown[]).length;
};

const scan = async (Segment: number, TotalSegments: number): Promise<number> => {
  let events = 0;
  let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: 'events',
        ConsistentRead: true,
        Segment,
        TotalSegments,
        ExclusiveStartKey,
      }),
    );
    for (const item of page.Items ?? []) events += check(item);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return events;
};

const count = Number(segments);
const events = await Promise.all(Array.from({ length: count }, (_, at) => scan(at, count)));
process.stdout.write(`${events.reduce((sum, each) => sum + each, 0)}\n`);
