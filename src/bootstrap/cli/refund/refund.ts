import { InvalidArgumentError } from 'commander';
import { createSystemIds } from '../../../adapters/system/ids.ts';
import { defineCommand } from '../common/command.ts';
import { findOrder } from '../common/findOrder.ts';
import { FIND_HELP, withOrder, type FindOptions } from '../common/orderArgument.ts';
import {
  SENDING,
  sendCommand,
  type CommandMessage,
  WAIT_HELP,
  waitOption,
  type WaitOptions,
} from '../common/send.ts';

type RefundLine = { readonly line: number; readonly quantity: number };

type RefundOptions = WaitOptions &
  FindOptions & {
    readonly id?: string;
    readonly amount?: number;
    readonly line?: readonly RefundLine[];
  };

export const body = defineCommand<RefundOptions>({
  examples: [
    'refund 01JD3M8A5W1P3X9T6K2V7Q4R0S',
    'refund 01JD… --amount 1999 --id return-1 --wait',
    'refund 01JD… --line 1:2 --line 3:1 --json',
  ],
  options: (command) =>
    withOrder(command)
      .option(
        '--id <refund>',
        'the refund’s own id, 1 to 64 letters, digits, _ or -; otherwise generated',
      )
      .option('--amount <minor>', 'in minor units, tax included: 1999 is EUR 19.99', amountOf)
      .option('--line <n:quantity>', 'so many pieces of line n of the invoice; repeatable', lineOf)
      .addOption(waitOption()),
  help: `\
With neither --amount nor --line: all that was not refunded and is not about to be. Each refund
that succeeds has one credit note. Repeating the command needs --id with the id that was printed:
without it, it is another refund. The same id with the same content is done once, with another
content it is refused.
${FIND_HELP}
${WAIT_HELP}`,
  run: async function* (session, { id, amount, line, wait, scan }, { args: [named = ''] }) {
    const { orderId, by } = yield* findOrder(session, named, {
      scan,
      mayBeNew: true,
      needs: SENDING,
    });
    const message: CommandMessage = {
      type: 'RefundPayment',
      v: 1,
      orderId,
      refundId: id ?? createSystemIds().create(),
      ...(amount === undefined ? {} : { amountMinor: amount }),
      ...(line === undefined ? {} : { lines: [...line] }),
    };
    return yield* sendCommand(session, message, { seconds: wait, foundBy: by });
  },
});

/** Only that it is a number; what may be asked for is said by the message's own schema. */
const amountOf = (text: string): number => {
  if (/^-?\d{1,16}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It has to be a whole number of minor units: 1999 is EUR 19.99.');
};

const lineOf = (text: string, before: readonly RefundLine[] = []): readonly RefundLine[] => {
  const { line, quantity } = /^(?<line>\d{1,9}):(?<quantity>\d{1,9})$/.exec(text)?.groups ?? {};
  if (line !== undefined) return [...before, { line: Number(line), quantity: Number(quantity) }];
  throw new InvalidArgumentError('It has to be a line and how many pieces of it, such as 1:2.');
};
