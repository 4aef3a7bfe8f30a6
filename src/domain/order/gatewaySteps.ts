import { err, ok, type Result } from 'neverthrow';
import * as Invoice from '../invoice/index.ts';
import { formatAmount, limitRefusal } from '../money/index.ts';
import type { Content } from './content.ts';
import type { DecisionContext, Unchargeable } from './context.ts';
import type { PaymentWay } from './events.ts';
import type { PlacedOrder } from './state.ts';
import { isAtGateway, isRefundedByShop } from './ways.ts';

/*
 * In some currencies the gateway takes coarser amounts than ISO 4217 has: dinars in steps of ten
 * thousandths, ariary in whole ones.
 */

type Steps = Pick<DecisionContext, 'limitsOf' | 'roundsToSteps'>;

/**
 * The order as it will be placed. Where it does not say how it is rounded, and the deployment
 * rounds to what the gateway takes, it is rounded to that. Orders of version 1 cannot say it.
 */
export const withCashRounding = (order: Content, { limitsOf, roundsToSteps }: Steps): Content => {
  const stepMinor = limitsOf(order.currency)?.stepMinor ?? 1;
  const isRounded =
    roundsToSteps &&
    stepMinor > 1 &&
    order.cashRounding === undefined &&
    isAtGateway(order.payment.type);
  return isRounded ? { ...order, cashRounding: { stepMinor } } : order;
};

/**
 * Refuses a rounding to amounts between the gateway's steps, and an order without the rounding that
 * they need.
 */
export const checkSteps = (
  { cashRounding, currency, payment, payableMinor: amountMinor }: PlacedOrder,
  { limitsOf }: Pick<Steps, 'limitsOf'>,
): Result<void, Unchargeable> => {
  const limits = limitsOf(currency);
  if (limits === undefined || !isAtGateway(payment.type)) return ok();
  const { stepMinor } = limits;
  if (cashRounding !== undefined) {
    return cashRounding.stepMinor % stepMinor === 0
      ? ok()
      : unchargeable(
          `cashRounding.stepMinor: steps of ${formatAmount(cashRounding.stepMinor, currency)} ` +
            `are no multiple of ${formatAmount(stepMinor, currency)}, in which the gateway ` +
            'takes amounts',
        );
  }
  if (amountMinor === 0 || amountMinor % stepMinor === 0) return ok();
  const refusal = limitRefusal('paid', { amountMinor, currency }, limits);
  return refusal === undefined ? ok() : unchargeable(`${refusal}, to which cashRounding rounds`);
};

const unchargeable = (reason: string): Result<never, Unchargeable> =>
  err({ type: 'Unchargeable', reason });

/** Refuses a refund between the gateway's steps, with the amounts next to it that are left. */
export const checkRefundStep = (
  credit: Invoice.Credit,
  {
    left,
    way,
    currency,
  }: { readonly left: Invoice.Credit; readonly way: PaymentWay; readonly currency: string },
  { limitsOf }: Pick<Steps, 'limitsOf'>,
): Result<Invoice.Credit, { readonly reason: string }> => {
  const { payableMinor: amountMinor } = Invoice.totalsOf(credit);
  const stepMinor = limitsOf(currency)?.stepMinor ?? 1;
  if (isRefundedByShop(way, { amountMinor }) || amountMinor % stepMinor === 0) return ok(credit);
  const { payableMinor: mostMinor } = Invoice.totalsOf(left);
  const limits = { leastMinor: stepMinor, mostMinor, stepMinor };
  const reason = limitRefusal('refunded', { amountMinor, currency }, limits);
  return reason === undefined ? ok(credit) : err({ reason });
};
