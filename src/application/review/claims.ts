import { err, ok, okAsync, safeTry, type ResultAsync } from 'neverthrow';
import { PERSON } from '../causes.ts';
import type { ClaimStream } from '../log/eventStreams.ts';
import { createClaimPayment } from '../orders/claimPayment.ts';
import type { AppendError, LoadError } from '../ports/eventStore.ts';
import type { GatewayAnswer } from './askGateway.ts';
import type { ReviewContradiction } from './contradictions.ts';
import type { ReviewCase } from './reviews.ts';

/** A known fact contradicts the decision. */
export type ContradictedDecision = {
  readonly type: 'Contradicted';
  readonly against: readonly ReviewContradiction[];
  readonly gateway: GatewayAnswer;
};

/**
 * Claims a payment for a review. A payment pays one order (R16): one that a person attributes to
 * this order is claimed for it before that is recorded. Where two people name one payment for two
 * orders, one of them is refused.
 */
export const claimForReview = (
  dependencies: Parameters<typeof createClaimPayment>[0],
  { orderId, of, asked: { account } }: ReviewCase,
  named: {
    readonly reference: string;
    readonly gateway: GatewayAnswer;
    readonly correlationId: string;
  },
): ResultAsync<void, AppendError | LoadError | ContradictedDecision> => {
  if (of.type !== 'Payment') return okAsync(undefined);
  const { reference, gateway, correlationId } = named;
  const handling = { orderId, correlationId, causationId: PERSON };
  return createClaimPayment(dependencies)({ account, payment: reference }, handling).andThen(
    ({ orderId: claimedBy }) => {
      if (claimedBy === orderId) return ok();
      const against = [{ type: 'ClaimedByAnother', reference, claimedBy } as const];
      return err<never, ContradictedDecision>({ type: 'Contradicted', against, gateway });
    },
  );
};

/** The claims of other orders on these payments, and on the one that the order names. */
export const claimsOfOthers = (
  references: readonly string[],
  { orderId, of, asked: { account } }: ReviewCase,
  claims: Pick<ClaimStream, 'load'>,
): ResultAsync<ReadonlyMap<string, string>, LoadError> =>
  safeTry(async function* () {
    const claimedBy = new Map<string, string>();
    if (of.type !== 'Payment') return ok(claimedBy);
    const { payment } = of;
    for (const one of new Set([...references, ...(payment === undefined ? [] : [payment])])) {
      const { state } = yield* claims.load(`${account}#${one}`);
      const other = state.claimed?.orderId ?? orderId;
      if (other !== orderId) claimedBy.set(one, other);
    }
    return ok(claimedBy);
  });
