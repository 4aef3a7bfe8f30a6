import { ResultAsync } from 'neverthrow';
import * as Claim from '../../../domain/claim/events.ts';
import { claimStreamId } from '../../log/eventStreams.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { NO_FINDINGS, type AuditCheck, type CheckResult, type Finding } from '../check.ts';
import { decodedCommits, eventsOf, orderIn, unlessCorrupt } from '../decodedStreams.ts';

/**
 * I17: each payment of the shop's that was verified is claimed by its order, and by no other before
 * it. The check reads one stream for each such order.
 */
export const createClaimsCheck = ({
  store,
}: {
  readonly store: Pick<EventStore, 'load'>;
}): AuditCheck => ({
  proves: ['legal'],
  visit: (stream) => {
    const order = orderIn(stream);
    if (order?.located.some(({ event }) => event.type === 'PaymentVerified') !== true) {
      return NO_FINDINGS;
    }
    let account = '';
    const checked = order.located.flatMap(({ event, version }): readonly CheckResult[] => {
      if (event.type === 'PaymentRequested') ({ account } = event.data);
      if (event.type !== 'PaymentVerified') return [];
      const { reference } = event.data;
      const of = { streamId: stream.streamId, version, reference };
      const streamId = claimStreamId(`${account}#${reference}`);
      const claims = store
        .load(streamId)
        .andThen(({ commits }) => decodedCommits(streamId, commits, Claim.codec));
      return [
        unlessCorrupt(claims).map((read) => {
          // One that cannot be read is a finding of the scan.
          if (read === undefined) return [];
          return findingsOf(eventsOf(read)[0]?.data.orderId, order.id, of);
        }),
      ];
    });
    return ResultAsync.combine(checked).map((findings) => findings.flat());
  },
});

const findingsOf = (
  claimedBy: string | undefined,
  orderId: string,
  of: { readonly streamId: string; readonly version: number; readonly reference: string },
): readonly Finding[] => {
  if (claimedBy === orderId) return [];
  const { streamId, version, reference } = of;
  const why =
    claimedBy === undefined
      ? 'PaymentVerified: the payment is claimed by nobody (I17)'
      : 'PaymentVerified: the payment is claimed by another order (I17)';
  const evidence = { reference, ...(claimedBy === undefined ? {} : { claimedBy }) };
  return [{ invariant: 'legal', streamId, version, why, evidence }];
};
