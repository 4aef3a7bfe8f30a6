import { err } from 'neverthrow';
import { createMomentLines } from '../../demo/moments.ts';
import { defineCommand } from '../common/command.ts';
import { loadEmbedded } from '../common/loadEmbedded.ts';

export const body = defineCommand<{ readonly keep: boolean }>({
  begins: true,
  examples: ['demo', 'demo --no-keep', 'demo --json'],
  options: (command) =>
    command.option('--no-keep', 'delete the data at the end, if every promise holds'),
  help: `\
Takes less than a minute. It starts the embedded servers in a fresh folder and both services as
processes of their own, sends orders, kills a worker on the way, and reads everything back. The
data stays in a folder for temporary files, to be looked at with the other commands.
Exit code: 0 every promise holds, 1 one does not.`,
  run: async (session, { keep }) => {
    const lines = createMomentLines(session.output);
    lines.step('servers');
    // It brings the embedded servers, which would make every other command start slowly.
    const loaded = await loadEmbedded(() => import('../../demo/demo.ts'));
    return loaded.isErr() ? err(loaded.error) : loaded.value.runDemo(session, { keep, lines });
  },
});
