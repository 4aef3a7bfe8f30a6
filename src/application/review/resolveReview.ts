import { err, ok, safeTry, type Result, type ResultAsync } from 'neverthrow';
import { PERSON } from '../causes.ts';
import * as Order from '../../domain/order/index.ts';
import type { SendCommandError, createSendCommand } from '../ingest/sendCommand.ts';
import type { AllocationError } from '../series/allocator.ts';
import type { Clock } from '../ports/clock.ts';
import type { Conflict, EventStore, RecordError } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import { createPatientReads } from '../log/patientReads.ts';
import {
  dated,
  foldOrder,
  locateLegal,
  orderStreamId,
  type ClaimStream,
  type LoadedHistory,
  type OrderStream,
} from '../log/eventStreams.ts';
import type { AskGateway, GatewayAnswer, NamedAnswer } from './askGateway.ts';
import { retryConflicts, type ConflictsExhausted } from '../log/retryConflicts.ts';
import { claimForReview, claimsOfOthers, type ContradictedDecision } from './claims.ts';
import { validateDecision, type DecisionRequest, type InvalidDecision } from './decision.ts';
import {
  type FoundNumber,
  type FindNumber,
  resolutionOf,
  reviewCases,
  type ResolutionData,
  type ReviewCase,
} from './reviews.ts';
import { contradictions, isForceable } from './contradictions.ts';
import { referenceOf, referencesToCheck } from './references.ts';

/** By these types it cannot charge, refund, allocate a number or notify a customer. */
export type ResolveDependencies = {
  readonly store: Pick<EventStore, 'load'>;
  readonly orders: Pick<OrderStream, 'append'>;
  readonly claims: ClaimStream;
  readonly askGateway: AskGateway;
  readonly findNumber: FindNumber;
  readonly sendCommand: ReturnType<typeof createSendCommand>;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'create'>;
};

/** `gateway` and `entry` are absent where it was decided before, without a look-up. */
export type ResolvedReview = {
  readonly resolved: ResolutionData;
  readonly isNew: boolean;
  readonly gateway?: GatewayAnswer;
  readonly entry?: FoundNumber;
  readonly correlationId: string;
};

export type ResolveError =
  | InvalidDecision
  | { readonly type: 'UnknownOrder' }
  | { readonly type: 'UnknownRefund'; readonly refundIds: readonly string[] }
  | { readonly type: 'NotInReview'; readonly state: Order.State }
  /** The opposite, or another reference, was decided before. */
  | { readonly type: 'DecidedOtherwise'; readonly resolved: ResolutionData }
  | ContradictedDecision
  /** Only the person can know the id of the money. */
  | { readonly type: 'ReferenceNeeded'; readonly gateway: GatewayAnswer }
  | ConflictsExhausted
  /** The decision is durable; the same decision again sends the message again. */
  | {
      readonly type: 'NotSent';
      readonly resolved: ResolutionData;
      readonly error: SendCommandError;
    }
  | RecordError
  | AllocationError;

type AppendedResolution = { readonly state: Order.State; readonly done: ResolvedReview };

export type LoadedReview = OrderInReview & {
  readonly subject: Order.Subject;
  readonly review: ReviewCase | undefined;
};
type OrderInReview = {
  readonly events: readonly Order.StreamEvent[];
  readonly state: Order.State;
  readonly loaded: LoadedHistory<Order.State, Order.StreamEvent>;
};

/**
 * Records a person's decision, then sends a message so that a worker acts on it. The append comes
 * first: after a crash in between, the same decision sends the message again.
 */
export const createResolveReview =
  (dependencies: ResolveDependencies) =>
  (given: DecisionRequest): ResultAsync<ResolvedReview, ResolveError> =>
    safeTry(async function* () {
      const request = yield* validateDecision(given);
      const chain = dependencies.ids.create();
      // After a conflict everything is looked up and decided again.
      const { state, done } = yield* retryConflicts(() =>
        tryToRecord(dependencies, request, chain),
      );
      const { orderId } = request;
      const { correlationId, resolved } = done;
      const groupId = state.placed?.customer.id ?? orderId;
      // A worker numbers, records and publishes; no decision made here causes a charge.
      const message = { type: 'ResumeOrder', v: 1, orderId } as const;
      return dependencies
        .sendCommand(message, { groupId, correlationId })
        .map(() => done)
        .mapErr((error): ResolveError => ({ type: 'NotSent', resolved, error }));
    });

