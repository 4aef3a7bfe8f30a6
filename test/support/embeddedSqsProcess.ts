import { startEmbeddedSqs } from '../../src/adapters/embedded/sqs.ts';

// The embedded server as a process of its own, which a test can kill: <folder> <port>.
const [dataDir = '', port = '0'] = process.argv.slice(2);
const server = await startEmbeddedSqs({ dataDir, port: Number(port) });
process.stdout.write(`${server.url}\n`);
