import type { MoneyMovement, RetrievedMovement } from '../ports/paymentGateway.ts';
import { OTHER_ACCOUNT, type GatewayAnswer, type NamedAnswer } from './askGateway.ts';
import type { DecisionRequest } from './decision.ts';
import type { FoundNumber, ReviewCase } from './reviews.ts';

export type ReviewContradiction =
  /**
   * Decided as not moved, but the gateway holds money for it, of any amount, that was not refunded.
   */
  | { readonly type: 'Moved'; readonly found: MoneyMovement; readonly heldMinor: number }
  /** Decided as not moved, but a number was allocated, which is only done for moved money. */
  | { readonly type: 'Numbered'; readonly entry: FoundNumber }
  /** Decided as not moved, but a request that is under way may still move the money. */
  | { readonly type: 'NotClosed'; readonly closesAt: number }
  /** Decided as moved, but the gateway has moved another amount, or more than once, or nothing. */
  | { readonly type: 'OtherAmount'; readonly found: MoneyMovement }
  | { readonly type: 'Several'; readonly found: readonly MoneyMovement[] }
  | { readonly type: 'Absent' }
  | { readonly type: 'Declined'; readonly code: string }
  /** Decided as moved under another id than the gateway's, or than the number's. */
  | { readonly type: 'OtherReference'; readonly expected: string }
  /** The id belongs to another order, attempt, refund or deployment. */
  | { readonly type: 'OfAnother'; readonly reference: string }
  /** Nothing of that kind has the id at the gateway. */
  | { readonly type: 'NoSuch'; readonly reference: string }
  /** What has the id carries no reference of ours at all. */
  | { readonly type: 'Unmarked'; readonly reference: string }
  /** What has the id has not moved, or was refunded, at least in part. */
  | { readonly type: 'NotHeld'; readonly reference: string; readonly heldMinor: number }
  /** The gateway has it under way: it may still move, or fail. */
  | { readonly type: 'UnderWay'; readonly found: MoneyMovement }
  /** The key is of another account than the request: nothing there is ours. */
  | { readonly type: 'OtherAccount' }
  /** The gateway cannot show now what has the id. */
  | { readonly type: 'Unverified'; readonly reference: string; readonly cause: string };

/** No reason makes another's money this order's, or returns a number that was allocated. */
const NEVER_FORCED: ReadonlySet<ReviewContradiction['type']> = new Set([
  'Numbered',
  'OfAnother',
  'NoSuch',
  'OtherAccount',
]);

export const isForceable = (against: readonly ReviewContradiction[]): boolean =>
  !against.some(({ type }) => NEVER_FORCED.has(type));

type DecisionTerms = Pick<DecisionRequest, 'moved' | 'reference'>;

export type ReviewEvidence = {
  readonly gateway: GatewayAnswer;
  readonly entry: FoundNumber | undefined;
  /** The gateway's answer about each id that the decision relies on. */
  readonly named: ReadonlyMap<string, NamedAnswer>;
  /** From this time on no request can be under way any more. */
  readonly closesAt: number;
  readonly lookedUpAt: number;
};

/**
 * The ids to look up: the one that the money is said to have, or all ids under which money was ever
 * seen, which may have been refunded since.
 */
export const referencesToCheck = (
  { seen }: Pick<ReviewCase, 'seen'>,
  decided: DecisionTerms,
  evidence: Pick<ReviewEvidence, 'gateway' | 'entry'>,
): readonly string[] => {
  const { gateway } = evidence;
  const found = gateway.type === 'Several' ? gateway.found : [movementIn(gateway) ?? []].flat();
  const names = decided.moved
    ? [referenceOf({ seen }, decided, evidence) ?? []].flat()
    : [...seen, ...found].map(({ reference }) => reference);
  return [...new Set(names)];
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
  const { entry, named } = evidence;
  return [
    ...[...named].flatMap(([reference, answer]): readonly ReviewContradiction[] => {
      if (answer.type === 'Unknown')
        return [{ type: 'Unverified', reference, cause: answer.cause }];
      // Money of another attempt still belongs to the order: a restored log counts attempts from
      // one again.
      if (answer.type === 'Absent' || isOfAnotherOrder(review, answer)) return [];
      const heldMinor = heldOf(answer);
      return heldMinor > 0 ? [{ type: 'Moved', found: toMovement(answer), heldMinor }] : [];
    }),
    ...(entry === undefined ? [] : [{ type: 'Numbered' as const, entry }]),
    // A result that was seen proves that the key has one. That there is none is proven only after
    // the close (R5, R6).
    ...(review.seen.length === 0 ? notClosed(evidence) : []),
  ];
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
    ...(gateway.type === 'Several' || gateway.type === 'Absent' || gateway.type === 'Declined'
      ? [gateway]
      : []),
    ...(expected === undefined ? [] : [{ type: 'OtherReference' as const, expected }]),
    ...[...named].flatMap(([name, answer]) => againstReference(review, name, answer, evidence)),
  ];
};

/** Whether what has the id is what we requested: ours, of that amount, and not refunded. */
const againstReference = (
  review: ReviewCase,
  reference: string,
  answer: NamedAnswer,
  { gateway, entry }: ReviewEvidence,
): readonly ReviewContradiction[] => {
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

/** As `isOfAnotherOrder`, or it is of another attempt. */
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

const toMovement = ({ reference, amountMinor, currency }: MoneyMovement): MoneyMovement => ({
  reference,
  amountMinor,
  currency,
});

const movementIn = (gateway: GatewayAnswer): MoneyMovement | undefined =>
  gateway.type === 'Captured' || gateway.type === 'Refunded' ? toMovement(gateway) : undefined;

/**
 * The id of the money that moved, as given, or by the gateway, or by its number, or the only one
 * that was seen when the review began.
 */
export const referenceOf = (
  { seen }: Pick<ReviewCase, 'seen'>,
  { reference }: DecisionTerms,
  { gateway, entry }: Pick<ReviewEvidence, 'gateway' | 'entry'>,
): string | undefined => {
  const [only, other] = gateway.type === 'Unknown' ? seen : [];
  return (
    reference ??
    movementIn(gateway)?.reference ??
    entry?.reference ??
    (other === undefined ? only?.reference : undefined)
  );
};
