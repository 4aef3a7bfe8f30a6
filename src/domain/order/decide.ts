import { err, ok, type Result } from 'neverthrow';
import * as Invoice from '../invoice/index.ts';
import { priceLines } from '../money/index.ts';
import type { StreamEvent } from './codec.ts';
import type { Content } from './content.ts';
import type { Payment, State } from './state.ts';

/** Times, fingerprints and the gateway's frozen request arrive inside the command: nothing here is impure. */
export type Command =
  | {
      readonly type: 'PlaceOrder';
      readonly order: Content;
      readonly fingerprint: string;
      /** The gateway's exact request for the total, as `PaymentGateway.prepare` made it. */
      readonly paymentBody: string;
      readonly at: number;
    }
  | {
      readonly type: 'RecordPayment';
      readonly attempt: number;
      readonly evidence: Evidence;
      readonly at: number;
    };

/** What the gateway said for good about one attempt. Unknown and not executed are no evidence. */
export type Evidence =
  | {
      readonly type: 'Captured';
      readonly reference: string;
      readonly amountMinor: number;
      readonly currency: string;
    }
  | { readonly type: 'Declined'; readonly code: string };

export type Rejection =
  /** Another order was placed under this id before. */
  | { readonly type: 'PayloadConflict'; readonly orderId: string }
  /** The lines come to more than can be charged exactly. */
  | { readonly type: 'Overflow'; readonly orderId: string }
  /** The gateway now says something else about an attempt than what it said for good before. */
  | { readonly type: 'Contradiction'; readonly recorded: Payment['status']; readonly why: string };

/** One key for one attempt of one order, the same for ever: never derived from a message. */
export const paymentKey = (orderId: string, attempt: number): string =>
  `paidonce/${orderId}/payment/${attempt}`;

const FIRST_ATTEMPT = 1;

/** What is to be added to the stream. Repeating a command adds nothing. */
export const decide = (
  command: Command,
  state: State,
): Result<readonly StreamEvent[], Rejection> => {
  switch (command.type) {
    case 'PlaceOrder':
      return place(command, state);
    case 'RecordPayment':
      return recordPayment(command, state);
  }
};

const place = (
  { order, fingerprint, paymentBody, at }: Extract<Command, { type: 'PlaceOrder' }>,
  state: State,
): Result<readonly StreamEvent[], Rejection> => {
  const { orderId } = order;
  if (state.placed !== undefined) {
    return state.placed.fingerprint === fingerprint
      ? ok([])
      : err({ type: 'PayloadConflict', orderId });
  }
  return priceLines(order.lines)
    .mapErr((): Rejection => ({ type: 'Overflow', orderId }))
    .map(({ totalMinor }) => [
      { type: 'OrderPlaced', data: { ...order, totalMinor, fingerprint } },
      {
        type: 'PaymentRequested',
        data: {
          attempt: FIRST_ATTEMPT,
          paymentKey: paymentKey(orderId, FIRST_ATTEMPT),
          body: paymentBody,
          amountMinor: totalMinor,
          currency: order.currency,
          at,
        },
      },
    ]);
};

const recordPayment = (
  { attempt, evidence, at }: Extract<Command, { type: 'RecordPayment' }>,
  state: State,
): Result<readonly StreamEvent[], Rejection> => {
  const { payment } = state;
  const contradiction = (why: string) =>
    err({ type: 'Contradiction' as const, recorded: payment.status, why });
  switch (payment.status) {
    case 'none':
      return contradiction('no payment was requested');
    case 'captured': {
      const same = evidence.type === 'Captured' && evidence.reference === payment.reference;
      return same ? ok([]) : contradiction(`${payment.reference} was captured`);
    }
    case 'declined':
      return evidence.type === 'Declined' ? ok([]) : contradiction(`declined: ${payment.code}`);
    case 'requested':
    case 'review':
      if (attempt !== payment.attempt) return contradiction(`attempt ${payment.attempt} is open`);
      return evidence.type === 'Declined'
        ? ok([{ type: 'PaymentDeclined', data: { attempt, code: evidence.code } }])
        : capture(evidence, at, state);
  }
};

/** Captured always invoices, in the same commit; money that was not asked for is a matter for a person. */
const capture = (
  evidence: Extract<Evidence, { type: 'Captured' }>,
  at: number,
  { placed, payment, invoice }: State,
): Result<readonly StreamEvent[], Rejection> => {
  if (placed === undefined || (payment.status !== 'requested' && payment.status !== 'review')) {
    return err({ type: 'Contradiction', recorded: payment.status, why: 'no payment is open' });
  }
  const { attempt } = payment;
  const { reference, amountMinor, currency } = evidence;
  const data = { attempt, reference, amountMinor, currency };
  if (amountMinor !== payment.amountMinor || currency !== payment.currency) {
    return payment.status === 'review'
      ? ok([])
      : ok([{ type: 'PaymentReviewRequired', data: { ...data, reason: 'amount' } }]);
  }
  return priceLines(placed.lines)
    .mapErr((): Rejection => ({ type: 'Overflow', orderId: placed.orderId }))
    .map((priced) => [
      { type: 'PaymentCaptured', data },
      ...Invoice.issue(invoice, {
        ...priced,
        customerId: placed.customer.id,
        currency,
        paymentReference: reference,
        at,
      }),
    ]);
};
