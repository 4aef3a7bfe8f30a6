import { fromStripeAmount } from '../../../adapters/stripe/amounts.ts';
import { formatAmount } from '../../../domain/money/index.ts';
import { amountOf, type JsonAmount } from '../common/json.ts';

export type SandboxAmount = { readonly amount: number; readonly currency: string };

export const amountText = ({ amount, currency }: SandboxAmount): string => {
  const money = fromStripeAmount({ amount, currency });
  return money === undefined
    ? `${amount} ${currency}`
    : formatAmount(money.amountMinor, money.currency);
};

/** The amount; undefined if the sandbox was paid in what is no currency here. */
export const moneyOf = (entry: SandboxAmount): JsonAmount | undefined => {
  const money = fromStripeAmount(entry);
  return money && amountOf(money.amountMinor, money.currency);
};
