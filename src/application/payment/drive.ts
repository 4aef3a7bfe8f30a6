import { err, ok, safeTry, type ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { HandlerError } from '../delivery/handler.ts';
import type { ClerkError } from '../numbering/clerk.ts';
import type {
  ChargeOutcome,
  NotExecuted,
  PaymentLookUp,
  RefundLookUp,
  RefundOutcome,
  Unknown,
} from '../ports/paymentGateway.ts';
import {
  CONFLICTS_MAX,
  type Handling,
  type HeldOrder,
  type PaymentDependencies,
} from './dependencies.ts';
import { createFactsNow } from './factsNow.ts';
import { recordCommit } from './recordCommit.ts';

/** Every refund of an order asked for at once: sent, numbered, recorded, and some for the rest. */
const STEPS_MAX = 4 * (Order.REFUNDS_MAX + 10);

/** How far an order was brought: to its end, or to where a person must look. */
export type Driven = { readonly order: HeldOrder; readonly review?: string };

type StepOf<T extends Order.Step['type']> = Extract<Order.Step, { readonly type: T }>;

/**
 * Drives the whole order, whatever message came for it (R11): asks what is next, does it, and asks again.
 * Evidence lives here and outlives every lost race (R3); what cannot be known now is an error, and the message
 * comes again.
 */
export const createDriver = (dependencies: PaymentDependencies) => {
  const { orders, clerk, gateway, clock, telemetry } = dependencies;
  const factsNow = createFactsNow(dependencies);

  const post = async (
    { subject, ...request }: StepOf<'Post'>,
    signal: AbortSignal,
  ): Promise<ChargeOutcome | RefundOutcome> => {
    const { key, body } = request;
    const sending = subject.startsWith('payment#')
      ? gateway.charge({ key, body, signal })
      : gateway.refund({ key, body, signal });
    return sending.match<ChargeOutcome | RefundOutcome>(
      (outcome) => outcome,
      (impossible) => impossible,
    );
  };

  const lookUp = async (
    { of }: StepOf<'LookUp'>,
    signal: AbortSignal,
  ): Promise<PaymentLookUp | RefundLookUp> => {
    const looking =
      of.type === 'Payment'
        ? gateway.find({ orderId: of.orderId, attempt: of.attempt, signal })
        : gateway.findRefund({ ...of, signal });
    return looking.match<PaymentLookUp | RefundLookUp>(
      (found) => found,
      (impossible) => impossible,
    );
  };

  return (start: HeldOrder, handling: Handling): ResultAsync<Driven, HandlerError> =>
    safeTry(async function* () {
      const { orderId, correlationId, causationId, signal } = handling;
      const subjectOf = { orderId, correlationId, causationId };
      const unanswered = new Map<Order.Subject, HandlerError>();
      let order = start;
      let evidence = Order.NO_EVIDENCE;
      let conflicts = 0;
      const learn = (subject: Order.Subject, known: Order.Known): void => {
        evidence = Order.learn(evidence, subject, known);
      };

      for (let steps = 0; steps < STEPS_MAX; steps += 1) {
        if (signal.aborted) return err(ABORTED);
        const step = Order.nextStep(order.state, evidence, factsNow());
        switch (step.type) {
          case 'Append': {
            const { events } = step;
            const commit = {
              events,
              idempotencyKey: `drive#${orderId}`,
              correlationId,
              causationId,
            };
            const appended = await orders.append(orderId, order, commit);
            if (appended.isOk()) {
              recordCommit(telemetry, events, subjectOf);
              order = appended.value;
              break;
            }
            if (appended.error.type !== 'Conflict') return err<never, HandlerError>(appended.error);
            conflicts += 1;
            if (conflicts > CONFLICTS_MAX) {
              return err<never, HandlerError>({ type: 'ConflictsExhausted', orderId });
            }
            order = yield* orders.load(orderId);
            break;
          }
          case 'Post': {
            const outcome = await post(step, signal);
            learn(step.subject, { answer: answerOf(outcome) });
            const error = errorOf(outcome, orderId);
            if (error !== undefined) unanswered.set(step.subject, error);
            break;
          }
          case 'LookUp': {
            // Before it is sent: absence speaks of the time when the look-up began.
            const lookedUpAt = clock.now();
            const found = await lookUp(step, signal);
            learn(step.subject, { answer: foundAnswer(found, lookedUpAt) });
            if (found.type === 'Unknown') {
              unanswered.set(step.subject, { ...found, type: 'OutcomeUnknown', orderId });
            }
            break;
          }
          case 'TakeNumber':
            learn(step.subject, {
              number: yield* clerk.take(step.series, step.entry).mapErr(clerkErrorOf(orderId)),
            });
            break;
          case 'SearchSeries': {
            const found = yield* clerk.find(step.series, step.wanted).mapErr(clerkErrorOf(orderId));
            if (found === undefined) {
              learn(step.subject, { searched: true });
              break;
            }
            const { reference, ...number } = found;
            const answer = { type: 'Moved', source: 'series', reference, ...step.asked } as const;
            learn(step.subject, { answer, number, searched: true });
            break;
          }
          case 'BackOff': {
            const { subject, why: cause } = step;
            const unknown = { type: 'OutcomeUnknown', orderId, cause } as const;
            return err<never, HandlerError>(unanswered.get(subject) ?? unknown);
          }
          case 'DeadLetter': {
            // Another may have gone on meanwhile; the dead letter must not be of an older view (hole 14).
            const fresh = yield* orders.load(orderId);
            if (fresh.position.version === order.position.version) {
              return ok({ order, review: step.reason });
            }
            order = fresh;
            break;
          }
          case 'Settled':
            return ok({ order });
        }
      }
      return err<never, HandlerError>({ type: 'StepsExhausted', orderId });
    });
};

/** A clerk that lost every race it was ready to run is tried again as an order that did. */
const clerkErrorOf =
  (orderId: string) =>
  (error: ClerkError): HandlerError =>
    error.type === 'Conflict' ? { type: 'ConflictsExhausted', orderId } : error;

const ABORTED: HandlerError = { type: 'Aborted', dependency: 'PaymentGateway' };

/** Of the four outcomes, two are evidence about the key and two are none (R6). */
const answerOf = (outcome: ChargeOutcome | RefundOutcome): Order.Answer => {
  switch (outcome.type) {
    case 'Captured':
    case 'Refunded':
      return { ...outcome, type: 'Moved', source: 'answer' };
    case 'Declined':
      return outcome;
    case 'NotExecuted':
    case 'Unknown':
      return { type: 'NoAnswer' };
  }
};

const errorOf = (
  outcome: ChargeOutcome | RefundOutcome,
  orderId: string,
): HandlerError | undefined => {
  switch (outcome.type) {
    case 'Captured':
    case 'Refunded':
    case 'Declined':
      return undefined;
    case 'NotExecuted':
      return { ...(outcome satisfies NotExecuted), orderId };
    case 'Unknown':
      return { ...(outcome satisfies Unknown), type: 'OutcomeUnknown', orderId };
  }
};

const foundAnswer = (found: PaymentLookUp | RefundLookUp, lookedUpAt: number): Order.Answer => {
  switch (found.type) {
    case 'Captured':
    case 'Refunded':
      return { ...found, type: 'Moved', source: 'look-up' };
    case 'Declined':
    case 'Several':
      return found;
    case 'Absent':
      return { type: 'Absent', lookedUpAt };
    case 'Unknown':
      return { type: 'LookUpFailed', lookedUpAt };
  }
};
