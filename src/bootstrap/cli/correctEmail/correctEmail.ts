import { defineCommand } from '../common/command.ts';
import { findOrder } from '../common/findOrder.ts';
import { FIND_HELP, withOrder, type FindOptions } from '../common/orderArgument.ts';
import { SENDING, sendCommand, WAIT_HELP, waitOption, type WaitOptions } from '../common/send.ts';

type CorrectEmailOptions = WaitOptions &
  FindOptions & {
    readonly email: string;
    readonly by: string;
    readonly reason: string;
  };

export const body = defineCommand<CorrectEmailOptions>({
  examples: [
    'correct-email 01JD3M8A5W1P3X9T6K2V7Q4R0S --email ada@example.com --by "Kim, ' +
      'support" --reason "mistyped; the customer rang"',
    'correct-email 01JD… --email ada@bücher.example --by Kim --reason mistyped --wait --json',
  ],
  options: (command) =>
    withOrder(command)
      .requiredOption('--email <address>', 'where the customer is notified from now on')
      .requiredOption('--by <who>', 'who says so, for the record: 1 to 64 characters')
      .requiredOption('--reason <why>', 'why, for the record: 1 to 200 characters')
      .addOption(waitOption()),
  help: `\
Every notice of the order (receipt, credit notes, its cancellation, and so on) is sent once to the
new address, also if it was sent to the old one. The same address again changes nothing.
${FIND_HELP}
${WAIT_HELP}`,
  run: async function* (session, { wait: seconds, scan, ...asked }, { args: [named = ''] }) {
    const { email, by, reason } = asked;
    const { orderId, by: foundBy } = yield* findOrder(session, named, {
      scan,
      mayBeNew: 'unless it looks like another name',
      needs: SENDING,
    });
    const message = { type: 'CorrectEmail', v: 1, orderId, email, by, reason } as const;
    return yield* sendCommand(session, message, { seconds, foundBy });
  },
});
