import { startEmbeddedStripe } from '../../src/adapters/embedded/stripe.ts';

// The sandbox in a process of its own, which a test can kill: takes the folder, reports its
// address.
const [, , dataDir = ''] = process.argv;
const { url } = await startEmbeddedStripe({ dataDir, port: 0 });
process.stdout.write(`${url}\n`);
