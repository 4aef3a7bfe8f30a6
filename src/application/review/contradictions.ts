import type { MoneyMovement, RetrievedMovement } from '../ports/paymentGateway.ts';
import { OTHER_ACCOUNT, type GatewaySays, type NamedSays } from './askGateway.ts';
import type { FoundNumber } from './findNumber.ts';
import type { Review } from './reviews.ts';

/** What speaks against a decision. */
export type ReviewContradiction =
  /** Decided as not moved, and the gateway holds money for it, of whatever amount, that was not given back. */
  | { readonly type: 'Moved'; readonly found: MoneyMovement; readonly heldMinor: number }
  /** Decided as not moved, and a number was taken for it: that is done for money that was seen to move. */
  | { readonly type: 'Numbered'; readonly entry: FoundNumber }
  /** Decided as not moved, while a request that is under way may still move it. */
  | { readonly type: 'NotClosed'; readonly closesAt: number }
  /** Decided as moved, and the gateway has moved something else, or more than once, or nothing. */
  | { readonly type: 'OtherAmount'; readonly found: MoneyMovement }
  | { readonly type: 'Several'; readonly found: readonly MoneyMovement[] }
  | { readonly type: 'Absent' }
  | { readonly type: 'Declined'; readonly code: string }
  /** Decided as moved under another name than the gateway's, or than the number was taken for. */
  | { readonly type: 'OtherReference'; readonly expected: string }
  /** What bears the name is another order's, attempt's, refund's or deployment's. */
  | { readonly type: 'OfAnother'; readonly reference: string }
  /** Nothing of that kind bears the name at the gateway. */
  | { readonly type: 'NoSuch'; readonly reference: string }
  /** What bears the name bears no reference of ours at all. */
  | { readonly type: 'Unmarked'; readonly reference: string }
  /** What bears the name has not moved, or was given back, in part at least. */
  | { readonly type: 'NotHeld'; readonly reference: string; readonly heldMinor: number }
  /** The key in use is of another account than the request: nothing there is ours, and absence proves nothing. */
  | { readonly type: 'OtherAccount' }
  /** The gateway cannot say now what bears the name. */
  | { readonly type: 'Unverified'; readonly reference: string; readonly cause: string };

/** No reason makes another's money this order's, or gives a number back that was taken. */
const NEVER_FORCED: ReadonlySet<ReviewContradiction['type']> = new Set([
  'Numbered',
  'OfAnother',
  'NoSuch',
  'OtherAccount',
]);

export const isForceable = (against: readonly ReviewContradiction[]): boolean =>
  !against.some(({ type }) => NEVER_FORCED.has(type));

export type VerdictTerms = { readonly moved: boolean; readonly reference?: string };

export type ReviewEvidence = {
  readonly gateway: GatewaySays;
  readonly entry: FoundNumber | undefined;
  /** What the gateway says of each name that the decision rests on. */
  readonly named: ReadonlyMap<string, NamedSays>;
  /** From when on nothing can be under way any more. */
  readonly closesAt: number;
  /** When the gateway began to be asked. */
  readonly lookedUpAt: number;
};

/**
 * The names that the gateway is asked about: the one that the money is said to have, or all under which money
 * was ever seen, which may have been given back since.
 */
export const namesIn = (
  { seen }: Pick<Review, 'seen'>,
  decided: VerdictTerms,
  evidence: Pick<ReviewEvidence, 'gateway' | 'entry'>,
): readonly string[] => {
  const { gateway } = evidence;
  const found = gateway.type === 'Several' ? gateway.found : [movedOf(gateway) ?? []].flat();
  const names = decided.moved
    ? [referenceOf(decided, evidence) ?? []].flat()
    : [...seen, ...found].map(({ reference }) => reference);
  return [...new Set(names)];
};

/** Everything that speaks against the decision. That the gateway cannot be asked does not, but for a name. */
export const contradictions = (
  review: Review,
  decided: VerdictTerms,
  evidence: ReviewEvidence,
): readonly ReviewContradiction[] => {
  if (isOfOtherAccount(evidence)) return [{ type: 'OtherAccount' }];
  return decided.moved
    ? againstMoved(review, decided, evidence)
    : againstNotMoved(review, evidence);
};

const isOfOtherAccount = ({ gateway }: ReviewEvidence): boolean =>
  gateway.type === 'Unknown' && gateway.cause === OTHER_ACCOUNT.cause;

const againstNotMoved = (
  review: Review,
  evidence: ReviewEvidence,
): readonly ReviewContradiction[] => {
  const { entry, named } = evidence;
  return [
    ...[...named].flatMap(([reference, says]): readonly ReviewContradiction[] => {
      if (says.type === 'Unknown') return [{ type: 'Unverified', reference, cause: says.cause }];
      // Money of another attempt is the order's all the same: a restored log counts attempts anew.
      if (says.type === 'Absent' || isOfAnotherOrder(review, says)) return [];
      const heldMinor = heldOf(says);
      return heldMinor > 0 ? [{ type: 'Moved', found: bare(says), heldMinor }] : [];
    }),
    ...(entry === undefined ? [] : [{ type: 'Numbered' as const, entry }]),
    // Where a result was seen, the key has one; that there is none is proven only after the close (R5, R6).
    ...(review.seen.length === 0 ? notClosed(evidence) : []),
  ];
};

