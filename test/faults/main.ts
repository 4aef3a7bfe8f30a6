import { parseArgs } from 'node:util';
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

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '300' },
    percent: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'without-events': { type: 'boolean', default: false },
  },
});
const [orders = 0, percent = 0, seed = 0] = [values.orders, values.percent, values.seed].map(
  Number,
);
const withEvents = !values['without-events'];
const options = { orders, percent, seed, withEvents };
const { faults, ...report } = await runFaults({ ...options, random: mulberry(seed) });
process.stdout.write(`${JSON.stringify({ ...options, ...report }, undefined, 2)}\n`);
for (const fault of faults.slice(0, 50)) process.stdout.write(`FAULT ${fault}\n`);
const repeat = `--orders ${orders} --seed ${seed}${withEvents ? '' : ' --without-events'}`;
process.stdout.write(`${faults.length} faults (repeat with npm run faults -- ${repeat})\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
