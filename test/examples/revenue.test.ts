import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { createRevenueConsumer, openRevenue, type DailyRevenue } from '../../examples/revenue.ts';
import { createSqsMessageQueue } from '../../src/adapters/sqs/messageQueue.ts';
import { EMBEDDED_CREDENTIALS } from '../../src/adapters/embedded/index.ts';
import { jsonLines, lineOf, run, start, type Env, type InProcessCommand } from '../support/cli.ts';
import { localSns, readCloudEvent, receiveAll, subscribe } from '../support/orderEvents.ts';
import { describeInTurn } from '../support/runs.ts';
import { createQueue, localSqsClients, untilEmpty } from '../support/sqs.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';

const CURRENCIES = ['EUR', 'CHF', 'JPY'] as const;
const ORDERS = 12;
/** Placed and paid each, but for one that is declined; one refund and one cancellation. */
const EVENTS = 2 * ORDERS + 3;

const orderOf = (n: number) => ({
  type: 'PlaceOrder',
  v: 1,
  orderId: `o-${n}`,
  customer: { id: `c-${n}`, email: 'ada@example.com' },
  currency: CURRENCIES[n % CURRENCIES.length],
  lines: [
    { sku: 'B', description: 'Book', quantity: n + 1, unitPriceMinor: 1_237, taxRateBps: 770 },
  ],
  paymentMethod: n === 5 ? 'pm_card_visa_chargeDeclined' : 'pm_card_visa',
});

type Amount = { readonly minor: number };
type Sums = Readonly<Record<string, { readonly captured: Amount; readonly refunded: Amount }>>;

