import type { GatewayEvent } from '../../src/application/ports/gatewayEvents.ts';
import type * as Order from '../../src/domain/order/index.ts';
import {
  AUTHENTICATION_MAX_MS,
  NOON,
  PENDING_MAX_MS,
  RESEND_HORIZON_MS,
  SEALS,
} from './orderContext.ts';
import { anOrderPaidBy } from './orderLife.ts';

/*
 * What the gateway says later, as events of an order's stream.
 */

const DISPUTE = 'du_1';

const money = (amountMinor: number) =>
  ({ dispute: DISPUTE, amountMinor, currency: 'EUR', at: NOON }) as const;

export const opened = (
  data: Partial<Order.EventData['DisputeOpened']> = {},
): Order.StreamEvent => ({
  type: 'DisputeOpened',
  data: { ...money(4_758), stage: 'chargeback', reason: 'fraudulent', dueBy: 0, ...data },
});

export const withdrawn = (amountMinor = 4_758): Order.StreamEvent => ({
  type: 'DisputeFundsWithdrawn',
  data: money(amountMinor),
});

export const reinstated = (amountMinor = 4_758): Order.StreamEvent => ({
  type: 'DisputeFundsReinstated',
  data: money(amountMinor),
});

export const closed = (
  verdict: Order.EventData['DisputeClosed']['verdict'],
): Order.StreamEvent => ({
  type: 'DisputeClosed',
  data: { dispute: DISPUTE, verdict, at: NOON },
});

const waiting = { at: NOON, until: NOON + PENDING_MAX_MS, letter: 'm-1' } as const;

export const paymentPending = (
  data: Partial<Order.EventData['PaymentPending']> = {},
): Order.StreamEvent => ({
  type: 'PaymentPending',
  data: { attempt: 1, reference: 'pi_1', ...waiting, ...data },
});

export const refundPending = (
  data: Partial<Order.EventData['RefundPending']> = {},
): Order.StreamEvent => ({
  type: 'RefundPending',
  data: { refundId: 'r-1', reference: 're_r-1', ...waiting, ...data },
});

const SAVED = {
  type: 'saved',
  customer: 'cus_1',
  paymentMethod: 'pm_1',
  returnUrl: 'https://shop.example/orders/o-1',
} as const;

/** An order whose customer may be sent a link. */
export const LINKABLE: Order.Content = anOrderPaidBy(SAVED);

export const LINK = 'https://bank.example/pi_1';

export const authenticationRequested = (
  data: Partial<Order.EventData['PaymentAuthenticationRequested']> = {},
): Order.StreamEvent => {
  const { paymentMethod, returnUrl } = SAVED;
  const body = JSON.stringify({ confirm: { payment: 'pi_1', paymentMethod, returnUrl } });
  const times = {
    at: NOON,
    sendUntil: NOON + RESEND_HORIZON_MS,
    until: NOON + AUTHENTICATION_MAX_MS,
  };
  const asked = { attempt: 1, reference: 'pi_1', body, ...times, letter: 'm-1', ...data };
  const sealed = ['o-1', 'paidonce/dep1/o-1/payment/1/confirm', asked.reference, asked.body];
  const text = JSON.stringify([...sealed, asked.at, asked.sendUntil, asked.until]);
  return { type: 'PaymentAuthenticationRequested', data: { seal: SEALS.seal(text), ...asked } };
};

export const authenticationAwaited = (
  data: Partial<Order.EventData['PaymentAuthenticationAwaited']> = {},
): Order.StreamEvent => ({
  type: 'PaymentAuthenticationAwaited',
  data: { attempt: 1, link: LINK, at: NOON, ...data },
});

export const returned = (
  data: Partial<Order.EventData['RefundReturned']> = {},
): Order.StreamEvent => ({
  type: 'RefundReturned',
  data: {
    refundId: 'r-1',
    reference: 're_r-1',
    code: 'lost_or_stolen_card',
    at: NOON,
    letter: 'm-1',
    ...data,
  },
});

/** Of a person: the refund that came back was made again. */
export const RETURN_DECISION: Order.EventData['RefundReturnResolved'] = {
  refundId: 'r-1',
  verdict: 'refunded again',
  reference: 're_again',
  evidence: 'seen in the dashboard',
  by: 'ada',
  forcedBecause: '',
  at: NOON,
};

export const returnDecided = (
  data: Partial<Order.EventData['RefundReturnResolved']> = {},
): Order.StreamEvent => ({
  type: 'RefundReturnResolved',
  data: { ...RETURN_DECISION, ...data },
});

export const differenceFound = (
  data: Partial<Order.EventData['GatewayDifferenceFound']> = {},
): Order.StreamEvent => ({
  type: 'GatewayDifferenceFound',
  data: { event: 'evt_1', refund: '', at: NOON, series: 'CN', seriesFrom: 0, ...data },
});

/** As a webhook brings it, of the memory gateway’s first payment unless it says otherwise. */
export const gatewayEvent = (parts: Partial<GatewayEvent> = {}): GatewayEvent => {
  const { payment = 'pi_memory_1' } = parts;
  return {
    event: 'evt_1',
    at: NOON,
    mode: 'test',
    kind: 'payment',
    payment,
    id: payment,
    says: 'succeeded',
    ...parts,
  };
};

export const hint = (parts: Partial<Order.Hint> = {}): Order.Hint => ({
  event: 'evt_1',
  kind: 'payment',
  payment: 'pi_1',
  id: 'pi_1',
  says: 'succeeded',
  ...parts,
});

export const hintOfDispute = (says: string, parts: Partial<Order.Hint> = {}): Order.Hint =>
  hint({ kind: 'dispute', id: DISPUTE, says, ...parts });

export const hintOfRefund = (says: string, id = 're_r-1'): Order.Hint =>
  hint({ kind: 'refund', id, says });

/** As the gateway lists it. */
export const listedDispute = (parts: Partial<Order.ListedDispute> = {}): Order.ListedDispute => ({
  dispute: DISPUTE,
  stage: 'chargeback',
  status: 'open',
  reason: 'fraudulent',
  amountMinor: 4_758,
  currency: 'EUR',
  dueBy: 0,
  withdrawnMinor: 0,
  reinstatedMinor: 0,
  ...parts,
});

export const listedRefund = (parts: Partial<Order.ListedRefund> = {}): Order.ListedRefund => ({
  reference: 're_9',
  amountMinor: 1_000,
  currency: 'EUR',
  status: 'moved',
  ...parts,
});
