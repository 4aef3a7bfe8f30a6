import type { MoneyMovement, RetrievedMovement } from '../ports/paymentGateway.ts';
import {
  OTHER_ACCOUNT,
  type GatewayAnswer,
  type NamedAnswer,
  type StillAuthorised,
} from './askGateway.ts';
import { movementIn, toMovement, type DecisionTerms } from './references.ts';
import type { FoundNumber, ReviewCase } from './reviews.ts';

export type ReviewContradiction =
  /**
   * Decided as not moved, but the gateway holds money for it, of any amount, that was neither
   * refunded nor taken by a dispute for good.
   */
  | { readonly type: 'Moved'; readonly found: MoneyMovement; readonly heldMinor: number }
  /** Decided as not moved, but a number was allocated, which is only done for moved money. */
  | { readonly type: 'Numbered'; readonly entry: FoundNumber }
  /** Decided as not moved, but a request that is under way may still move the money. */
  | { readonly type: 'NotClosed'; readonly closesAt: number }
  /** Decided as not moved, but it can be captured, or completed by its customer (R17, R24). */
  | StillAuthorised
  /** Decided as moved, but the gateway has moved another amount, or more than once, or nothing. */
  | { readonly type: 'OtherAmount'; readonly found: MoneyMovement }
  | { readonly type: 'Several'; readonly found: readonly MoneyMovement[] }
  | { readonly type: 'Absent' }
  | { readonly type: 'Declined'; readonly code: string }
  /** Decided as moved under another id than the gateway's, or than the number's. */
  | { readonly type: 'OtherReference'; readonly expected: string }
  /** The id belongs to another order, attempt, refund or deployment. */
  | { readonly type: 'OfAnother'; readonly reference: string }
  /** Another order has claimed the payment, and one payment pays one order (R16). */
  | { readonly type: 'ClaimedByAnother'; readonly reference: string; readonly claimedBy: string }
  /** Nothing of that kind has the id at the gateway. */
  | { readonly type: 'NoSuch'; readonly reference: string }
  /** The payment or refund with the id carries no reference of ours at all. */
  | { readonly type: 'Unmarked'; readonly reference: string }
  /** The payment or refund with the id has not moved, or was refunded, at least in part. */
  | { readonly type: 'NotHeld'; readonly reference: string; readonly heldMinor: number }
  /** The gateway has it under way: it may still move, or fail. */
  | { readonly type: 'UnderWay'; readonly found: MoneyMovement }
  /** The key is of another account than the request: nothing there is ours. */
  | { readonly type: 'OtherAccount' }
  /** The gateway cannot show now what the id names. */
  | { readonly type: 'Unverified'; readonly reference: string; readonly cause: string };

/**
 * Contradictions that no reason overrides. No reason makes another's money this order's, or returns
 * a number that was allocated; and a worker releases what is authorised at the gateway.
 */
const NEVER_FORCED: ReadonlySet<ReviewContradiction['type']> = new Set([
  'Numbered',
  'Authorised',
  'OfAnother',
  'ClaimedByAnother',
  'NoSuch',
  'OtherAccount',
]);

export const isForceable = (against: readonly ReviewContradiction[]): boolean =>
  !against.some(({ type }) => NEVER_FORCED.has(type));

export type ReviewEvidence = {
  readonly gateway: GatewayAnswer;
  readonly entry: FoundNumber | undefined;
  /** The gateway's answer about each id that the decision relies on. */
  readonly named: ReadonlyMap<string, NamedAnswer>;
  /** The money that disputes have taken of each for good, in minor units. */
  readonly taken: ReadonlyMap<string, number>;
  /** The other orders that have claimed one of these ids. */
  readonly claimedBy: ReadonlyMap<string, string>;
  /** From this time on no request can be under way any more. */
  readonly closesAt: number;
  readonly lookedUpAt: number;
};

/**
 * Everything that contradicts the decision. A gateway that cannot be reached is no contradiction,
 * unless the decision needs its answer about an id.
 */
export const contradictions = (
  review: ReviewCase,
  decided: DecisionTerms,
  evidence: ReviewEvidence,
): readonly ReviewContradiction[] => {
  if (isOfOtherAccount(evidence)) return [{ type: 'OtherAccount' }];
  const { gateway } = evidence;
  if (gateway.type === 'UnderWay') return [{ type: 'UnderWay', found: toMovement(gateway) }];
  return decided.moved
    ? againstMoved(review, decided, evidence)
    : againstNotMoved(review, evidence);
};

const isOfOtherAccount = ({ gateway }: ReviewEvidence): boolean =>
  gateway.type === 'Unknown' && gateway.cause === OTHER_ACCOUNT.cause;

const againstNotMoved = (
  review: ReviewCase,
  evidence: ReviewEvidence,
): readonly ReviewContradiction[] => {
  const { entry, named, taken, claimedBy } = evidence;
  return [
    ...standing(review, evidence),
    ...[...named].flatMap(([reference, answer]): readonly ReviewContradiction[] => {
      // It is for the order that has claimed it.
      if (claimedBy.has(reference)) return [];
      if (answer.type === 'Unknown')
        return [{ type: 'Unverified', reference, cause: answer.cause }];
      // Money of another attempt still belongs to the order: a restored log counts attempts from
      // one again.
      if (answer.type === 'Absent' || isOfAnotherOrder(review, answer)) return [];
      const heldMinor = heldOf(answer) - (taken.get(reference) ?? 0);
      return heldMinor > 0 ? [{ type: 'Moved', found: toMovement(answer), heldMinor }] : [];
    }),
    ...(entry === undefined ? [] : [{ type: 'Numbered' as const, entry }]),
    // A result that was seen proves that the key has one. That there is none is proven only after
    // the close (R5, R6).
    ...(review.seen.length === 0 ? notClosed(evidence) : []),
  ];
};