describeInTurn(2, 'examples/revenue.ts', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let worker: InProcessCommand;
  let env: Env;
  let sqs: ReturnType<typeof localSqsClients>;
  let sns: Awaited<ReturnType<typeof localSns>>;
  let endpoint: string;
  let all: Awaited<ReturnType<typeof createQueue>>;
  let mine: Awaited<ReturnType<typeof createQueue>>;
  let deadLetters: Awaited<ReturnType<typeof createQueue>>;

  const paidonce = (...args: readonly string[]) =>
    run([...args, '--embedded', '--json'], { env }).then((ended) => {
      expect(ended.code, ended.stderr).to.equal(0);
      return jsonLines(ended.stdout).at(-1) ?? {};
    });

  before(async () => {
    folder = await makeTemporaryFolder();
    env = {
      PAIDONCE_DATA_DIR: folder.path,
      RECEIVE_WAIT_MS: '1000',
      ORDER_EVENTS_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:order-events',
    };
    worker = start(['worker', '--embedded', '--json'], env);
    await lineOf(worker, (line) => line.includes('worker.started'));
    const { addresses } = (await paidonce('servers')) as { addresses: { sqs: string } };
    endpoint = addresses.sqs;
    sqs = localSqsClients(endpoint);
    sns = await localSns(endpoint);
    [all, mine, deadLetters] = [
      await createQueue(sqs),
      await createQueue(sqs),
      await createQueue(sqs),
    ];
    const topicArn = env['ORDER_EVENTS_TOPIC_ARN'] ?? '';
    await subscribe(sns, topicArn, all.arn, { RawMessageDelivery: 'true' });
    // In the envelope of SNS, which the consumer takes too.
    const FilterPolicy = JSON.stringify({ currency: [...CURRENCIES] });
    await subscribe(sns, topicArn, mine.arn, { FilterPolicy });

    const file = join(folder.path, 'orders.jsonl');
    const orders = Array.from({ length: ORDERS }, (_, n) => JSON.stringify(orderOf(n)));
    await writeFile(file, orders.join('\n'));
    await paidonce('submit', file);
    const by = ['--by', 'ada', '--reason', 'test', '--yes', '--wait'];
    // Until a worker has taken it, nobody knows the order.
    const settled = (n: number) =>
      until(`o-${n} is paid`, async (see) => {
        const args = ['order', `o-${n}`, '--embedded', '--json'];
        const { stdout, stderr } = await run(args, { env });
        see(`${stdout}${stderr}`);
        return jsonLines(stdout)[0]?.['status'] === 'paid' ? true : undefined;
      });
    await settled(1);
    await settled(2);
    await paidonce('refund', 'o-1', '--amount', '3.21', '--id', 'r-1', ...by);
    await paidonce('cancel', 'o-2', ...by);
  });
  after(async () => {
    const code = await worker.stop();
    sns.destroy();
    sqs.client.destroy();
    sqs.receiveClient.destroy();
    await folder.remove();
    expect(code).to.equal(0);
  });

  it('agrees with the audit to the minor unit, whatever repeats and disorder', async () => {
    const received = await untilAllReceived();
    // As they come, all of them once more the other way round, and twice again from the log.
    const queue = createSqsMessageQueue(sqs, { queueUrl: mine.url });
    const again = received.toReversed().map(({ body, attributes = {} }) => ({ body, attributes }));
    (await queue.send(again))._unsafeUnwrap();
    const since = ['--since', '2020-01-01', '--to-queue', mine.url];
    await paidonce('events', 'replay', ...since);
    await paidonce('events', 'replay', ...since, '--type', 'order.paid.v1');

    const file = join(folder.path, 'revenue.db');
    const outcomes = await consume(file, 8);
    const daily = await consumeAll(file);
    expect(outcomes).to.include('counted');

    const { sums } = (await paidonce('audit', '--grace', '0s')) as { sums: Sums };
    const audited = Object.entries(sums).map(([currency, { captured, refunded }]) => [
      currency,
      captured.minor - refunded.minor,
    ]);
    const kept = Map.groupBy(daily, ({ currency }) => currency);
    const revenue = [...kept].map(([currency, days]) => [
      currency,
      days.reduce((sum, { minor }) => sum + minor, 0),
    ]);
    expect(audited).to.have.length(CURRENCIES.length);
    expect(revenue).to.have.deep.members(audited);
    expect(await receiveAll(sqs, deadLetters.url, 0)).to.deep.equal([]);
  });

  it('makes a dead letter of what is no order event', async () => {
    const other = await createQueue(sqs);
    const queue = createSqsMessageQueue(sqs, { queueUrl: other.url });
    await queue.send([{ body: 'hello' }]);
    await consume(join(folder.path, 'other.db'), 1, other.url);

    const [deadLetter] = await receiveAll(sqs, deadLetters.url, 1);
    expect(deadLetter?.body).to.equal('hello');
    expect(deadLetter?.attributes).to.include({ ErrorType: 'MalformedMessage' });
  });

  /** Each event once, from the queue of another subscriber. */
  const untilAllReceived = async () => {
    const byId = new Map<string, Awaited<ReturnType<typeof receiveAll>>[number]>();
    await until(`${EVENTS} events were heard`, async (see) => {
      for (const received of await receiveAll(sqs, all.url, 0)) {
        byId.set(readCloudEvent(received.body).id, received);
      }
      see([...byId.keys()]);
      return byId.size === EVENTS ? true : undefined;
    });
    return [...byId.values()];
  };

  const placeOf = (queueUrl: string) => ({
    region: 'us-east-1',
    endpoint,
    credentials: EMBEDDED_CREDENTIALS,
    queueUrl,
    deadLetterUrl: deadLetters.url,
    records: Object.assign(new PassThrough(), { isTTY: false }).resume(),
  });

  /** Until it has handled so many messages; then it is stopped, as by a deployment. */
  const consume = async (
    file: string,
    count: number,
    queueUrl = mine.url,
  ): Promise<readonly string[]> => {
    const revenue = openRevenue(file);
    const outcomes: string[] = [];
    const stop = new AbortController();
    const note = (outcome: string): void => {
      outcomes.push(outcome);
      if (outcomes.length >= count) stop.abort();
    };
    const consumer = createRevenueConsumer(
      (delivery) =>
        revenue
          .handle(delivery)
          .andTee(({ outcome }) => note(outcome))
          .orTee(({ type }) => note(type)),
      placeOf(queueUrl),
    );
    await consumer.run(stop.signal);
    revenue.close();
    return outcomes;
  };

  /** The same over what is left, until the queue is empty. */
  const consumeAll = async (file: string): Promise<readonly DailyRevenue[]> => {
    const revenue = openRevenue(file);
    const stop = new AbortController();
    const consumer = createRevenueConsumer(revenue.handle, placeOf(mine.url));
    const running = consumer.run(stop.signal);
    await untilEmpty(sqs.client, [mine.url], {});
    stop.abort();
    await running;
    const daily = revenue.daily().map((row) => ({ ...row }));
    revenue.close();
    return daily;
  };
});
