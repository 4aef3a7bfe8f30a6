import fc from 'fast-check';

// One seed for the whole run, printed, so that a failure in CI can be repeated with FC_SEED. The
// worker processes that mocha runs the files in inherit it.
const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
process.env['FC_SEED'] = String(seed);
fc.configureGlobal({ seed });
if (process.env['MOCHA_WORKER_ID'] === undefined) {
  process.stdout.write(`fast-check seed: ${seed} (repeat with FC_SEED=${seed})\n`);
}

// Mocha alone lets a rejection that nobody handles pass.
process.on('unhandledRejection', (reason) => {
  throw reason;
});
