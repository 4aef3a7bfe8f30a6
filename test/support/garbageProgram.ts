import { setImmediate as turn } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';

/*
 * Makes garbage that outlives the young generation, as messages do while they are handled, and says
 * how large the heap became. It loads the embedded servers, and starts them only `with` them.
 */
const [servers, dataDir = ''] = process.argv.slice(2);
const { openEmbeddedServers } = await import('../../src/adapters/embedded/index.ts');
const opened = servers === 'with' ? await openEmbeddedServers({ dataDir }) : undefined;

/** Some 40 MB are alive at any time. */
const ALIVE = 40_000;
const ROUNDS = 200;
const PER_ROUND = 2_000;

const youngBytes = (): number =>
  getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? 0;

const alive = new Map<number, object>();
let oldMax = 0;
let youngMax = 0;
for (let round = 0; round < ROUNDS; round += 1) {
  for (let n = round * PER_ROUND; n < (round + 1) * PER_ROUND; n += 1) {
    alive.set(n % ALIVE, { body: String(n).padEnd(900, 'x'), about: [n, { n }] });
  }
  oldMax = Math.max(oldMax, process.memoryUsage().heapTotal - youngBytes());
  youngMax = Math.max(youngMax, youngBytes());
  await turn();
}
await opened?.close();
process.stdout.write(JSON.stringify({ oldMax, youngMax }));
