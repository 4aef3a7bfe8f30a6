import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { HandlerError } from '../delivery/handler.ts';
import { CONFLICTS_MAX } from '../log/retryConflicts.ts';
import { checkClock } from '../ports/clock.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { logCommit, type AppendEvents } from './append.ts';
import type { CurrentContext } from './context.ts';
import {
  SEND_WITHIN_MS,
  type OrderContext,
  type LoadedOrder,
  type PaymentDependencies,
} from './dependencies.ts';
import type { GatheredEvidence } from './gatewayAnswers.ts';
import { outrun, type GatherEvidence, type GatheringStep } from './gatherEvidence.ts';

/** The result of a drive: the order at its end, or where a person must look. */
export type DriveResult = {
  readonly order: LoadedOrder;
  readonly review?: Order.StepOf<'DeadLetter'>;
  /**
   * The error of an order that waits for the gateway or its customer. It is published first, as
   * that takes days.
   */
  readonly wait?: HandlerError;
};

/** The order as it was read or written last, and when that began. */
export type View = { readonly order: LoadedOrder; readonly viewedAt: number };

export type DriveParts = Pick<
  PaymentDependencies,
  'orders' | 'telemetry' | 'clock' | 'paymentLevel'
> & {
  readonly currentContext: CurrentContext;
  readonly gatherEvidence: GatherEvidence;
  readonly append: AppendEvents;
};

/** The state of a drive between two steps. */
export type DriveProgress = View & {
  readonly evidence: Order.Evidence;
  /** The last error of each subject whose request was not answered. */
  readonly unanswered: ReadonlyMap<Order.Subject, HandlerError>;
  /** The number of times that another writer came first. */
  readonly conflicts: number;
};

type Progressed = Promise<Result<DriveProgress, HandlerError>>;

/** Asks the gateway or the series, and learns what it answers. */
export const gather = async (
  step: GatheringStep,
  progress: DriveProgress,
  handling: OrderContext,
  parts: DriveParts,
): Progressed => {
  const { clock, gatherEvidence } = parts;
  if (step.type === 'Send') {
    // Nothing is sent on an older view (R4). A stall, or a slow append, may have come in between.
    if (clock.now() - progress.viewedAt > SEND_WITHIN_MS / 2) {
      return reload(progress, handling.orderId, parts);
    }
    const checked = checkClock(clock);
    if (checked.isErr()) return err(checked.error);
  }
  const gathered = await gatherEvidence(step, handling);
  if (gathered.isErr()) return err(gathered.error);
  const learned = learn(progress, step.subject, gathered.value);
  // A refund of ours is in the log before it is sent, so that only an order which is read
  // after the list has every one of them (hole 26); a standing is of one version (R18).
  return step.type === 'LookUp' && ['Refunds', 'Standing'].includes(step.of.type)
    ? reload(learned, handling.orderId, parts)
    : ok(learned);
};

const learn = (
  progress: DriveProgress,
  subject: Order.Subject,
  { known, other, noAnswer }: GatheredEvidence,
): DriveProgress => {
  const { unanswered } = progress;
  const evidence = Order.learn(progress.evidence, subject, known);
  return {
    ...progress,
    evidence: other === undefined ? evidence : Order.learn(evidence, other.subject, other.known),
    unanswered: noAnswer === undefined ? unanswered : new Map([...unanswered, [subject, noAnswer]]),
  };
};

/** Appends what follows from the evidence. After a conflict the order is read again instead. */
export const appendStep = async (
  { events }: Order.StepOf<'Append'>,
  progress: DriveProgress,
  handling: OrderContext,
  parts: DriveParts,
): Progressed => {
  const { telemetry, clock, paymentLevel, append } = parts;
  const { orderId, correlationId, causationId, sentAt } = handling;
  const { order, evidence, conflicts } = progress;
  const commit = { events, idempotencyKey: `drive#${orderId}`, correlationId, causationId };
  const viewedAt = clock.now();
  const appended = await append(order, commit, handling);
  if (appended.isOk()) {
    logCommit(telemetry, events, { orderId, correlationId, causationId });
    paymentLevel.appended(order, events, { sentAt, now: clock.now() });
    const { version } = appended.value.state;
    return ok({
      ...progress,
      order: appended.value,
      viewedAt,
      evidence: afterAppend(evidence, events, version),
    });
  }
  if (appended.error.type !== 'Conflict') return err(appended.error);
  if (conflicts === CONFLICTS_MAX) return err(outrun(orderId));
  return reload({ ...progress, conflicts: conflicts + 1 }, orderId, parts);
};

export const reload = async (
  progress: DriveProgress,
  orderId: string,
  { orders, clock }: DriveParts,
): Progressed => {
  const viewedAt = clock.now();
  return orders.load(orderId).map((order) => ({ ...progress, order, viewedAt }));
};

/** The message comes again for what cannot be known now. What is under way is published first. */
export const retryLater = (
  step: Order.StepOf<'RetryLater'>,
  { order, unanswered }: DriveProgress,
  handling: OrderContext,
  { telemetry, clock, paymentLevel }: DriveParts,
): Result<DriveResult, HandlerError> => {
  logAlarm(telemetry, step, handling);
  const error = errorOf(step, handling.orderId, unanswered, clock.now());
  paymentLevel.unknown(order, clock.now());
  return isUnderWay(order.state) ? ok({ order, wait: error }) : err(error);
};

const isUnderWay = ({ payment, refunds }: Order.State): boolean =>
  ('pending' in payment && payment.pending !== undefined) ||
  ('authentication' in payment && payment.authentication?.link !== undefined) ||
  refunds.some((refund) => 'pending' in refund && refund.pending !== undefined);

/**
 * Keeps a claim as evidence for its appender alone: a later reader cannot know that it is its own.
 */
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

export const logAlarm = (
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
