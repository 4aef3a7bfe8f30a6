import type * as Order from '../../domain/order/index.ts';
import type { HandlerError } from '../delivery/handler.ts';
import type {
  ChargeOutcome,
  ConfirmOutcome,
  FoundStanding,
  InspectedPayment,
  PaymentLookUp,
  RefundList,
  RefundLookUp,
  RefundOutcome,
  RetrievedMovement,
  VoidOutcome,
} from '../ports/paymentGateway.ts';

export type SendOutcome = ChargeOutcome | ConfirmOutcome | RefundOutcome | VoidOutcome;
export type LookUpResult = PaymentLookUp | RefundLookUp | RefundList;

/** What was learned, and how a request or look-up failed that is no evidence about the key. */
export type GatheredEvidence = {
  readonly known: Order.RequestKnowledge;
  /** What it says of another request of the order. */
  readonly other?: { readonly subject: Order.Subject; readonly known: Order.RequestKnowledge };
  readonly noAnswer?: HandlerError;
};

/** What is no evidence about the key is `NoAnswer`, `Refused` or `StoredFailure` (R6). */
export const answerOf = (outcome: SendOutcome): Order.Observation => {
  switch (outcome.type) {
    case 'Captured':
    case 'Refunded':
      return { ...outcome, type: 'MoneyMoved', source: 'answer' };
    case 'Declined':
    case 'UnderWay':
      return outcome;
    case 'Voided':
      return { type: 'Voided' };
    case 'CustomerAwaited':
      return { type: 'CustomerAwaited', link: outcome.link };
    case 'NotExecuted':
      return outcome.refused === undefined
        ? { type: 'NoAnswer' }
        : { type: 'Refused', code: outcome.refused };
    case 'Unknown':
      return outcome.stored === true
        ? { type: 'StoredFailure', code: outcome.cause }
        : { type: 'NoAnswer' };
  }
};

export const noAnswerIn = (
  outcome: SendOutcome | LookUpResult | RetrievedMovement | InspectedPayment | FoundStanding,
  orderId: string,
): Pick<GatheredEvidence, 'noAnswer'> => {
  if (outcome.type === 'NotExecuted') return { noAnswer: { ...outcome, orderId } };
  return outcome.type === 'Unknown'
    ? { noAnswer: { ...outcome, type: 'OutcomeUnknown', orderId } }
    : {};
};

export const foundAnswer = (
  found: PaymentLookUp | RefundLookUp,
  lookedUpAt: number,
): Order.Observation => {
  switch (found.type) {
    case 'Captured':
    case 'Refunded':
      return { ...found, type: 'MoneyMoved', source: 'look-up' };
    case 'Declined':
    case 'UnderWay':
      return found;
    case 'Several':
      return { type: 'MultipleFound', found: found.found };
    case 'Absent':
      return { type: 'Absent', lookedUpAt };
    case 'Unknown':
      return { type: 'LookUpFailed', lookedUpAt };
  }
};
