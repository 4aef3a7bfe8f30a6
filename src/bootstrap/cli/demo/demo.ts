import { err } from 'neverthrow';
import { defineCommand } from '../common/command.ts';
import { loadEmbedded } from '../common/loadEmbedded.ts';

export const body = defineCommand<{ readonly keep?: boolean }>({
  begins: true,
  examples: ['demo', 'demo --keep', 'demo --json'],
  options: (command) =>
    command.option('--keep', 'leave the data where it is, to be looked at with the other commands'),
  help: `\
Takes less than a minute. It starts the embedded servers in a fresh folder and both services as
processes of their own, sends orders, kills a worker on the way, and reads everything back. Where
a promise does not hold, the data stays too. Exit code: 0 every promise holds, 1 one does not.`,
  run: async (session, { keep = false }) => {
    // It brings the embedded servers, which would make every other command start slowly.
    const loaded = await loadEmbedded(() => import('../../demo/demo.ts'));
    return loaded.isErr() ? err(loaded.error) : loaded.value.runDemo(session, keep);
  },
});
