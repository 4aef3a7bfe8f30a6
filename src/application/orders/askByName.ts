import type { ResultAsync } from 'neverthrow';
import type * as Order from '../../domain/order/index.ts';
import type { Absent, RetrievedMovement, UnknownOutcome } from '../ports/paymentGateway.ts';
import type { OrderContext, PaymentDependencies } from './dependencies.ts';
import { foundAnswer, noAnswerIn, type GatheredEvidence, logUnproven } from './gatewayAnswers.ts';

/*
 * Look-ups by the gateway's own name of a payment, which lag behind nothing (R18).
 */

type AskDependencies = Pick<PaymentDependencies, 'gateway' | 'clock' | 'telemetry'>;

type NamedSubject = {
  readonly subject: Order.Subject;
  readonly handling: OrderContext;
  readonly dependencies: AskDependencies;
};

type UnprovenOutcome = Parameters<typeof logUnproven>[1]['outcome'];

type NamedLookUp = Extract<
  Order.LookUpRequest,
  { readonly type: 'Capture' | 'ShopPayment' | 'NamedPayment' | 'Standing' }
>;

export const isByName = (of: Order.LookUpRequest): of is NamedLookUp =>
  ['Capture', 'ShopPayment', 'NamedPayment', 'Standing'].includes(of.type);

export const askByName = (
  of: NamedLookUp,
  subject: Order.Subject,
  handling: OrderContext,
  dependencies: AskDependencies,
): ResultAsync<GatheredEvidence, never> => {
  switch (of.type) {
    case 'Capture':
      return findOwner(of, handling, dependencies);
    case 'ShopPayment':
      return inspect(of.payment, { subject, handling, dependencies });
    case 'NamedPayment':
      return retrieveNamed(of, subject, handling, dependencies);
    case 'Standing':
      return findStanding(of.paymentReference, { subject, handling, dependencies });
  }
};

/**
 * Asks for a payment that an event has named. It is evidence if it is this order's, and only heard
 * of if not.
 */
const retrieveNamed = (
  { type: _type, ...of }: Extract<Order.LookUpRequest, { readonly type: 'NamedPayment' }>,
  subject: Order.Subject,
  handling: OrderContext,
  { gateway, clock, telemetry }: AskDependencies,
): ResultAsync<GatheredEvidence, never> => {
  const { orderId, signal } = handling;
  const lookedUpAt = clock.now();
  return gateway.retrievePayment({ ...of, signal }).map((outcome): GatheredEvidence => {
    // Absent proves nothing: the name is the event's, and not the request's.
    if (outcome.type === 'NotOurs' || outcome.type === 'Absent') return { known: { heard: true } };
    if (outcome.type === 'OtherAttempt') {
      const answer = foundAnswer(outcome.outcome, lookedUpAt);
      const other = { subject: `payment#${outcome.attempt}` as const, known: { answer } };
      return { known: { heard: true }, other };
    }
    const durationMs = clock.now() - lookedUpAt;
    logUnproven(telemetry, { call: 'look-up', subject, outcome, durationMs }, handling);
    return { known: { answer: foundAnswer(outcome, lookedUpAt) }, ...noAnswerIn(outcome, orderId) };
  });
};

/**
 * Asks, and records an answer that proves nothing. Absence is only about the time when the look-up
 * began.
 */
const lookUp = <Outcome extends Parameters<typeof noAnswerIn>[0] & UnprovenOutcome>(
  ask: (of: Pick<OrderContext, 'signal'>) => ResultAsync<Outcome, never>,
  { subject, handling, dependencies: { clock, telemetry } }: NamedSubject,
  knownIn: (outcome: Outcome, lookedUpAt: number) => Order.RequestKnowledge,
): ResultAsync<GatheredEvidence, never> => {
  const { orderId, signal } = handling;
  const lookedUpAt = clock.now();
  return ask({ signal }).map((outcome) => {
    const durationMs = clock.now() - lookedUpAt;
    logUnproven(telemetry, { call: 'look-up', subject, outcome, durationMs }, handling);
    return { known: knownIn(outcome, lookedUpAt), ...noAnswerIn(outcome, orderId) };
  });
};

const findStanding = (
  paymentReference: string,
  named: NamedSubject,
): ResultAsync<GatheredEvidence, never> =>
  lookUp(
    ({ signal }) => named.dependencies.gateway.standing({ paymentReference, signal }),
    named,
    (outcome, lookedUpAt) =>
      outcome.type === 'Unknown'
        ? { answer: { type: 'LookUpFailed', lookedUpAt } }
        : { standing: outcome },
  );

/**
 * Asks how the shop's payment stands, by the gateway's own name of it, which lags behind nothing.
 */
const inspect = (payment: string, named: NamedSubject): ResultAsync<GatheredEvidence, never> =>
  lookUp(
    ({ signal }) => named.dependencies.gateway.inspect({ payment, signal }),
    named,
    (outcome, lookedUpAt) => ({
      answer:
        outcome.type === 'Unknown'
          ? { type: 'LookUpFailed', lookedUpAt }
          : {
              type: 'Inspected',
              lookedUpAt,
              ...(outcome.type === 'Inspected' && { found: outcome }),
            },
    }),
  );

/** Asks the gateway for the owner of a payment that only a person says is this order's. */
const findOwner = (
  of: Order.CaptureLookUp,
  { orderId, signal }: OrderContext,
  { gateway }: AskDependencies,
): ResultAsync<GatheredEvidence, never> =>
  gateway
    .retrieve({ kind: 'payment', reference: of.paymentReference, signal })
    .map((found) => ({ known: { capture: captureOf(of, found) }, ...noAnswerIn(found, orderId) }));

/**
 * The owner of a payment. One that is absent cannot be refunded; one without our references belongs
 * to no other order.
 */
const captureOf = (
  { orderId, attempt, deployment }: Order.CaptureLookUp,
  found: RetrievedMovement | Absent | UnknownOutcome,
): NonNullable<Order.RequestKnowledge['capture']> => {
  if (found.type === 'Unknown') return 'unknown';
  if (found.type === 'Absent') return 'of no other';
  const isOfAnother =
    (found.orderId ?? orderId) !== orderId ||
    (found.attempt ?? attempt) !== attempt ||
    (found.deployment ?? deployment) !== deployment;
  return isOfAnother ? 'of another' : 'of no other';
};
