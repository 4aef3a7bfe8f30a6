import type * as Order from '../../domain/order/index.ts';
import type { FoundStanding, InspectedPayment } from '../ports/paymentGateway.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { OrderContext } from './dependencies.ts';
import type { LookUpResult, SendOutcome } from './gatewayAnswers.ts';

type UnprovenCall = {
  readonly call: Order.StepOf<'Send'>['call']['type'] | 'look-up';
  readonly subject: Order.Subject;
  readonly outcome: SendOutcome | LookUpResult | InspectedPayment | FoundStanding;
  readonly durationMs: number;
};

/**
 * A record of each call that is no evidence about the money; the order's events show the others.
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
 * Somebody else has used a key of ours on this account. The answer says nothing about our request,
 * which is looked up like any other; but a person has to find out who that was.
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
