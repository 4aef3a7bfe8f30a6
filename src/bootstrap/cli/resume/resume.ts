import { describeCommand, runs, type Register } from '../common/command.ts';
import { sendCommand, WAIT_HELP, waitOption, type WaitOptions } from '../common/send.ts';

export const registerResume: Register = (program, lifecycle) => {
  const command = describeCommand(program.command('resume'), {
    summary: 'have a worker continue with an order; requests nothing new',
    examples: ['resume 01JD3M8A5W1P3X9T6K2V7Q4R0S', 'resume 01JD… --wait 30 --embedded'],
  })
    .argument('<order>', 'the order’s id')
    .addOption(waitOption())
    .addHelpText(
      'after',
      `
For an order whose message is in the dead-letter queue. Everything that is open is looked at
again, and every notice to the customer is published again; each is sent once.
${WAIT_HELP}`,
    );
  runs(command, lifecycle, (session) => {
    const { wait } = command.opts<WaitOptions>();
    const message = { type: 'ResumeOrder', v: 1, orderId: command.args[0] ?? '' } as const;
    return sendCommand(session, message, { seconds: wait, lifecycle });
  });
};
