import { runFaults } from './run.ts';

/** A small generator whose seed repeats the plan, though not the moments at which workers die. */
const mulberry = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const numberOf = (name: string, otherwise: number): number =>
  Number(process.env[name] ?? otherwise);

const seed = numberOf('FAULTS_SEED', Date.now() % 1_000_000);
const options = {
  orders: numberOf('FAULTS_ORDERS', 2_000),
  percent: numberOf('FAULTS_PERCENT', 20),
  seed,
};
const { faults, ...told } = await runFaults({ ...options, random: mulberry(seed) });
process.stdout.write(`${JSON.stringify({ ...options, ...told }, undefined, 2)}\n`);
for (const fault of faults.slice(0, 50)) process.stdout.write(`FAULT ${fault}\n`);
process.stdout.write(`${faults.length} faults (repeat with FAULTS_SEED=${seed})\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
