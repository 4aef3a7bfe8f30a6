import { err, ok, safeTry, type ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { HandlerError } from '../delivery/handler.ts';
import {
  CONFLICTS_MAX,
  type Handling,
  type HeldOrder,
  type PaymentDependencies,
} from './dependencies.ts';
import { createFactsNow } from './factsNow.ts';
import { recordCommit } from './recordCommit.ts';
import { createSeek, outrun } from './seek.ts';

/** Every refund of an order asked for at once: sent, numbered, recorded, and some for the rest. */
const STEPS_MAX = 4 * (Order.REFUNDS_MAX + 10);

/** How far an order was brought: to its end, or to where a person must look. */
export type Driven = { readonly order: HeldOrder; readonly review?: string };

/**
 * Drives the whole order, whatever message came for it (R11): asks what is next, does it, and asks again.
 * Evidence lives here and outlives every lost race (R3); what cannot be known now is an error, and the message
 * comes again.
 */
export const createDriver = (dependencies: PaymentDependencies) => {
  const { orders, telemetry } = dependencies;
  const factsNow = createFactsNow(dependencies);
  const seek = createSeek(dependencies);

  return (start: HeldOrder, handling: Handling): ResultAsync<Driven, HandlerError> =>
    safeTry(async function* () {
      const { orderId, correlationId, causationId, signal } = handling;
      const unanswered = new Map<Order.Subject, HandlerError>();
      let order = start;
      let evidence = Order.NO_EVIDENCE;
      let conflicts = 0;

      for (let steps = 0; steps < STEPS_MAX; steps += 1) {
        if (signal.aborted) return err<never, HandlerError>(ABORTED);
        const step = Order.nextStep(order.state, evidence, factsNow());
        switch (step.type) {
          case 'Post':
          case 'LookUp':
          case 'TakeNumber':
          case 'SearchSeries': {
            const { known, noAnswer } = yield* seek(step, handling);
            evidence = Order.learn(evidence, step.subject, known);
            if (noAnswer !== undefined) unanswered.set(step.subject, noAnswer);
            break;
          }
          case 'Append': {
            const { events } = step;
            const idempotencyKey = `drive#${orderId}`;
            const commit = { events, idempotencyKey, correlationId, causationId };
            const appended = await orders.append(orderId, order, commit);
            if (appended.isOk()) {
              recordCommit(telemetry, events, { orderId, correlationId, causationId });
              order = appended.value;
              break;
            }
            if (appended.error.type !== 'Conflict') return err<never, HandlerError>(appended.error);
            conflicts += 1;
            if (conflicts > CONFLICTS_MAX) return err<never, HandlerError>(outrun(orderId));
            order = yield* orders.load(orderId);
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
            const isFresh = fresh.position.version === order.position.version;
            if (isFresh) return ok({ order, review: step.reason });
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

const ABORTED: HandlerError = { type: 'Aborted', dependency: 'PaymentGateway' };
