import { err, ok, safeTry, type ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import { retryConflicts } from '../log/retryConflicts.ts';
import { PERSON } from '../causes.ts';
import { BY_CHARACTERS_MAX, textMistakes } from '../personText.ts';
import type { Conflict } from '../ports/eventStore.ts';
import type { ListedRefund } from '../ports/paymentGateway.ts';
import { isForceable, type ReviewContradiction } from './contradictions.ts';
import { EVIDENCE_CHARACTERS_MAX } from './decision.ts';
import {
  createLoadReview,
  type LoadedReview,
  type ResolvedReview,
  type ResolveDependencies,
  type ResolveError,
} from './resolveReview.ts';

/** A person's word for how the money of a refund that came back was paid to the customer. */
export type ReturnRequest = { readonly orderId: string; readonly forcedBecause?: string } & Omit<
  Order.ReturnDecision,
  'at' | 'forcedBecause'
>;

const REFERENCE_CHARACTERS_MAX = 128;

/** By these types it cannot charge, refund, allocate a number or notify a customer. */
export type ResolveReturnDependencies = Omit<ResolveDependencies, 'claims'>;

type ReturnInReview = LoadedReview & { readonly refund: Order.ReturnedRefund };

/**
 * Records how the money of a refund that came back was paid after all: by another refund at the
 * gateway, which is looked for there, or by other means, of which nothing can be asked. There is no
 * further document: the credit note of the refund stands (R21).
 */
export const createResolveReturn =
  (dependencies: ResolveReturnDependencies) =>
  (request: ReturnRequest): ResultAsync<ResolvedReview, ResolveError> =>
    safeTry(async function* () {
      const { orderId } = request;
      const mistakes = mistakesIn(request);
      if (mistakes.length > 0) return err({ type: 'InvalidDecision' as const, reasons: mistakes });
      const chain = dependencies.ids.create();
      const { state, done } = yield* retryConflicts(() =>
        tryToRecord(dependencies, request, chain),
      );
      const message = { type: 'ResumeOrder', v: 1, orderId } as const;
      const groupId = state.placed?.customer.id ?? orderId;
      const { correlationId, resolved } = done;
      return dependencies
        .sendCommand(message, { groupId, correlationId })
        .map(() => done)
        .mapErr((error): ResolveError => ({ type: 'NotSent', resolved, error }));
    });

const mistakesIn = ({
  orderId,
  evidence,
  by,
  reference,
  forcedBecause,
}: ReturnRequest): readonly string[] => [
  ...(Order.isOrderId(orderId) ? [] : ['the order: is not an order id']),
  ...textMistakes('evidence', evidence, EVIDENCE_CHARACTERS_MAX),
  ...textMistakes('by', by, BY_CHARACTERS_MAX),
  ...textMistakes('reference', reference, REFERENCE_CHARACTERS_MAX),
  ...(forcedBecause === undefined
    ? []
    : textMistakes('reason', forcedBecause, EVIDENCE_CHARACTERS_MAX)),
];

const tryToRecord = (
  dependencies: ResolveReturnDependencies,
  request: ReturnRequest,
  correlationId: string,
): ResultAsync<
  { readonly state: Order.State; readonly done: ResolvedReview },
  ResolveError | Conflict
> =>
  safeTry(async function* () {
    const { orderId, refundId, verdict, reference, evidence, by } = request;
    const review = yield* createLoadReview(dependencies)(request);
    const { state, loaded, subject } = review;
    const refund = state.refunds.find((one) => one.refundId === refundId);
    if (refund?.status !== 'returned') return err({ type: 'NotInReview' as const, state });
    const inReview: ReturnInReview = { ...review, refund };
    const forcedBecause = refund.resolved
      ? ''
      : yield* checkEvidence(dependencies, request, inReview);
    const at = dependencies.clock.now();
    const data = { refundId, verdict, reference, evidence, by, forcedBecause, at };
    const decided = yield* Order.decideReturn(data, state).mapErr((error): ResolveError =>
      error.type === 'DecidedOtherwise' && refund.resolved
        ? { type: 'DecidedOtherwise', resolved: refund.resolved }
        : { type: 'NotInReview', state },
    );
    if (decided.length === 0) {
      return ok({
        state,
        done: { resolved: refund.resolved ?? data, isNew: false, correlationId },
      });
    }
    const commit = {
      events: decided,
      idempotencyKey: `resolve#${orderId}#${subject}`,
      correlationId,
      causationId: PERSON,
    };
    yield* dependencies.orders.append(orderId, loaded, commit);
    return ok({ state, done: { resolved: data, isNew: true, correlationId } });
  });

/** The reason why the decision was forced; empty where nothing contradicts it. */
const checkEvidence = (
  { askGateway, findNumber }: Pick<ResolveReturnDependencies, 'askGateway' | 'findNumber'>,
  request: ReturnRequest,
  loaded: ReturnInReview,
): ResultAsync<string, ResolveError> =>
  safeTry(async function* () {
    const { orderId, verdict, reference, forcedBecause } = request;
    const { review } = loaded;
    if (verdict === 'paid otherwise' || review === undefined) return ok('');
    // A worker that died has numbered it as a refund of others: its number needs its document.
    const id = `${orderId}#gateway#${reference}`;
    const entry = yield* findNumber({ ...review, wanted: { ...review.wanted, id } });
    const listed = yield* askGateway.refunds(review);
    const against = [
      ...(entry === undefined ? [] : [{ type: 'Numbered' as const, entry }]),
      ...(listed.type === 'Unknown'
        ? [{ type: 'Unverified' as const, reference, cause: listed.cause }]
        : againstRefund(
            reference,
            listed.refunds.find((one) => one.reference === reference),
            loaded,
          )),
    ];
    if (against.length === 0) return ok('');
    if (forcedBecause !== undefined && isForceable(against)) return ok(forcedBecause);
    const gateway = listed.type === 'Unknown' ? listed : ({ type: 'Absent' } as const);
    return err({ type: 'Contradicted' as const, against, gateway });
  });

/**
 * Contradictions of the refund that is named. It has to be another refund of the payment, of the
 * same amount, that nobody has recorded.
 */
const againstRefund = (
  reference: string,
  found: ListedRefund | undefined,
  { state, refund }: ReturnInReview,
): readonly ReviewContradiction[] => {
  if (found === undefined) return [{ type: 'NoSuch', reference }];
  const isOurs = state.refunds.some(({ refundId }) => refundId === found.refundId);
  if (Order.isRecorded(state, found) || isOurs) return [{ type: 'OfAnother', reference }];
  const isAsAsked = found.amountMinor === refund.amountMinor && found.currency === refund.currency;
  return [
    ...(isAsAsked ? [] : [{ type: 'OtherAmount' as const, found }]),
    ...(found.status === 'failed' ? [{ type: 'NotHeld' as const, reference, heldMinor: 0 }] : []),
  ];
};
