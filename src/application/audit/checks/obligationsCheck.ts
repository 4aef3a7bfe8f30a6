import { err, type ResultAsync } from 'neverthrow';
import { openReviews, progressOf } from '../../../domain/order/index.ts';
import { mapConcurrent } from '../../log/mapConcurrent.ts';
import { orderStreamId } from '../../log/eventStreams.ts';
import {
  type AuditError,
  type AuditCheck,
  type Finding,
  NO_FINDINGS,
  type CheckDependencies,
} from '../check.ts';
import type { QueuesSeen, ReadAuditQueues } from '../queues.ts';
import { createOldestN, type WaitingItem, type WaitingList } from '../waiting.ts';
import { joinWaiting, waitingItems } from '../waitingItems.ts';
import { loadOrder, orderIn, type DecodedOrder } from '../decodedStreams.ts';

type ObligationsCheckDependencies = CheckDependencies & {
  /** Without it open orders are only listed, and their future is not judged. */
  readonly readQueues?: ReadAuditQueues;
};

export type ObligationsCheck = Required<AuditCheck> & {
  readonly open: () => WaitingList;
  readonly inReview: () => WaitingList;
  /** Open disputes, each since its newest stage began. */
  readonly disputes: () => WaitingList;
  /**
   * Open disputes whose bank takes no more evidence. They are the merchant's matter, and no
   * findings.
   */
  readonly disputesOverdue: () => WaitingList;
  /** The earliest end of a time for evidence that is to come; 0 where none is. */
  readonly disputesDueBy: () => number;
};

/**
 * The number of open orders that are compared with the dead letters. Beyond it, the youngest are
 * left out.
 */
const SUSPECTS_MAX = 10_000;

/** L1: an open order is in the queue, on its way to it, or in the dead-letter queue. */
export const createObligationsCheck = (
  { store, clock, readQueues }: ObligationsCheckDependencies,
  { graceMs, listedMax }: { readonly graceMs: number; readonly listedMax: number },
): ObligationsCheck => {
  const open = createOldestN(SUSPECTS_MAX);
  const inReview = createOldestN(listedMax);
  const disputes = createOldestN(listedMax);
  const disputesOverdue = createOldestN(listedMax);
  const lists = { open, inReview, disputes, disputesOverdue };
  let disputesDueBy = Infinity;
  let inProgress = 0;

  return {
    proves: readQueues === undefined ? [] : ['obligations'],
    visit: (stream) => {
      const order = orderIn(stream);
      if (order === undefined || stream.again) return NO_FINDINGS;
      const standing = progressOf(order.state);
      const { id: orderId } = order;
      const since = newest(order);
      if (standing === 'open') open.add({ orderId, since, why: 'open' });
      // A part of an order that is to be driven on may wait for a person, too.
      for (const { refundId, reason, since: asked } of openReviews(order.state)) {
        const subject = refundId === undefined ? 'payment' : `refund#${refundId}`;
        inReview.add({ orderId, subject, since: asked, why: reason });
      }
      for (const dispute of order.state.disputes ?? []) {
        const { dispute: subject, openedAt, dueBy, verdict, stage, reason } = dispute;
        if (verdict !== undefined) continue;
        const disputed = { orderId, subject, why: `${stage}: ${reason}` };
        disputes.add({ ...disputed, since: openedAt });
        const isOverdue = dueBy > 0 && dueBy <= clock.now();
        if (isOverdue) disputesOverdue.add({ ...disputed, since: dueBy });
        else if (dueBy > 0) disputesDueBy = Math.min(disputesDueBy, dueBy);
      }
      return NO_FINDINGS;
    },
    conclude: async function* (signal) {
      const { oldest } = open.list();
      const old = oldest.filter(({ since }) => clock.now() - since >= graceMs);
      inProgress = oldest.length - old.length;
      if (readQueues === undefined || old.length === 0) return;
      const queues = await readQueues();
      if (queues.isErr()) return yield err(queues.error);
      const dead = new Set(queues.value.paymentDeadLetters.map(({ orderId }) => orderId));
      const suspects = await stillWaiting(
        old.filter(({ orderId }) => !dead.has(orderId)),
        store,
        signal,
      );
      yield suspects.map((waiting) => orphans(waiting, { queues: queues.value, now: clock.now() }));
    },
    inProgress: () => inProgress,
    part: function* () {
      yield* waitingItems(lists);
      if (disputesDueBy !== Infinity) yield { of: 'dueBy', at: disputesDueBy };
    },
    join: (item) => {
      joinWaiting(lists, item);
      if (item.of === 'dueBy') disputesDueBy = Math.min(disputesDueBy, item.at);
      return NO_FINDINGS;
    },
    open: () => {
      const { count, oldest } = open.list();
      return { count, oldest: oldest.slice(0, listedMax) };
    },
    inReview: () => inReview.list(),
    disputes: () => disputes.list(),
    disputesOverdue: () => disputesOverdue.list(),
    disputesDueBy: () => (disputesDueBy === Infinity ? 0 : disputesDueBy),
  };
};

const newest = ({ commits }: DecodedOrder): number => commits.at(-1)?.committedAt ?? 0;

const isOpenSince = (order: DecodedOrder, since: number): boolean =>
  progressOf(order.state) === 'open' && newest(order) === since;

/** The orders that are still open and unchanged: a changed one is being driven. */
const stillWaiting = (
  suspects: readonly WaitingItem[],
  store: CheckDependencies['store'],
  signal?: AbortSignal,
): ResultAsync<readonly WaitingItem[], AuditError> =>
  mapConcurrent(
    suspects,
    (waiting) =>
      loadOrder(store, waiting.orderId).map((order) =>
        order !== undefined && isOpenSince(order, waiting.since) ? [waiting] : [],
      ),
    signal,
  ).map((found) => found.flat());

/**
 * The findings for orders that nothing will continue. While messages wait, nobody can know their
 * orders without receiving them. Then it is only known whether there are fewer messages than orders
 * that need one.
 */
const orphans = (
  waiting: readonly WaitingItem[],
  { queues, now }: { readonly queues: QueuesSeen; readonly now: number },
): readonly Finding[] => {
  const { paymentsWaiting: messages, isComplete } = queues;
  const finding = (orderId: string, why: string, evidence: Finding['evidence']): Finding => ({
    invariant: 'obligations',
    streamId: orderStreamId(orderId),
    why,
    evidence,
  });
  const [oldest] = waiting;
  if (oldest === undefined) return [];
  const [open, ageMs] = [waiting.length, now - oldest.since];
  const ofAll = `of ${open} open orders, of which this is the oldest,`;
  if (!isComplete) {
    const why = `${ofAll} nothing can be said: there are more dead letters than were looked at`;
    return [finding(oldest.orderId, why, { open, ageMs })];
  }
  if (messages === 0) {
    const why =
      'it is open, and neither the queue nor the dead-letter queue holds a message for it';
    return waiting.map(({ orderId, since }) => finding(orderId, why, { ageMs: now - since }));
  }
  const atLeast = open - messages;
  if (atLeast <= 0) return [];
  const why = `at least ${atLeast} ${ofAll} have no message`;
  return [finding(oldest.orderId, why, { open, messages, ageMs })];
};
