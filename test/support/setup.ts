import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { config } from 'chai';
import fc from 'fast-check';
import { runsOf } from './runs.ts';

// What a process has compiled and stripped of types, the next one reads: mocha's workers inherit
// this setting, and so do the processes that tests start.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'paidonce-compile-cache');
enableCompileCache();

// What is no assertion of chai's is found by `tsc`; to look for it in each one takes a twentieth of
// all the time.
config.useProxy = false;

// One seed for the whole run, printed, so that a failure in CI can be repeated with FC_SEED. The
// worker processes that mocha runs the files in inherit it.
const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
process.env['FC_SEED'] = String(seed);
fc.configureGlobal({ seed, numRuns: runsOf(30, 100) });
if (process.env['MOCHA_WORKER_ID'] === undefined) {
  process.stdout.write(`fast-check seed: ${seed} (repeat with FC_SEED=${seed})\n`);
}

// Mocha alone lets a rejection that nobody handles pass.
process.on('unhandledRejection', (reason) => {
  throw reason;
});
