import type * as Order from '../../src/domain/order/index.ts';

type Moved = Extract<Order.Observation, { readonly type: 'MoneyMoved' }>;

/** The gateway moved what `anOrder` comes to, unless said otherwise. */
export const moved = (changes: Partial<Moved> = {}): Moved => ({
  type: 'MoneyMoved',
  source: 'answer',
  reference: 'pi_1',
  amountMinor: 4_758,
  currency: 'EUR',
  ...changes,
});

export const declined = (code = 'no_money'): Order.RequestKnowledge => ({
  answer: { type: 'Declined', code },
});

export const NO_ANSWER: Order.RequestKnowledge = { answer: { type: 'NoAnswer' } };

/** A look-up that began then found nothing. */
export const absentAt = (lookedUpAt: number): Order.RequestKnowledge => ({
  answer: { type: 'Absent', lookedUpAt },
});

export const failedAt = (lookedUpAt: number): Order.RequestKnowledge => ({
  answer: { type: 'LookUpFailed', lookedUpAt },
});

type Inspected = Order.StandingPayment;

/** A look-up of the shop's payment that began then: it is authorised for what `anOrder` comes to. */
export const inspectedAt = (
  lookedUpAt: number,
  changes: Partial<Inspected> = {},
): Order.RequestKnowledge => {
  const { status = 'authorised' } = changes;
  const found: Inspected = {
    reference: 'pi_shop',
    status,
    currency: 'EUR',
    capturableMinor: status === 'authorised' ? 4_758 : 0,
    capturedMinor: status === 'captured' ? 4_758 : 0,
    refundedMinor: 0,
    ...changes,
  };
  return { answer: { type: 'Inspected', lookedUpAt, found } };
};