/**
 * An authorisation that was to be captured, and that nobody else has claimed, or a payment that its
 * customer can complete, is not given up while it stands. Captured or released it is final, so that
 * the decision needs no look after it.
 */
const standing = (
  { of }: ReviewCase,
  { gateway, claimedBy }: ReviewEvidence,
): readonly ReviewContradiction[] => {
  if (of.type !== 'Payment') return [];
  const reference = of.awaited ?? (of.way === 'authorised' ? of.payment : undefined);
  if (reference === undefined) return [];
  if (claimedBy.has(reference)) return [];
  if (gateway.type === 'Unknown') return [{ type: 'Unverified', reference, cause: gateway.cause }];
  return gateway.type === 'Authorised' ? [gateway] : [];
};

const againstMoved = (
  review: ReviewCase,
  decided: DecisionTerms,
  evidence: ReviewEvidence,
): readonly ReviewContradiction[] => {
  const { gateway, entry, named } = evidence;
  const found = movementIn(gateway);
  const { reference } = decided;
  const expected = [found?.reference, entry?.reference].find(
    (known) => known !== undefined && reference !== undefined && known !== reference,
  );
  return [
    ...(found !== undefined && !isAsRequested(review, found)
      ? [{ type: 'OtherAmount' as const, found }]
      : []),
    ...(gateway.type === 'Several' ||
    gateway.type === 'Absent' ||
    gateway.type === 'Authorised' ||
    gateway.type === 'Declined'
      ? [gateway]
      : []),
    ...(expected === undefined ? [] : [{ type: 'OtherReference' as const, expected }]),
    ...[...named].flatMap(([name, answer]) => againstReference(review, name, answer, evidence)),
  ];
};

/** Whether the id names what we requested: ours, of that amount, and not refunded. */
const againstReference = (
  review: ReviewCase,
  reference: string,
  answer: NamedAnswer,
  { gateway, entry, claimedBy }: ReviewEvidence,
): readonly ReviewContradiction[] => {
  const other = claimedBy.get(reference);
  if (other !== undefined) return [{ type: 'ClaimedByAnother', reference, claimedBy: other }];
  const found = movementIn(gateway);
  if (answer.type === 'Absent') return [{ type: 'NoSuch', reference }];
  if (answer.type === 'Unknown') {
    // Our own look-up found it by our reference, or a number was allocated for it: that is proof by
    // itself.
    const isKnown = [found?.reference, entry?.reference].includes(reference);
    return isKnown ? [] : [{ type: 'Unverified', reference, cause: answer.cause }];
  }
  if (isOfAnother(review, answer)) return [{ type: 'OfAnother', reference }];
  const heldMinor = heldOf(answer);
  return [
    ...(isMarked(review, answer) ? [] : [{ type: 'Unmarked' as const, reference }]),
    ...(answer.isMoved && !isAsRequested(review, answer) && found?.reference !== reference
      ? [{ type: 'OtherAmount' as const, found: toMovement(answer) }]
      : []),
    ...(answer.isMoved && heldMinor >= answer.amountMinor
      ? []
      : [{ type: 'NotHeld' as const, reference, heldMinor }]),
  ];
};

/** Its metadata is not what we requested. Early releases named no deployment. */
const isOfAnotherOrder = ({ of, orderId }: ReviewCase, answer: RetrievedMovement): boolean =>
  differs(orderId, answer.orderId) ||
  differs(of.deployment, answer.deployment) ||
  (of.type === 'Refund' &&
    (differs(of.refundId, answer.refundId) ||
      differs(of.paymentReference, answer.paymentReference)));

/** Like `isOfAnotherOrder`; it is also true for another attempt. */
const isOfAnother = (review: ReviewCase, answer: RetrievedMovement): boolean =>
  isOfAnotherOrder(review, answer) ||
  (review.of.type === 'Payment' && differs(review.of.attempt, answer.attempt));

const differs = (own: string | number, stated: string | number | undefined): boolean =>
  stated !== undefined && stated !== own;

/**
 * Whether it carries our whole reference, as everything that we request does, or is the payment
 * that the order itself names.
 */
const isMarked = ({ of }: ReviewCase, answer: RetrievedMovement): boolean =>
  (of.type === 'Payment' && of.payment === answer.reference) || carriesReference({ of }, answer);

const carriesReference = ({ of }: Pick<ReviewCase, 'of'>, answer: RetrievedMovement): boolean =>
  answer.orderId !== undefined &&
  (answer.deployment ?? '') === of.deployment &&
  (of.type === 'Payment' ? answer.attempt : answer.refundId) !== undefined;

const heldOf = ({ isMoved, amountMinor, refundedMinor }: RetrievedMovement): number =>
  isMoved ? amountMinor - refundedMinor : 0;

const isAsRequested = ({ asked }: ReviewCase, found: MoneyMovement): boolean =>
  found.amountMinor === asked.amountMinor && found.currency === asked.currency;

const notClosed = ({
  gateway,
  closesAt,
  lookedUpAt,
}: ReviewEvidence): readonly ReviewContradiction[] =>
  (gateway.type === 'Absent' || gateway.type === 'Unknown') && lookedUpAt < closesAt
    ? [{ type: 'NotClosed', closesAt }]
    : [];
