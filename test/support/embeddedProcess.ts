/*
 * Embedded servers in a process of their own: `<which> <folder> <port>`. Says what has started in
 * one line of JSON, and closes it when its input ends.
 */
const [which = '', dataDir = '', port = '0'] = process.argv.slice(2);
const options = { dataDir, port: Number(port) };

const STARTS: Readonly<Record<string, () => Promise<{ close(): Promise<void> }>>> = {
  all: async () =>
    (await import('../../src/adapters/embedded/index.ts')).openEmbeddedServers(options),
  sqs: async () => (await import('../../src/adapters/embedded/sqs.ts')).startEmbeddedSqs(options),
  stripe: async () =>
    (await import('../../src/adapters/embedded/stripe.ts')).startEmbeddedStripe(options),
};

const started = await STARTS[which]?.();
process.stdout.write(`${JSON.stringify(started)}\n`);
for await (const _ of process.stdin);
await started?.close();
