import { err, ok, safeTry, type Result, type ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { SendCommandError, createSendCommand } from '../ingest/sendCommand.ts';
import type { AllocationError } from '../series/allocator.ts';
import type { Clock } from '../ports/clock.ts';
import type { AppendError, EventStore, LoadError, StreamPosition } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import { foldOrder, locateLegal, orderStreamId, type OrderStream } from '../log/eventStreams.ts';
import type { AskGateway, GatewaySays, NamedSays } from './askGateway.ts';
import { checkDecision, type ReviewVerdict, type InvalidDecision } from './decision.ts';
import type { FoundNumber, FindNumber } from './findNumber.ts';
import {
  contradictions,
  isForceable,
  namesIn,
  referenceOf,
  type ReviewContradiction,
} from './contradictions.ts';
import { resolutionsIn, undecidedReviews, type ResolutionData, type Review } from './reviews.ts';

/** Nothing here can charge, give back, take a number or tell a customer. */
export type ResolveDependencies = {
  readonly store: Pick<EventStore, 'load'>;
  readonly orders: Pick<OrderStream, 'append'>;
  readonly askGateway: AskGateway;
  readonly findNumber: FindNumber;
  readonly sendCommand: ReturnType<typeof createSendCommand>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Pick<Ids, 'create'>;
};

/** Where the decision was recorded before, nobody is asked again. */
export type ResolvedReview = {
  readonly resolved: ResolutionData;
  readonly isNew: boolean;
  readonly gateway?: GatewaySays;
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
  | {
      readonly type: 'Contradicted';
      readonly against: readonly ReviewContradiction[];
      readonly gateway: GatewaySays;
    }
  /** The money's name is known to nobody but the person. */
  | { readonly type: 'ReferenceNeeded'; readonly gateway: GatewaySays }
  | { readonly type: 'ConflictsExhausted' }
  /** The decision is durable; to decide the same again sends again. */
  | {
      readonly type: 'NotSent';
      readonly resolved: ResolutionData;
      readonly error: SendCommandError;
    }
  | Exclude<AppendError, { readonly type: 'Conflict' }>
  | LoadError
  | AllocationError;

/** A worker that drives the order meets a decision once or twice. */
const CONFLICTS_MAX = 5;

type AppendedResolution = { readonly state: Order.State; readonly done: ResolvedReview };

type LoadedReview = OrderInReview & {
  readonly subject: Order.Subject;
  readonly review: Review | undefined;
};
type OrderInReview = {
  readonly events: readonly Order.StreamEvent[];
  readonly state: Order.State;
  readonly position: StreamPosition;
};

/**
 * Records what a person decided, and has a worker act on it. The append comes before the message, so that
 * after a crash in between the same decision, given again, sends it.
 */
export const createResolveReview = (dependencies: ResolveDependencies) => {
  const { store, orders, sendCommand, clock, ids } = dependencies;
  const judge = createCheckVerdict(dependencies);

  const load = (decision: ReviewVerdict): ResultAsync<LoadedReview, ResolveError> =>
    store
      .load(orderStreamId(decision.orderId))
      .mapErr((error): ResolveError => error)
      .andThen(({ commits, position }) =>
        locateLegal(decision.orderId, commits).map((located) => ({
          events: located.map(({ event }) => event),
          position,
          state: foldOrder(located),
        })),
      )
      .andThen((order) => locate(decision, order));

  /** Decides on the state held; after a conflict anew, on what is there then and on what is said then. */
  const record = (decision: ReviewVerdict): ResultAsync<AppendedResolution, ResolveError> =>
    safeTry(async function* () {
      const { orderId, refundId, moved, evidence, by } = decision;
      const correlationId = ids.create();
      for (let conflicts = 0; conflicts <= CONFLICTS_MAX; conflicts += 1) {
        const { events, state, position, subject, review } = yield* load(decision);
        const before = resolutionsIn(events, subject);
        if (before !== undefined) {
          if (!isSame(decision, before)) {
            return err({ type: 'DecidedOtherwise' as const, resolved: before });
          }
          return ok({ state, done: { resolved: before, isNew: false, correlationId } });
        }
        if (review === undefined) return err({ type: 'NotInReview' as const, state });
        const { reference, forcedBecause, ...said } = yield* judge(decision, review);
        const at = clock.now();
        const resolution = { moved, reference, evidence, by, forcedBecause, at };
        const decided = yield* Order.decideReview(
          { ...(refundId === undefined ? {} : { refundId }), ...resolution },
          state,
        ).mapErr((): ResolveError => ({ type: 'NotInReview', state }));
        const resolved = resolutionsIn(decided, subject);
        if (resolved === undefined) return err({ type: 'NotInReview' as const, state });
        const idempotencyKey = `resolve#${orderId}#${subject}`;
        const appended = await orders.append(
          orderId,
          { state, position },
          { events: decided, idempotencyKey, correlationId, causationId: PERSON },
        );
        if (appended.isOk()) {
          return ok({ state, done: { ...said, resolved, isNew: true, correlationId } });
        }
        if (appended.error.type !== 'Conflict') return err(appended.error);
      }
      return err<never, ResolveError>({ type: 'ConflictsExhausted' });
    });

  return (given: ReviewVerdict): ResultAsync<ResolvedReview, ResolveError> =>
    safeTry(async function* () {
      const decision = yield* checkDecision(given);
      const { state, done } = yield* record(decision);
      const { orderId } = decision;
      const { correlationId, resolved } = done;
      const groupId = state.placed?.customer.id ?? orderId;
      // A worker numbers, records and publishes; nothing that was decided here makes it charge.
      const message = { type: 'ResumeOrder', v: 1, orderId } as const;
      return sendCommand(message, { groupId, correlationId })
        .map(() => done)
        .mapErr((error): ResolveError => ({ type: 'NotSent', resolved, error }));
    });
};

/** What a decision comes from, in the log's own terms: no message caused it. */
const PERSON = 'person';

/** The part of the order that the decision is about, in review or not. */
const locate = (
  { orderId, refundId }: ReviewVerdict,
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
  const review = undecidedReviews(orderId, events).find((open) => open.subject === subject);
  return ok({ ...order, subject, review });
};

const isSame = ({ moved, reference }: ReviewVerdict, before: ResolutionData): boolean =>
  moved === (before.verdict === 'captured' || before.verdict === 'refunded') &&
  (reference === undefined || reference === before.reference);

type CheckedVerdict = Pick<ResolvedReview, 'gateway' | 'entry'> & {
  readonly reference: string;
  /** Empty where nothing speaks against the decision, whatever was given. */
  readonly forcedBecause: string;
};

/** Holds the decision against what the gateway and the series say at this moment. */
const createCheckVerdict =
  ({ askGateway, findNumber, clock }: ResolveDependencies) =>
  (decision: ReviewVerdict, review: Review): ResultAsync<CheckedVerdict, ResolveError> =>
    safeTry(async function* () {
      // Before it is asked: absence speaks of the time when the look-up began.
      const lookedUpAt = clock.now();
      const gateway = yield* askGateway.asked(review);
      const entry = yield* findNumber(review);
      const named = new Map<string, NamedSays>();
      for (const reference of namesIn(review, decision, { gateway, entry })) {
        named.set(reference, yield* askGateway.named(review, reference));
      }
      const evidence = { gateway, entry, named, lookedUpAt, closesAt: review.asked.closeAt };
      const against = contradictions(review, decision, evidence);
      const isForced = decision.forcedBecause !== undefined && isForceable(against);
      if (against.length > 0 && !isForced) {
        return err({ type: 'Contradicted' as const, against, gateway });
      }
      const reference = decision.moved ? referenceOf(decision, evidence) : '';
      if (reference === undefined) return err({ type: 'ReferenceNeeded' as const, gateway });
      const forcedBecause = against.length === 0 ? '' : (decision.forcedBecause ?? '');
      return ok({ gateway, reference, forcedBecause, ...(entry === undefined ? {} : { entry }) });
    });