const againstMoved = (
  review: Review,
  decided: VerdictTerms,
  evidence: ReviewEvidence,
): readonly ReviewContradiction[] => {
  const { gateway, entry, named } = evidence;
  const found = movedOf(gateway);
  const { reference } = decided;
  const expected = [found?.reference, entry?.reference].find(
    (known) => known !== undefined && reference !== undefined && known !== reference,
  );
  return [
    ...(found !== undefined && !isAsked(review, found)
      ? [{ type: 'OtherAmount' as const, found }]
      : []),
    ...(gateway.type === 'Several' || gateway.type === 'Absent' || gateway.type === 'Declined'
      ? [gateway]
      : []),
    ...(expected === undefined ? [] : [{ type: 'OtherReference' as const, expected }]),
    ...[...named].flatMap(([name, says]) => againstName(review, name, says, evidence)),
  ];
};

/** Whether what bears the name is what was asked for: ours, of that amount, and held. */
const againstName = (
  review: Review,
  reference: string,
  says: NamedSays,
  { gateway, entry }: ReviewEvidence,
): readonly ReviewContradiction[] => {
  const found = movedOf(gateway);
  if (says.type === 'Absent') return [{ type: 'NoSuch', reference }];
  if (says.type === 'Unknown') {
    // Our own look-up found it by our reference, or a number was taken for it: that stands by itself.
    const isKnown = [found?.reference, entry?.reference].includes(reference);
    return isKnown ? [] : [{ type: 'Unverified', reference, cause: says.cause }];
  }
  if (isOfAnother(review, says)) return [{ type: 'OfAnother', reference }];
  const heldMinor = heldOf(says);
  return [
    ...(isMarked(review, says) ? [] : [{ type: 'Unmarked' as const, reference }]),
    ...(says.isMoved && !isAsked(review, says) && found?.reference !== reference
      ? [{ type: 'OtherAmount' as const, found: bare(says) }]
      : []),
    ...(says.isMoved && heldMinor >= says.amountMinor
      ? []
      : [{ type: 'NotHeld' as const, reference, heldMinor }]),
  ];
};

/** What it says of itself is not what is asked about. An intent of an early release knows of no deployment. */
const isOfAnotherOrder = ({ of, orderId }: Review, says: RetrievedMovement): boolean =>
  differs(orderId, says.orderId) ||
  differs(of.deployment, says.deployment) ||
  (of.type === 'Refund' &&
    (differs(of.refundId, says.refundId) || differs(of.paymentReference, says.paymentReference)));

/** The same, or it is of another attempt. */
const isOfAnother = (review: Review, says: RetrievedMovement): boolean =>
  isOfAnotherOrder(review, says) ||
  (review.of.type === 'Payment' && differs(review.of.attempt, says.attempt));

const differs = (own: string | number, told: string | number | undefined): boolean =>
  told !== undefined && told !== own;

/** Whether it bears the whole of our reference, as everything that we asked for does. */
const isMarked = ({ of }: Review, says: RetrievedMovement): boolean =>
  says.orderId !== undefined &&
  (says.deployment ?? '') === of.deployment &&
  (of.type === 'Payment' ? says.attempt : says.refundId) !== undefined;

const heldOf = ({ isMoved, amountMinor, givenBackMinor }: RetrievedMovement): number =>
  isMoved ? amountMinor - givenBackMinor : 0;

const isAsked = ({ asked }: Review, found: MoneyMovement): boolean =>
  found.amountMinor === asked.amountMinor && found.currency === asked.currency;

const notClosed = ({
  gateway,
  closesAt,
  lookedUpAt,
}: ReviewEvidence): readonly ReviewContradiction[] =>
  (gateway.type === 'Absent' || gateway.type === 'Unknown') && lookedUpAt < closesAt
    ? [{ type: 'NotClosed', closesAt }]
    : [];

const bare = ({ reference, amountMinor, currency }: MoneyMovement): MoneyMovement => ({
  reference,
  amountMinor,
  currency,
});

const movedOf = (gateway: GatewaySays): MoneyMovement | undefined =>
  gateway.type === 'Captured' || gateway.type === 'Refunded' ? bare(gateway) : undefined;

/** The name of the money that moved: as it was given, as the gateway says, or as its number was taken for. */
export const referenceOf = (
  { reference }: VerdictTerms,
  { gateway, entry }: Pick<ReviewEvidence, 'gateway' | 'entry'>,
): string | undefined => reference ?? movedOf(gateway)?.reference ?? entry?.reference;
