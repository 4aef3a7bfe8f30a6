import { openEmbeddedServers } from '../../src/adapters/embedded/index.ts';

/*
 * A process of its own for tests of the embedded servers' life: opens those of the folder in its
 * argument, says so in one line of JSON, and closes them when its input ends.
 */
const servers = await openEmbeddedServers({ dataDir: process.argv[2] ?? '' });
const { addresses, startedHere } = servers;
process.stdout.write(`${JSON.stringify({ addresses, startedHere })}\n`);
for await (const _ of process.stdin);
await servers.close();
