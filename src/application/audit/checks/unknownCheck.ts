import { err, ok } from 'neverthrow';
import type * as Order from '../../../domain/order/index.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { type AuditCheck, type Finding, createOldestN, type WaitingList } from '../check.ts';
import { loadOrder, orderIn, type DecodedOrder } from '../decodedStreams.ts';

type UnknownCheckDependencies = {
  readonly store: Pick<EventStore, 'load'>;
  readonly clock: Pick<Clock, 'now'>;
};

export type UnknownCheck = AuditCheck & { readonly unknown: () => WaitingList };

type UnansweredRequest = {
  readonly subject: string;
  readonly at: number;
  readonly version: number;
};

/**
 * L4: a request without a recorded outcome is unknown. By the rules it goes to review at the latest
 * when its look-ups end. A request that is open for longer is driven by nobody.
 */
export const createUnknownCheck = (
  { store, clock }: UnknownCheckDependencies,
  { overdueMs, listedMax }: { readonly overdueMs: number; readonly listedMax: number },
): UnknownCheck => {
  const oldest = createOldestN(listedMax);
  const isOverdue = ({ at }: UnansweredRequest): boolean => clock.now() - at >= overdueMs;
  return {
    proves: ['unknown'],
    visit: async (stream) => {
      const order = orderIn(stream);
      if (order === undefined) return ok([]);
      const open = openIn(order);
      if (!stream.again) {
        for (const { subject, at: since } of open) {
          oldest.add({ orderId: order.id, subject, since, why: 'its outcome is not known' });
        }
      }
      if (!open.some(isOverdue)) return ok([]);
      // It may have been settled since the scan read it.
      const now = await loadOrder(store, order.id);
      if (now.isErr()) return err(now.error);
      const overdue = now.value === undefined ? [] : openIn(now.value).filter(isOverdue);
      return ok(
        overdue.map(({ subject, at, version }): Finding => ({
          invariant: 'unknown',
          streamId: stream.streamId,
          version,
          why: 'its outcome is not known for longer than the rules allow',
          evidence: { subject, ageMs: clock.now() - at, allowedMs: overdueMs },
        })),
      );
    },
    // Each order is judged by itself.
    conclude: async function* () {},
    unknown: () => oldest.list(),
  };
};

/** The requests without an outcome. Those in review wait for a person and are not counted. */
const openIn = ({
  commits,
  state: { payment, refunds },
}: DecodedOrder): readonly UnansweredRequest[] => {
  const versionOf = (isIt: (event: Order.StreamEvent) => boolean): number =>
    commits.flatMap(({ events }) => events).findLast(({ event }) => isIt(event))?.version ?? 0;
  const payments =
    payment.status === 'requested'
      ? [
          {
            subject: `payment#${payment.attempt}`,
            at: payment.at,
            version: versionOf(({ type }) => type === 'PaymentRequested'),
          },
        ]
      : [];
  const pending = refunds.flatMap((refund): readonly UnansweredRequest[] => {
    if (refund.status !== 'pending') return [];
    const { refundId, at } = refund;
    const version = versionOf(
      ({ type, data }) => type === 'RefundRequested' && data.refundId === refundId,
    );
    return [{ subject: `refund#${refundId}`, at, version }];
  });
  return [...payments, ...pending];
};
