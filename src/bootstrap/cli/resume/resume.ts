import { defineCommand } from '../common/command.ts';
import { findOrder } from '../common/findOrder.ts';
import { FIND_HELP, withOrder, type FindOptions } from '../common/orderArgument.ts';
import { SENDING, sendCommand, WAIT_HELP, waitOption, type WaitOptions } from '../common/send.ts';

export const body = defineCommand<WaitOptions & FindOptions>({
  examples: ['resume 01JD3M8A5W1P3X9T6K2V7Q4R0S', 'resume 01JD… --wait 30 --embedded'],
  options: (command) => withOrder(command).addOption(waitOption()),
  help: `\
For an order whose message is in the dead-letter queue. Everything that is open is looked at
again, and every notice to the customer is published again; each is sent once.
${FIND_HELP}
${WAIT_HELP}`,
  run: async function* (session, { wait: seconds, scan }, { args: [named = ''] }) {
    const { orderId, by: foundBy } = yield* findOrder(session, named, {
      scan,
      mayBeNew: 'unless it looks like another name',
      needs: SENDING,
    });
    const message = { type: 'ResumeOrder', v: 1, orderId } as const;
    return yield* sendCommand(session, message, { seconds, foundBy });
  },
});
