import type { CreditRequest } from '../../domain/invoice/index.ts';

/**
 * The part that a message wants refunded. A quantity is a number in version 1, and a decimal in
 * version 2. The fingerprint of a refund is made from this form.
 */
export type SentCredit =
  | Exclude<CreditRequest, { readonly type: 'Lines' }>
  | {
      readonly type: 'Lines';
      readonly lines: readonly { readonly line: number; readonly quantity: number | string }[];
    };

export const creditRequestOf = (sent: SentCredit): CreditRequest =>
  sent.type === 'Lines'
    ? {
        type: 'Lines',
        lines: sent.lines.map(({ line, quantity }) => ({ line, quantity: String(quantity) })),
      }
    : sent;
