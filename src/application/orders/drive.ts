import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { HandlerError } from '../delivery/handler.ts';
import { checkClock } from '../ports/clock.ts';
import type { LoadError } from '../ports/eventStore.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { createAppend, logCommit } from './append.ts';
import {
  SEND_WITHIN_MS,
  type OrderContext,
  type LoadedOrder,
  type PaymentDependencies,
} from './dependencies.ts';
import { CONFLICTS_MAX } from '../log/retryConflicts.ts';
import { createCurrentContext } from './context.ts';
import { createGatherEvidence, outrun } from './gatherEvidence.ts';

/** Every refund of an order asked for at once: sent, numbered, recorded, and some for the rest. */
const STEPS_MAX = 4 * (Order.REFUNDS_MAX + 10);

/** How far an order was brought: to its end, or to where a person must look. */
export type DriveResult = {
  readonly order: LoadedOrder;
  readonly review?: Order.StepOf<'DeadLetter'>;
  /** What is under way, or the customer, is waited for: to be published first, as it takes days. */
  readonly wait?: HandlerError;
};

/** The order as it was read or written last, and when that began. */
export type View = { readonly order: LoadedOrder; readonly viewedAt: number };

/**
 * Drives the whole order, whatever message came for it (R11): asks for the next step, takes it, and
 * asks again. Evidence lives here and outlives every lost race (R3). If nothing can be known now,
 * the result is an error, and the message comes again.
 */
export const createDriver = (dependencies: PaymentDependencies) => {
  const parts = {
    ...dependencies,
    currentContext: createCurrentContext(dependencies),
    gatherEvidence: createGatherEvidence(dependencies),
    append: createAppend(dependencies),
  };
  return (start: View, handling: OrderContext): Driven => takeSteps(start, handling, parts);
};

type Driven = Promise<Result<DriveResult, HandlerError>>;

type DriveParts = Pick<PaymentDependencies, 'orders' | 'telemetry' | 'clock' | 'paymentLevel'> & {
  readonly currentContext: ReturnType<typeof createCurrentContext>;
  readonly gatherEvidence: ReturnType<typeof createGatherEvidence>;
  readonly append: ReturnType<typeof createAppend>;
};

