import { defineCommand } from '../common/command.ts';
import { sendCommand, WAIT_HELP, waitOption, type WaitOptions } from '../common/send.ts';

const REASON = 'the customer no longer wants it';

export const body = defineCommand<WaitOptions & { readonly reason: string }>({
  examples: [
    'cancel 01JD3M8A5W1P3X9T6K2V7Q4R0S',
    'cancel 01JD… --reason "out of stock" --wait',
    'cancel 01JD… --wait 600 --json --embedded',
  ],
  options: (command) =>
    command
      .argument('<order>', 'the order’s id')
      .option('--reason <text>', 'why, for the record: 1 to 200 characters', REASON)
      .addOption(waitOption()),
  help: `\
Can be sent at any time, also before the order comes, and again. Where it is not known whether the
payment was made, the order is cancelled once that can be proven, which takes up to the close of
its payment.
${WAIT_HELP}`,
  run: (session, { reason, wait }, { args: [orderId = ''] }) =>
    sendCommand(session, { type: 'CancelOrder', v: 1, orderId, reason }, wait),
});
