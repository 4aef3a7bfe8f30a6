import type { Moved } from '../ports/paymentGateway.ts';
import type { GatewaySays } from './askGateway.ts';
import type { Entry } from './findNumber.ts';
import type { Review } from './reviews.ts';

/** What speaks against a decision. */
export type Contradiction =
  /** Decided as not moved, and the gateway has moved what was asked for. */
  | { readonly type: 'Moved'; readonly found: Moved }
  /** Decided as not moved, and a number was taken for it: that is done for money that was seen to move. */
  | { readonly type: 'Numbered'; readonly entry: Entry }
  /** Decided as not moved, while a request that is under way may still move it. */
  | { readonly type: 'NotClosed'; readonly closesAt: number }
  /** Decided as moved, and the gateway has moved something else, or more than once, or nothing. */
  | { readonly type: 'OtherAmount'; readonly found: Moved }
  | { readonly type: 'Several'; readonly found: readonly Moved[] }
  | { readonly type: 'Absent' }
  | { readonly type: 'Declined'; readonly code: string }
  /** Decided as moved under another name than the gateway's, or than the number was taken for. */
  | { readonly type: 'OtherReference'; readonly expected: string };

/** A number without its document is a gap that nothing could ever close again, so no reason overrides it. */
export const isForceable = (against: readonly Contradiction[]): boolean =>
  !against.some(({ type }) => type === 'Numbered');

export type Decided = { readonly moved: boolean; readonly reference?: string };

export type Evidence = {
  readonly gateway: GatewaySays;
  readonly entry: Entry | undefined;
  /** From when on nothing can be under way any more. */
  readonly closesAt: number;
  /** When the gateway began to be asked. */
  readonly lookedUpAt: number;
};

/** Everything that speaks against the decision. That the gateway cannot be asked does not. */
export const contradictions = (
  { asked, seen }: Review,
  { moved, reference }: Decided,
  evidence: Evidence,
): readonly Contradiction[] => {
  const { gateway, entry } = evidence;
  const found = movedOf(gateway);
  const isAsked = found?.amountMinor === asked.amountMinor && found.currency === asked.currency;
  if (!moved) {
    return [
      ...(found !== undefined && isAsked ? [{ type: 'Moved' as const, found }] : []),
      ...(entry === undefined ? [] : [{ type: 'Numbered' as const, entry }]),
      // Where a result was seen, the key has one; that there is none is proven only after the close (R5, R6).
      ...(seen.length === 0 ? notClosed(evidence) : []),
    ];
  }
  const expected = [found?.reference, entry?.reference].find(
    (known) => known !== undefined && reference !== undefined && known !== reference,
  );
  return [
    ...(found !== undefined && !isAsked ? [{ type: 'OtherAmount' as const, found }] : []),
    ...(gateway.type === 'Several' || gateway.type === 'Absent' || gateway.type === 'Declined'
      ? [gateway]
      : []),
    ...(expected === undefined ? [] : [{ type: 'OtherReference' as const, expected }]),
  ];
};

const notClosed = ({ gateway, closesAt, lookedUpAt }: Evidence): readonly Contradiction[] =>
  (gateway.type === 'Absent' || gateway.type === 'Unknown') && lookedUpAt < closesAt
    ? [{ type: 'NotClosed', closesAt }]
    : [];

const movedOf = (gateway: GatewaySays): Moved | undefined =>
  gateway.type === 'Captured' || gateway.type === 'Refunded'
    ? {
        reference: gateway.reference,
        amountMinor: gateway.amountMinor,
        currency: gateway.currency,
      }
    : undefined;

/** The name of the money that moved: as it was given, as the gateway says, or as its number was taken for. */
export const referenceOf = (
  { reference }: Decided,
  { gateway, entry }: Pick<Evidence, 'gateway' | 'entry'>,
): string | undefined => reference ?? movedOf(gateway)?.reference ?? entry?.reference;
