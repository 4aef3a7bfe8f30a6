import { createDynamoDbCommitTable } from '../src/adapters/dynamodb/commitTable.ts';
import type { CommitTable } from '../src/adapters/eventStore/commitTable.ts';
import { createMemoryCommitTable } from '../src/adapters/memory/commitTable.ts';
import type { OrderStream } from '../src/application/log/eventStreams.ts';
import { must } from '../test/support/commits.ts';
import { freshTables, startTestDynamoDb } from '../test/support/dynamoDb.ts';
import { writeLife } from '../test/support/loadCost.ts';
import { longestLife } from '../test/support/longestLife.ts';
import { orderLife } from '../test/support/orderLife.ts';

/** Times one load of a usual order's stream and of the longest there can be, in turn, in one run. */
const ROUNDS = 60;
const WARM_UP = 10;

const lives = { usual: orderLife().placed().captured(), longest: longestLife() };

const timesOf = async (table: CommitTable): Promise<Readonly<Record<string, number>>> => {
  const streams: (readonly [string, string, OrderStream])[] = [];
  for (const [name, { commits, state }] of Object.entries(lives)) {
    const orderId = state.placed?.orderId ?? '';
    streams.push([name, orderId, await writeLife(table, orderId, commits)]);
  }
  const taken = new Map<string, number[]>();
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    for (const [name, orderId, orders] of streams) {
      const since = performance.now();
      await must(orders.load(orderId));
      if (round >= WARM_UP)
        taken.set(name, [...(taken.get(name) ?? []), performance.now() - since]);
    }
  }
  return Object.fromEntries([...taken].map(([name, times]) => [name, medianOf(times)]));
};

const medianOf = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;

const tell = (name: string, { usual = Number.NaN, longest = Number.NaN }): void =>
  void process.stdout.write(
    `${name.padEnd(18)} usual ${usual.toFixed(2)} ms, longest ${longest.toFixed(2)} ms, ${(longest / usual).toFixed(0)} times\n`,
  );

tell('memory', await timesOf(createMemoryCommitTable()));
const server = await startTestDynamoDb();
try {
  const { events: table } = await freshTables(server.client);
  tell('embedded DynamoDB', await timesOf(createDynamoDbCommitTable(server.client, { table })));
} finally {
  await server.stop();
}
