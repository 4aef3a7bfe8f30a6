import { err, ok, type Result } from 'neverthrow';
import type { PaymentInstruction } from './content.ts';
import type { ChargeRequest, DecisionContext, RefundRequest, Unchargeable } from './context.ts';
import type { EventData, PaymentWay } from './events.ts';
import type { PlacedOrder } from './state.ts';

/*
 * The differences between the ways to pay an order: what is asked of the gateway, and when absence
 * is proof.
 */

export type PaymentTerms = Pick<EventData['PaymentRequested'], 'way' | 'payment'>;

/** The way in which an order is paid; `none` where nothing is payable. */
export const paymentTermsOf = (
  instruction: PaymentInstruction,
  { amountMinor }: Pick<ChargeRequest, 'amountMinor'>,
): Result<PaymentTerms, Unchargeable> => {
  const { type: way } = instruction;
  if (amountMinor > 0) {
    return way === 'none' ? unchargeable(NOT_NOTHING) : ok({ way, payment: namedBy(instruction) });
  }
  // Money that is held for it would belong to no order.
  return isHeldBefore(way) ? unchargeable(NOTHING) : ok(UNPAID);
};

const UNPAID: PaymentTerms = { way: 'none', payment: '' };

const NOT_NOTHING = 'payment: the type is none, and the order has an amount to pay';
const NOTHING = 'payment: nothing is to be paid, and it names money that was';

const unchargeable = (reason: string): Result<never, Unchargeable> =>
  err({ type: 'Unchargeable', reason });

const namedBy = (instruction: PaymentInstruction): string => {
  switch (instruction.type) {
    case 'authorised':
    case 'paid':
      return instruction.payment;
    case 'transferred':
      return instruction.reference;
    case 'method':
    case 'saved':
    case 'none':
      return '';
  }
};

/** Whether the gateway is asked to move the money, or has moved it. */
export const isAtGateway = (way: PaymentWay): boolean => way !== 'transferred' && way !== 'none';

/** Whether the customer's money is held, or authorised, before the order comes. */
export const isHeldBefore = (way: PaymentWay): boolean =>
  way === 'authorised' || way === 'paid' || way === 'transferred';

/** A request to charge, before it is known what is charged. */
type PlainCharge = Omit<ChargeRequest, 'paymentMethod' | 'customer' | 'mandate'>;

/** The body that the gateway would be asked with: as it was frozen, and as it is prepared. */
export const bodyOf = (
  instruction: PaymentInstruction,
  { way, payment }: PaymentTerms,
  charge: PlainCharge,
  context: Pick<DecisionContext, 'prepare' | 'prepareCapture'>,
): Result<string, Unchargeable> => {
  if (way === 'authorised') return context.prepareCapture({ ...charge, payment });
  return isCharge(way) ? context.prepare(chargeOf(instruction, charge)) : ok('');
};

/** Whether the frozen request, apart from its key, is exactly that of its order. */
export const isRequestOf = (
  placed: PlacedOrder,
  request: EventData['PaymentRequested'],
  context: Pick<DecisionContext, 'isPrepared' | 'isPreparedCapture'>,
): boolean => {
  const { way, payment, body, deployment, attempt } = request;
  const { orderId, currency, payableMinor: amountMinor, payment: instruction } = placed;
  const charge = { deployment, orderId, attempt, amountMinor, currency };
  // Early orders of 0.2 could name a transfer where nothing was to be paid: it stays unused.
  const terms = amountMinor === 0 ? ok(UNPAID) : paymentTermsOf(instruction, charge);
  const isOnItsWay = terms.isOk() && terms.value.way === way && terms.value.payment === payment;
  if (!isOnItsWay || request.amountMinor !== amountMinor || request.currency !== currency)
    return false;
  if (way === 'authorised') return context.isPreparedCapture(body, { ...charge, payment });
  return isCharge(way) ? context.isPrepared(body, chargeOf(instruction, charge)) : body === '';
};

const isCharge = (way: PaymentWay): boolean => way === 'method' || way === 'saved';

/** The request to charge the means of payment, with its customer. */
const chargeOf = (instruction: PaymentInstruction, charge: PlainCharge): ChargeRequest => {
  switch (instruction.type) {
    case 'method':
      return { ...charge, paymentMethod: instruction.paymentMethod };
    case 'saved': {
      const { paymentMethod, customer, mandate } = instruction;
      return { ...charge, paymentMethod, customer, ...(mandate === undefined ? {} : { mandate }) };
    }
    case 'authorised':
    case 'paid':
    case 'transferred':
    case 'none':
      return { ...charge, paymentMethod: '' };
  }
};

/** Whether the shop refunds the money itself: the gateway holds none of it. */
export const isRefundedByShop = (
  way: PaymentWay,
  { amountMinor }: Pick<RefundRequest, 'amountMinor'>,
): boolean => !isAtGateway(way) || amountMinor === 0;

/** The time from the intent until absence is proof: only a search lags (R5). */
export const closeMsOf = (
  { way }: { readonly way?: PaymentWay | undefined },
  { closeMs, settleMs }: Pick<DecisionContext, 'closeMs' | 'settleMs'>,
): number => (way === undefined || way === 'method' ? closeMs : closeMs - settleMs);
