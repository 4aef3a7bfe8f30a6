import { describeCommand, runs, type Register } from '../common/command.ts';

export const registerDemo: Register = (program, lifecycle) => {
  const command = describeCommand(program.command('demo'), {
    summary: 'run the main job on servers of this machine, with faults, and check every promise',
    examples: ['demo', 'demo --keep', 'demo --json'],
  })
    .option('--keep', 'leave the data where it is, to be looked at with the other commands')
    .addHelpText(
      'after',
      `
Takes less than a minute. It starts the embedded servers in a fresh folder and both services as
processes of their own, sends orders, kills a worker on the way, and reads everything back. Where
a promise does not hold, the data stays too. Exit code: 0 every promise holds, 1 one does not.`,
    );
  runs(command, lifecycle, async (session) => {
    // It brings the embedded servers, which would make every other command start slowly.
    const { runDemo } = await import('../../demo/demo.ts');
    const { keep = false } = command.opts<{ readonly keep?: boolean }>();
    return runDemo({ session, keep, stop: lifecycle.untilStopped() });
  });
};
