import type { MoneyMovement } from '../ports/paymentGateway.ts';
import type { GatewayAnswer } from './askGateway.ts';
import type { DecisionRequest } from './decision.ts';
import type { FoundNumber, ReviewCase } from './reviews.ts';

export type DecisionTerms = Pick<DecisionRequest, 'moved' | 'reference'>;

type MoneyEvidence = { readonly gateway: GatewayAnswer; readonly entry: FoundNumber | undefined };

/**
 * The ids to look up: the one that the money is said to have, or all ids under which money was ever
 * seen, which may have been refunded since.
 */
export const referencesToCheck = (
  { seen }: Pick<ReviewCase, 'seen'>,
  decided: DecisionTerms,
  evidence: MoneyEvidence,
): readonly string[] => {
  const { gateway } = evidence;
  const found = gateway.type === 'Several' ? gateway.found : [movementIn(gateway) ?? []].flat();
  const names = decided.moved
    ? [referenceOf({ seen }, decided, evidence) ?? []].flat()
    : [...seen, ...found].map(({ reference }) => reference);
  return [...new Set(names)];
};

export const toMovement = ({ reference, amountMinor, currency }: MoneyMovement): MoneyMovement => ({
  reference,
  amountMinor,
  currency,
});

export const movementIn = (gateway: GatewayAnswer): MoneyMovement | undefined =>
  gateway.type === 'Captured' || gateway.type === 'Refunded' ? toMovement(gateway) : undefined;

/**
 * The id of the money that moved, as given, or by the gateway, or by its number, or the only one
 * that was seen when the review began.
 */
export const referenceOf = (
  { seen }: Pick<ReviewCase, 'seen'>,
  { reference }: DecisionTerms,
  { gateway, entry }: MoneyEvidence,
): string | undefined => {
  const [only, other] = gateway.type === 'Unknown' ? seen : [];
  return (
    reference ??
    movementIn(gateway)?.reference ??
    entry?.reference ??
    (other === undefined ? only?.reference : undefined)
  );
};
