import type * as Order from '../../../domain/order/index.ts';
import { NO_FINDINGS, type AuditCheck, type CheckDependencies, type Finding } from '../check.ts';
import { loadOrder, orderIn, type DecodedOrder } from '../decodedStreams.ts';
import { createOldestN, type WaitingList } from '../waiting.ts';
import { joinWaiting, waitingItems } from '../waitingItems.ts';

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
  { store, clock }: CheckDependencies,
  { overdueMs, listedMax }: { readonly overdueMs: number; readonly listedMax: number },
): UnknownCheck => {
  const oldest = createOldestN(listedMax);
  const isOverdue = ({ at }: UnansweredRequest): boolean => clock.now() - at >= overdueMs;
  return {
    proves: ['unknown'],
    visit: (stream) => {
      const order = orderIn(stream);
      if (order === undefined) return NO_FINDINGS;
      const open = openIn(order, clock.now());
      if (!stream.again) {
        for (const { subject, at: since } of open) {
          oldest.add({ orderId: order.id, subject, since, why: 'its outcome is not known' });
        }
      }
      if (!open.some(isOverdue)) return NO_FINDINGS;
      // It may have been settled since the scan read it.
      return loadOrder(store, order.id).map((now) => {
        const overdue = now === undefined ? [] : openIn(now, clock.now()).filter(isOverdue);
        return overdue.map(({ subject, at, version }): Finding => ({
          invariant: 'unknown',
          streamId: stream.streamId,
          version,
          why: 'its outcome is not known for longer than the rules allow',
          evidence: { subject, ageMs: clock.now() - at, allowedMs: overdueMs },
        }));
      });
    },
    part: () => waitingItems({ unknown: oldest }),
    join: (item) => {
      joinWaiting({ unknown: oldest }, item);
      return NO_FINDINGS;
    },
    unknown: () => oldest.list(),
  };
};

/**
 * The requests without an outcome. Those in review wait for a person and are not counted, nor is
 * what the gateway calls under way, until the end of the time that it is given (R19).
 */
const openIn = (
  { located, state: { payment, refunds } }: DecodedOrder,
  now: number,
): readonly UnansweredRequest[] => {
  const versionOf = (isIt: (event: Order.StreamEvent) => boolean): number =>
    located.findLast(({ event }) => isIt(event))?.version ?? 0;
  const unanswered: UnansweredRequest[] = [];
  const { pending, authentication } = payment.status === 'requested' ? payment : {};
  const waitsUntil = (pending ?? authentication)?.until;
  if (payment.status === 'requested' && (waitsUntil ?? 0) <= now) {
    const { attempt } = payment;
    const at = waitsUntil ?? payment.at;
    const version = versionOf(({ type }) => type === 'PaymentRequested');
    unanswered.push({ subject: `payment#${attempt}`, at, version });
  }
  for (const refund of refunds) {
    if (refund.status !== 'pending' || (refund.pending?.until ?? 0) > now) continue;
    const { refundId } = refund;
    const at = refund.pending?.until ?? refund.at;
    const version = versionOf(
      ({ type, data }) => type === 'RefundRequested' && data.refundId === refundId,
    );
    unanswered.push({ subject: `refund#${refundId}`, at, version });
  }
  return unanswered;
};
