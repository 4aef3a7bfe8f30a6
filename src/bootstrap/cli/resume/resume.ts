import { defineCommand } from '../common/command.ts';
import { sendCommand, WAIT_HELP, waitOption, type WaitOptions } from '../common/send.ts';

export const body = defineCommand<WaitOptions>({
  examples: ['resume 01JD3M8A5W1P3X9T6K2V7Q4R0S', 'resume 01JD… --wait 30 --embedded'],
  options: (command) => command.argument('<order>', 'the order’s id').addOption(waitOption()),
  help: `\
For an order whose message is in the dead-letter queue. Everything that is open is looked at
again, and every notice to the customer is published again; each is sent once.
${WAIT_HELP}`,
  run: (session, { wait }, { args: [orderId = ''] }) =>
    sendCommand(session, { type: 'ResumeOrder', v: 1, orderId }, wait),
});
