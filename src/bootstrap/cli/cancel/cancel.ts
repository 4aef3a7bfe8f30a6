import { defineCommand } from '../common/command.ts';
import { findOrder } from '../common/findOrder.ts';
import { FIND_HELP, withOrder, type FindOptions } from '../common/orderArgument.ts';
import { SENDING, sendCommand, WAIT_HELP, waitOption, type WaitOptions } from '../common/send.ts';

const REASON = 'the customer no longer wants it';

export const body = defineCommand<WaitOptions & FindOptions & { readonly reason: string }>({
  examples: [
    'cancel 01JD3M8A5W1P3X9T6K2V7Q4R0S',
    'cancel 01JD… --reason "out of stock" --wait',
    'cancel INV-2026-000123 --reason "returned" --wait 600 --json --embedded',
  ],
  options: (command) =>
    withOrder(command)
      .option('--reason <text>', 'why, for the record: 1 to 200 characters', REASON)
      .addOption(waitOption()),
  help: `\
Can be sent at any time, also before the order comes, and again. Where it is not known whether the
payment was made, the order is cancelled once that can be proven, which takes up to the close of
its payment.
${FIND_HELP}
${WAIT_HELP}`,
  run: async function* (session, { reason, wait: seconds, scan }, { args: [named = ''] }) {
    const order = yield* findOrder(session, named, { scan, mayBeNew: true, needs: SENDING });
    const { orderId, by: foundBy } = order;
    const message = { type: 'CancelOrder', v: 1, orderId, reason } as const;
    return yield* sendCommand(session, message, { seconds, foundBy });
  },
});