const takeSteps = async (
  start: View,
  handling: OrderContext,
  { orders, telemetry, clock, paymentLevel, currentContext, gatherEvidence, append }: DriveParts,
): Driven => {
  const { orderId, correlationId, causationId, signal, deployment, letter } = handling;
  const { hint, asksPending, sentAt } = handling;
  const about = { ...(hint && { hint }), ...(asksPending && { asksPending }) };
  /** Reads the order again, and gives the error where that fails. */
  const reload = async (): Promise<LoadError | undefined> => {
    const since = clock.now();
    const loaded = await orders.load(orderId);
    if (loaded.isErr()) return loaded.error;
    [order, viewedAt] = [loaded.value, since];
    return undefined;
  };
  const unanswered = new Map<Order.Subject, HandlerError>();
  let { order, viewedAt } = start;
  let evidence = Order.NO_EVIDENCE;
  let conflicts = 0;

  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    const context = currentContext({ deployment, letter, viewedAt, ...about });
    const step = Order.nextStep(order.state, evidence, context);
    // Evidence is recorded, and published, by a process that must stop too; nothing new is begun.
    if (signal.aborted && (isOfNoUse(step) || evidence.size === 0)) return err(ABORTED);
    switch (step.type) {
      case 'Send':
      case 'LookUp':
      case 'ClaimPayment':
      case 'AllocateNumber':
      case 'FindNumber':
      case 'CloseDocument': {
        // Nothing is sent on an older view (R4): a stall, or a slow append, lies between.
        if (step.type === 'Send' && clock.now() - viewedAt > SEND_WITHIN_MS / 2) {
          const failed = await reload();
          if (failed !== undefined) return err(failed);
          break;
        }
        const checked = step.type === 'Send' ? checkClock(clock) : ok();
        if (checked.isErr()) return err(checked.error);
        const gathered = await gatherEvidence(step, handling);
        if (gathered.isErr()) return err(gathered.error);
        const { known, other, noAnswer } = gathered.value;
        evidence = Order.learn(evidence, step.subject, known);
        if (other !== undefined) evidence = Order.learn(evidence, other.subject, other.known);
        if (noAnswer !== undefined) unanswered.set(step.subject, noAnswer);
        // A refund of ours is in the log before it is sent, so that only an order which is read
        // after the list has every one of them (hole 26); a standing is of one version (R18).
        if (step.type === 'LookUp' && ['Refunds', 'Standing'].includes(step.of.type)) {
          const failed = await reload();
          if (failed !== undefined) return err(failed);
        }
        break;
      }
      case 'Append': {
        const { events } = step;
        const commit = { events, idempotencyKey: `drive#${orderId}`, correlationId, causationId };
        viewedAt = clock.now();
        const appended = await append(order, commit, handling);
        if (appended.isOk()) {
          logCommit(telemetry, events, { orderId, correlationId, causationId });
          paymentLevel.appended(order, events, { sentAt, now: clock.now() });
          order = appended.value;
          evidence = afterAppend(evidence, events, order.state.version);
          break;
        }
        if (appended.error.type !== 'Conflict') return err(appended.error);
        if (conflicts === CONFLICTS_MAX) return err(outrun(orderId));
        conflicts += 1;
        const failed = await reload();
        if (failed !== undefined) return err(failed);
        break;
      }
      case 'RetryLater': {
        logAlarm(telemetry, step, handling);
        const error = errorOf(step, orderId, unanswered, clock.now());
        paymentLevel.unknown(order, clock.now());
        return isUnderWay(order.state) ? ok({ order, wait: error }) : err(error);
      }
      case 'DeadLetter': {
        // Another may have gone on meanwhile; no dead letter is of an older view (hole 14).
        const { version } = order.position;
        const failed = await reload();
        if (failed !== undefined) return err(failed);
        if (order.position.version !== version) break;
        logAlarm(telemetry, step, handling);
        return ok({ order, review: step });
      }
      case 'Settled':
        return ok({ order });
    }
  }
  return err({ type: 'StepsExhausted', orderId });
};

const ABORTED: HandlerError = { type: 'Aborted', dependency: 'PaymentGateway' };

/** To a process that must stop. */
const isOfNoUse = ({ type }: Order.OrderStep): boolean =>
  type === 'Send' || type === 'LookUp' || type === 'RetryLater';

const isUnderWay = ({ payment, refunds }: Order.State): boolean =>
  ('pending' in payment && payment.pending !== undefined) ||
  ('authentication' in payment && payment.authentication?.link !== undefined) ||
  refunds.some((refund) => 'pending' in refund && refund.pending !== undefined);

/** A claim is its appender's alone: a later reader cannot know that it is its own. */
const afterAppend = (
  evidence: Order.Evidence,
  events: readonly Order.StreamEvent[],
  version: number,
): Order.Evidence => {
  const claim = events.find((event) => event.type === 'ResendClaimed');
  return claim === undefined ? evidence : Order.learnClaim(evidence, claim.data.subject, version);
};

/** A dependency in trouble says by itself when the message comes again. */
const errorOf = (
  { subject, why, until }: Order.StepOf<'RetryLater'>,
  orderId: string,
  unanswered: ReadonlyMap<Order.Subject, HandlerError>,
  now: number,
): HandlerError => {
  const unknown = { type: 'OutcomeUnknown', orderId, cause: why } as const;
  const error = unanswered.get(subject) ?? unknown;
  if (until === undefined || 'trouble' in error) return error;
  return { type: 'NotYet', orderId, why, retryAfterMs: Math.max(0, until - now) };
};

const logAlarm = (
  telemetry: Telemetry,
  step: Order.StepOf<'RetryLater' | 'DeadLetter'>,
  { orderId, correlationId }: OrderContext,
): void => {
  if (step.alarm === undefined) return;
  const facts =
    step.type === 'RetryLater'
      ? { subject: step.subject, cause: step.why }
      : { cause: step.reason };
  telemetry.record({ level: 'error', event: step.alarm, orderId, correlationId, facts });
};
