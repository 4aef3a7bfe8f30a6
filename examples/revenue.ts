import { DatabaseSync } from 'node:sqlite';
import { errAsync, okAsync } from 'neverthrow';
import {
  createSqsClient,
  createSqsReceiveClient,
  type AwsSettings,
} from '../src/adapters/aws/clients.ts';
import { createConsoleTelemetry } from '../src/adapters/console/telemetry.ts';
import { createSqsMessageQueue } from '../src/adapters/sqs/messageQueue.ts';
import { createSystemClock } from '../src/adapters/system/clock.ts';
import { createSystemIds } from '../src/adapters/system/ids.ts';
import { createConsumer, type Consumer } from '../src/application/delivery/consumer.ts';
import { createGroupedQueue } from '../src/application/delivery/groupedQueue.ts';
import type { Handler } from '../src/application/delivery/handler.ts';
import { DEFAULT_DELIVERY_SETTINGS } from '../src/application/delivery/settings.ts';
import { unwrap } from '../src/application/messages/index.ts';

/**
 * A subscriber of order events (docs/order-events.md): keeps the revenue of each day in each
 * currency, in a file of SQLite. An event that comes again has the same id and changes nothing, and
 * a sum knows no order: so repeats and disorder do no harm.
 */
export const openRevenue = (file: string) => {
  const database = new DatabaseSync(file);
  database.exec(
    'CREATE TABLE IF NOT EXISTS heard (source TEXT, id TEXT, day TEXT, currency TEXT, ' +
      'minor INTEGER, PRIMARY KEY (source, id)) STRICT',
  );
  // The id and what it counts for are one row: a crash cannot come between them.
  const add = database.prepare('INSERT OR IGNORE INTO heard VALUES (?, ?, ?, ?, ?)');
  const sums = database.prepare(
    'SELECT day, currency, SUM(minor) AS minor FROM heard GROUP BY day, currency ' +
      'ORDER BY day, currency',
  );
  const handle: Handler = (received) => {
    const event = unwrap(received).map(({ body }) => readEvent(body));
    if (event.isErr()) return errAsync(event.error);
    if (event.value === undefined) return errAsync(NO_EVENT);
    const { source, id, type, time, data } = event.value;
    const sign = SIGNS[type];
    // A kind that is new, or that is no revenue.
    if (sign === undefined) return okAsync({ outcome: 'left out' });
    const minor = sign * data.amountMinor;
    const { changes } = add.run(source, id, time.slice(0, 10), data.currency, minor);
    return okAsync({ outcome: changes === 1 ? 'counted' : 'repeated', orderId: data.orderId });
  };
  return {
    handle,
    daily: () => sums.all() as unknown as readonly DailyRevenue[],
    close: () => database.close(),
  };
};

export type DailyRevenue = {
  readonly day: string;
  readonly currency: string;
  readonly minor: number;
};

const SIGNS: Readonly<Record<string, 1 | -1>> = {
  'paidonce.order.paid.v1': 1,
  'paidonce.order.refunded.v1': -1,
};

/** As far as it is needed here. */
type MoneyEvent = {
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly data: {
    readonly orderId: string;
    readonly currency: string;
    readonly amountMinor: number;
  };
};

const NO_EVENT = { type: 'MalformedMessage', reasons: ['message: is no order event'] } as const;

const readEvent = (body: string): MoneyEvent | undefined => {
  try {
    const event = JSON.parse(body) as MoneyEvent;
    return event.type.startsWith('paidonce.order.') ? event : undefined;
  } catch {
    return undefined;
  }
};

/** The delivery engine over the subscriber's own queue, which has a dead-letter queue. */
export const createRevenueConsumer = (
  handle: Handler,
  at: AwsSettings & {
    readonly queueUrl: string;
    readonly deadLetterUrl: string;
    /** Where its records go. */
    readonly records: Parameters<typeof createConsoleTelemetry>[1];
  },
): Consumer => {
  const clock = createSystemClock();
  const clients = { client: createSqsClient(at), receiveClient: createSqsReceiveClient(at) };
  const queueAt = (queueUrl: string) =>
    createGroupedQueue(createSqsMessageQueue(clients, { queueUrl }), clock);
  return createConsumer({
    handle,
    queue: queueAt(at.queueUrl),
    deadLetterQueue: queueAt(at.deadLetterUrl),
    clock,
    ids: createSystemIds(),
    telemetry: createConsoleTelemetry(clock, at.records),
    service: { name: 'revenue', version: '1' },
    settings: DEFAULT_DELIVERY_SETTINGS,
    probes: {},
  });
};

// node examples/revenue.ts QUEUE_URL DEAD_LETTER_URL FILE
if (import.meta.main) {
  const [, , queueUrl = '', deadLetterUrl = '', file = 'revenue.db'] = process.argv;
  const { AWS_REGION: region = 'eu-central-1', AWS_ENDPOINT_URL_SQS: endpoint } = process.env;
  const revenue = openRevenue(file);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const queues = { queueUrl, deadLetterUrl, records: process.stderr };
  const at = { region, ...queues, ...(endpoint !== undefined && { endpoint }) };
  await createRevenueConsumer(revenue.handle, at).run(stop.signal);
  for (const { day, currency, minor } of revenue.daily()) {
    process.stdout.write(`${day} ${currency} ${minor}\n`);
  }
  revenue.close();
}
