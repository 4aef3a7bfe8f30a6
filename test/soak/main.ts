import { peerUrl } from '../support/peerUrl.ts';
import { soak } from './soak.ts';

const numberOf = (name: string, otherwise: number): number =>
  Number(process.env[name] ?? otherwise);

const options = {
  url: peerUrl('PEER_SQS_URL'),
  messages: numberOf('SOAK_MESSAGES', 20_000),
  workers: numberOf('SOAK_WORKERS', 2),
  seed: numberOf('SOAK_SEED', Date.now() % 1_000_000),
  // A slow message that is in flight with those who kill is received as often as they are.
  maxReceiveCount: 15,
  crashLoops: 1,
  strikeEveryMs: 5_000,
};
const { faults, memory, ...report } = await soak(options);
process.stdout.write(`${JSON.stringify({ ...options, ...report }, undefined, 2)}\n`);
for (const used of memory) process.stdout.write(`memory ${JSON.stringify(used)}\n`);
for (const fault of faults.slice(0, 50)) process.stdout.write(`FAULT ${fault}\n`);
process.stdout.write(`${faults.length} faults (repeat with SOAK_SEED=${options.seed})\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
