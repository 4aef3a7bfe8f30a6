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
import type { Telemetry } from '../ports/telemetry.ts';
import type { OrderContext } from './dependencies.ts';

export type SendOutcome = ChargeOutcome | ConfirmOutcome | RefundOutcome | VoidOutcome;
export type LookUpResult = PaymentLookUp | RefundLookUp | RefundList;

/** What was learned, and the failure of a request or look-up that is no evidence about the key. */
export type GatheredEvidence = {
  readonly known: Order.RequestKnowledge;
  /** Evidence about another request of the order. */
  readonly other?: { readonly subject: Order.Subject; readonly known: Order.RequestKnowledge };
  readonly noAnswer?: HandlerError;
};

/**
 * The observation from an outcome. `NoAnswer`, `Refused` and `StoredFailure` are no evidence about
 * the key (R6).
 */
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

type UnprovenCall = {
  readonly call: Order.StepOf<'Send'>['call']['type'] | 'look-up';
  readonly subject: Order.Subject;
  readonly outcome: SendOutcome | LookUpResult | InspectedPayment | FoundStanding;
  readonly durationMs: number;
};

/**
 * Records each call that is no evidence about the money; the order's events show the others.
 * Without it nobody could say later how often the gateway was asked, and what it answered.
 */
export const logUnproven = (
  telemetry: Telemetry,
  { call, subject, outcome, durationMs }: UnprovenCall,
  { orderId, correlationId, causationId }: OrderContext,
): void => {
  const { type } = outcome;
  if (type !== 'Unknown' && type !== 'NotExecuted' && type !== 'Absent') return;
  telemetry.record({
    level: type === 'Absent' ? 'info' : 'warn',
    event: 'gateway.unproven',
    orderId,
    correlationId,
    causationId,
    durationMs,
    outcome: type,
    facts: { call, subject, ...causeOf(outcome) },
  });
};

/**
 * Records that somebody else has used a key of ours on this account. The answer says nothing about
 * our request, which is looked up like any other; but a person has to find out who that was.
 */
export const logKeyConflict = (
  telemetry: Telemetry,
  facts: { readonly call: string; readonly subject: Order.Subject },
  { orderId, correlationId, causationId }: OrderContext,
): void => {
  const about = { orderId, correlationId, causationId };
  telemetry.record({ level: 'error', event: 'gateway.key_conflict', ...about, facts });
};

const causeOf = (outcome: UnprovenCall['outcome']): { readonly cause?: string } => {
  if ('cause' in outcome) return { cause: outcome.cause };
  return 'reason' in outcome ? { cause: outcome.reason } : {};
};
