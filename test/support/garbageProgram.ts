import { setImmediate as turn } from 'node:timers/promises';

/*
 * Makes garbage that outlives the young generation, as messages do while they are handled, and says
 * how large the heap became. It loads the embedded servers, and starts them only `with` them.
 */
const [servers, dataDir = ''] = process.argv.slice(2);
const { openEmbeddedServers } = await import('../../src/adapters/embedded/index.ts');
const opened = servers === 'with' ? await openEmbeddedServers({ dataDir }) : undefined;

/** Some 40 MB are alive at any time. */
const ALIVE = 40_000;
const ROUNDS = 300;
const PER_ROUND = 2_000;

const alive = new Map<number, object>();
let heapMax = 0;
for (let round = 0; round < ROUNDS; round += 1) {
  for (let n = round * PER_ROUND; n < (round + 1) * PER_ROUND; n += 1) {
    alive.set(n % ALIVE, { body: String(n).padEnd(900, 'x'), about: [n, { n }] });
  }
  heapMax = Math.max(heapMax, process.memoryUsage().heapTotal);
  await turn();
}
await opened?.close();
process.stdout.write(String(heapMax));
