import { ok } from 'neverthrow';
import { moneyText } from '../common/text.ts';
import { defineCommand } from '../common/command.ts';
import {
  BY_HAND_HELP,
  requestByHand,
  withByHandOptions,
  type ByHandOptions,
} from '../common/byHand.ts';

export const body = defineCommand<ByHandOptions & { readonly beforeOrder?: boolean }>({
  examples: [
    'cancel 01JD3M8A5W1P3X9T6K2V7Q4R0S --by ada --reason "out of stock"',
    'cancel 01JD… --by ada --reason "rang at noon" --yes --wait 600 --json',
    'cancel INV-2026-000123 --by ada --reason "out of stock"',
    'cancel 4711 --by ada --reason "sent by mistake" --before-order',
  ],
  options: (command) =>
    withByHandOptions(command).option(
      '--before-order',
      'also where nobody knows the order: if it comes, it is not charged',
    ),
  help: `\
Where it is not known whether the payment was made, the order is cancelled once that can be proven,
which takes up to the close of its payment. An id that nobody knows is asked about, and without a
terminal refused, unless --before-order says that it is meant.
${BY_HAND_HELP}`,
  run: (session, options, { args: [named = ''] }) =>
    requestByHand(session, {
      named,
      options,
      messageFor: ({ orderId }) =>
        ok({ type: 'CancelOrder', v: 1, orderId, reason: options.reason }),
      question: ({ orderId, refund }) =>
        refund === undefined
          ? `Cancel order ${orderId}?`
          : `Cancel order ${orderId} and refund ${moneyText(refund)}?`,
      beforeOrder: {
        isMeant: options.beforeOrder === true,
        question: (orderId) => `Nobody knows an order ${orderId}. Cancel it before it comes?`,
      },
    }),
});
