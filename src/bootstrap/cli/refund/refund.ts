import { InvalidArgumentError, Option } from 'commander';
import { err, ok, type Result } from 'neverthrow';
import { formatAmount, parseAmount, type AmountMistake } from '../../../domain/money/index.ts';
import * as Order from '../../../domain/order/index.ts';
import {
  BY_HAND_HELP,
  requestByHand,
  withByHandOptions,
  type ByHandOptions,
} from '../common/byHand.ts';
import { defineCommand } from '../common/command.ts';
import { misused, type CliFailure } from '../common/failure.ts';
import { unknownOrder } from '../common/history.ts';
import { moneyText } from '../common/text.ts';

type RefundLine = { readonly line: number; readonly quantity: string };

type RefundOptions = ByHandOptions & {
  readonly id?: string;
  readonly amount?: string;
  readonly amountMinor?: number;
  readonly line?: readonly RefundLine[];
};

export const body = defineCommand<RefundOptions>({
  examples: [
    'refund 01JD3M8A5W1P3X9T6K2V7Q4R0S --by ada --reason "came back"',
    'refund INV-2026-000123 --by ada --reason "came back"',
    'refund 01JD… --amount 19.99 --id return-1 --by ada --reason "scratched" --wait',
    'refund 01JD… --amount "12,50 EUR" --by ada --reason "late" --dry-run',
    'refund 01JD… --line 1:2 --line 3:1 --by ada --reason "came back" --yes --json',
  ],
  options: (command) =>
    withByHandOptions(
      command
        .option(
          '--id <refund>',
          'the refund’s own id, 1 to 64 letters, digits, _ or -; otherwise generated',
        )
        .option(
          '--amount <amount>',
          'with tax, as you write it: 12.34, 12,34 EUR, "EUR 12.34", 1.234,56, 1234 JPY',
        )
        .addOption(
          new Option('--amount-minor <n>', 'the same in minor units: 1999 is EUR 19.99')
            .argParser(minorUnits)
            .conflicts(['amount', 'line']),
        )
        .addOption(
          new Option(
            '--line <n:quantity>',
            'so much of line n of the invoice, 1:2 or 1:0.5; repeatable',
          )
            .argParser(lineOf)
            .conflicts('amount'),
        ),
    ),
  help: `\
Without an amount or lines: all that was not refunded and is not about to be. What could be read in
two ways, such as 1,234 or a whole number without a currency, is refused. Each refund that succeeds
has one credit note. Repeating the command needs --id with the id that was printed: without it, it
is another refund. The same id with the same content is done once, with another content it is
refused.
${BY_HAND_HELP}`,
  run: (session, options, { args: [named = ''] }) =>
    requestByHand(session, {
      named,
      options,
      messageFor: ({ orderId, state, ids }) =>
        amountOf(options, orderId, state).map((amountMinor) => {
          const of = {
            type: 'RefundPayment',
            orderId,
            refundId: options.id ?? ids.create(),
          } as const;
          const { line = [] } = options;
          // Version 1 has whole quantities, and no more lines.
          if (line.some((one) => one.quantity.includes('.') || one.line > Order.LINES_V1_MAX)) {
            return { ...of, v: 2 as const, lines: [...line] };
          }
          return {
            ...of,
            v: 1 as const,
            ...(amountMinor === undefined ? {} : { amountMinor }),
            ...(options.line === undefined
              ? {}
              : { lines: line.map((one) => ({ ...one, quantity: Number(one.quantity) })) }),
          };
        }),
      question: ({ orderId, refund }) =>
        [`Refund`, refund ? moneyText(refund) : 'all that is left', `of order ${orderId}?`].join(
          ' ',
        ),
    }),
});

const amountOf = (
  { amount, amountMinor }: RefundOptions,
  orderId: string,
  { placed }: Order.State,
): Result<number | undefined, CliFailure> => {
  if (amount === undefined) return ok(amountMinor);
  if (placed === undefined) return err(unknownOrder(orderId));
  const { currency } = placed;
  return parseAmount(amount, currency).mapErr((mistake) =>
    misused(`--amount ${amount}: ${mistakeText(mistake, currency)}; nothing was sent`),
  );
};

const mistakeText = (mistake: AmountMistake, currency: string): string => {
  switch (mistake.type) {
    case 'NotAnAmount':
      return 'it is no amount; write one such as 12.34, 12,34 EUR or 1.234,56';
    case 'OtherCurrency':
      return `the order is in ${currency}`;
    case 'NotPositive':
      return `it has to be more than ${formatAmount(0, currency)}`;
    case 'WrongDecimals':
      return `${currency} has ${mistake.expected} decimals, and it has ${mistake.found}`;
    case 'TooGreat':
      return 'it is too great';
    case 'Unclear': {
      const meant = mistake.meant.map((amount) => `${currency} ${amount}`).join(' or ');
      return (
        `it could be ${meant}; write it with its decimals and without marks between the ` +
        'thousands, or in minor units with --amount-minor'
      );
    }
  }
};

/** Checks only that it is a number; the message's own schema says what may be asked for. */
const minorUnits = (text: string): number => {
  if (/^-?\d{1,16}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It has to be a whole number of minor units: 1999 is EUR 19.99.');
};

const lineOf = (text: string, before: readonly RefundLine[] = []): readonly RefundLine[] => {
  const { line, quantity } =
    /^(?<line>\d{1,9}):(?<quantity>\d{1,9}(?:\.\d{1,6})?)$/.exec(text)?.groups ?? {};
  if (line !== undefined) return [...before, { line: Number(line), quantity: quantity ?? '' }];
  throw new InvalidArgumentError('It has to be a line and how much of it, such as 1:2 or 1:0.5.');
};