const tryToRecord = (
  dependencies: ResolveDependencies,
  request: DecisionRequest,
  correlationId: string,
): ResultAsync<AppendedResolution, ResolveError | Conflict> =>
  safeTry(async function* () {
    const { orderId, refundId, moved, evidence, by } = request;
    const { events, state, loaded, subject, review } =
      yield* createLoadReview(dependencies)(request);
    const before = resolutionOf(events, subject);
    if (before !== undefined) {
      return isSame(request, before)
        ? ok({ state, done: { resolved: before, isNew: false, correlationId } })
        : err({ type: 'DecidedOtherwise' as const, resolved: before });
    }
    // A refund that came back has a decision of its own.
    if (review === undefined || review.reason === 'refund-returned') {
      return err({ type: 'NotInReview' as const, state });
    }
    const checked = yield* checkAgainstEvidence(dependencies, request, review);
    const { reference, forcedBecause, ...answers } = checked;
    if (moved) yield* claimForReview(dependencies, review, { ...checked, correlationId });
    const at = dependencies.clock.now();
    const resolution = { moved, reference, evidence, by, forcedBecause, at };
    const decided = yield* Order.decideReview(
      { ...(refundId === undefined ? {} : { refundId }), ...resolution },
      state,
    ).mapErr((): ResolveError => ({ type: 'NotInReview', state }));
    const resolved = resolutionOf(decided, subject);
    if (resolved === undefined) return err({ type: 'NotInReview' as const, state });
    const idempotencyKey = `resolve#${orderId}#${subject}`;
    const commit = { events: decided, idempotencyKey, correlationId, causationId: PERSON };
    yield* dependencies.orders.append(orderId, loaded, commit);
    return ok({ state, done: { ...answers, resolved, isNew: true, correlationId } });
  });

export const createLoadReview =
  (dependencies: Pick<ResolveDependencies, 'store' | 'clock'>) =>
  (
    request: Pick<DecisionRequest, 'orderId' | 'refundId'>,
  ): ResultAsync<LoadedReview, ResolveError> =>
    createPatientReads(dependencies)
      .load(orderStreamId(request.orderId))
      .mapErr((error): ResolveError => error)
      .andThen(({ commits, position }) =>
        locateLegal(request.orderId, commits).map((located) => {
          const state = foldOrder(located);
          const loaded = { state, position, history: located.map(dated) };
          return { events: located.map(({ event }) => event), state, loaded };
        }),
      )
      .andThen((order) => locate(request, order));

const locate = (
  { orderId, refundId }: Pick<DecisionRequest, 'orderId' | 'refundId'>,
  order: OrderInReview,
): Result<LoadedReview, ResolveError> => {
  const { events, state } = order;
  if (events.length === 0) return err({ type: 'UnknownOrder' });
  const { payment, refunds } = state;
  const attempt = payment.status === 'none' ? 0 : payment.attempt;
  const subject: Order.Subject =
    refundId === undefined ? `payment#${attempt}` : `refund#${refundId}`;
  if (refundId !== undefined && refunds.every((refund) => refund.refundId !== refundId)) {
    return err({ type: 'UnknownRefund', refundIds: refunds.map((refund) => refund.refundId) });
  }
  const review = reviewCases(orderId, events).find((open) => open.subject === subject);
  return ok({ ...order, subject, review });
};

const isSame = ({ moved, reference }: DecisionRequest, before: ResolutionData): boolean =>
  moved === (before.verdict === 'captured' || before.verdict === 'refunded') &&
  (reference === undefined || reference === before.reference);

type CheckedDecision = Pick<ResolvedReview, 'entry'> & {
  readonly gateway: GatewayAnswer;
  readonly reference: string;
  /** Empty where nothing contradicts the decision, even if a reason was given. */
  readonly forcedBecause: string;
};

/** Compares the decision with what the gateway and the series say at this moment. */
const checkAgainstEvidence = (
  { askGateway, findNumber, clock, claims }: ResolveDependencies,
  request: DecisionRequest,
  review: ReviewCase,
): ResultAsync<CheckedDecision, ResolveError> =>
  safeTry(async function* () {
    // Read before the look-up: absence is only about the time when the look-up began.
    const lookedUpAt = clock.now();
    const gateway = yield* askGateway.asked(review);
    const entry = yield* findNumber(review);
    const named = new Map<string, NamedAnswer>();
    const taken = new Map<string, number>();
    for (const reference of referencesToCheck(review, request, { gateway, entry })) {
      named.set(reference, yield* askGateway.named(review, reference));
      if (!request.moved) taken.set(reference, yield* askGateway.takenForGood(review, reference));
    }
    const claimedBy = yield* claimsOfOthers([...named.keys()], review, claims);
    const { closeAt: closesAt } = review.asked;
    const evidence = { gateway, entry, named, taken, claimedBy, lookedUpAt, closesAt };
    const against = contradictions(review, request, evidence);
    const isForced = request.forcedBecause !== undefined && isForceable(against);
    if (against.length > 0 && !isForced) {
      return err({ type: 'Contradicted' as const, against, gateway });
    }
    const reference = request.moved ? referenceOf(review, request, evidence) : '';
    if (reference === undefined) return err({ type: 'ReferenceNeeded' as const, gateway });
    const forcedBecause = against.length === 0 ? '' : (request.forcedBecause ?? '');
    return ok({ gateway, reference, forcedBecause, ...(entry === undefined ? {} : { entry }) });
  });
