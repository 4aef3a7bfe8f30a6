import { err, ok, safeTry, type ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { HandlerError } from '../delivery/handler.ts';
import { checkClock } from '../ports/clock.ts';
import { createAppend } from './append.ts';
import {
  CONFLICTS_MAX,
  SEND_WITHIN_MS,
  type OrderContext,
  type LoadedOrder,
  type PaymentDependencies,
} from './dependencies.ts';
import { createCurrentContext } from './context.ts';
import { logCommit } from './logCommit.ts';
import { createGatherEvidence, outrun } from './gatherEvidence.ts';

/** Every refund of an order asked for at once: sent, numbered, recorded, and some for the rest. */
const STEPS_MAX = 4 * (Order.REFUNDS_MAX + 10);

/** How far an order was brought: to its end, or to where a person must look. */
export type DriveResult = {
  readonly order: LoadedOrder;
  readonly review?: Extract<Order.OrderStep, { readonly type: 'DeadLetter' }>;
};

/** What was read or written last, and when that began. */
type View = { readonly order: LoadedOrder; readonly viewedAt: number };

/**
 * Drives the whole order, whatever message came for it (R11): asks what is next, does it, and asks again.
 * Evidence lives here and outlives every lost race (R3); what cannot be known now is an error, and the message
 * comes again.
 */
export const createDriver = (dependencies: PaymentDependencies) => {
  const { orders, telemetry, clock } = dependencies;
  const currentContext = createCurrentContext(dependencies);
  const seek = createGatherEvidence(dependencies);
  const append = createAppend(dependencies);

  return (start: View, handling: OrderContext): ResultAsync<DriveResult, HandlerError> =>
    safeTry(async function* () {
      const { orderId, correlationId, causationId, signal, deployment, letter } = handling;
      const unanswered = new Map<Order.Subject, HandlerError>();
      let { order, viewedAt } = start;
      let evidence = Order.NO_EVIDENCE;
      let conflicts = 0;

      for (let steps = 0; steps < STEPS_MAX; steps += 1) {
        const step = Order.nextStep(
          order.state,
          evidence,
          currentContext({ deployment, letter, viewedAt }),
        );
        // What is known already is recorded, or told, whoever has the message by now; nothing new is begun.
        if (signal.aborted && (isOfNoUse(step) || evidence.size === 0)) {
          return err<never, HandlerError>(ABORTED);
        }
        switch (step.type) {
          case 'Send':
          case 'LookUp':
          case 'AllocateNumber':
          case 'FindNumber': {
            // On an older view nothing is sent (R4): a stall, or a slow append, lies between.
            if (step.type === 'Send' && clock.now() - viewedAt > SEND_WITHIN_MS / 2) {
              viewedAt = clock.now();
              order = yield* orders.load(orderId);
              break;
            }
            if (step.type === 'Send') yield* checkClock(clock);
            const { known, noAnswer } = yield* seek(step, handling);
            evidence = Order.learn(evidence, step.subject, known);
            if (noAnswer !== undefined) unanswered.set(step.subject, noAnswer);
            break;
          }
          case 'Append': {
            const { events } = step;
            const idempotencyKey = `drive#${orderId}`;
            const commit = { events, idempotencyKey, correlationId, causationId };
            viewedAt = clock.now();
            const appended = await append(order, commit, handling);
            if (appended.isOk()) {
              logCommit(telemetry, events, { orderId, correlationId, causationId });
              order = appended.value;
              evidence = afterAppend(evidence, events, order.state.version);
              break;
            }
            if (appended.error.type !== 'Conflict') return err<never, HandlerError>(appended.error);
            conflicts += 1;
            if (conflicts > CONFLICTS_MAX) return err<never, HandlerError>(outrun(orderId));
            viewedAt = clock.now();
            order = yield* orders.load(orderId);
            break;
          }
          case 'RetryLater': {
            const { subject, why: cause, until, alarm } = step;
            if (alarm !== undefined) {
              const facts = { subject, cause };
              telemetry.record({ level: 'error', event: alarm, orderId, correlationId, facts });
            }
            const unknown = { type: 'OutcomeUnknown', orderId, cause } as const;
            const told = unanswered.get(subject) ?? unknown;
            if (until === undefined || 'trouble' in told) return err<never, HandlerError>(told);
            const retryAfterMs = Math.max(0, until - clock.now());
            return err<never, HandlerError>({ type: 'NotYet', orderId, why: cause, retryAfterMs });
          }
          case 'DeadLetter': {
            // Another may have gone on meanwhile; the dead letter must not be of an older view (hole 14).
            viewedAt = clock.now();
            const fresh = yield* orders.load(orderId);
            const isFresh = fresh.position.version === order.position.version;
            if (isFresh) {
              if (step.alarm !== undefined) {
                const facts = { cause: step.reason };
                telemetry.record({
                  level: 'error',
                  event: step.alarm,
                  orderId,
                  correlationId,
                  facts,
                });
              }
              return ok({ order, review: step });
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

const ABORTED: HandlerError = { type: 'Aborted', dependency: 'PaymentGateway' };

/** To whoever has to stop. */
const isOfNoUse = ({ type }: Order.OrderStep): boolean =>
  type === 'Send' || type === 'LookUp' || type === 'RetryLater';

/** A claim is its appender's alone: whoever reads it later cannot know that it is its own. */
const afterAppend = (
  evidence: Order.Evidence,
  events: readonly Order.StreamEvent[],
  version: number,
): Order.Evidence => {
  const claim = events.find((event) => event.type === 'ResendClaimed');
  return claim === undefined ? evidence : Order.learnClaim(evidence, claim.data.subject, version);
};
