import { okAsync } from 'neverthrow';
import * as Notification from '../../../domain/notification/index.ts';
import * as Order from '../../../domain/order/index.ts';
import type { DeadLetter } from '../../deadLetters/deadLetter.ts';
import { messageTypeOf, noticeIdOf } from '../../notification/noticeIds.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { noticeStreamId, orderStreamId } from '../../log/eventStreams.ts';
import {
  NO_FINDINGS,
  withAlso,
  type AuditCheck,
  type CheckDependencies,
  type CheckResult,
  type Finding,
  type MatchBounds,
} from '../check.ts';
import type { ReadAuditQueues } from '../queues.ts';
import { createTwoSidedMatch } from '../twoSidedMatch.ts';
import {
  eventsOf,
  loadOrder,
  noticeIn,
  orderIn,
  partsOf,
  decodedCommits,
  unlessCorrupt,
  type DecodedOrder,
  type DecodedStream,
} from '../decodedStreams.ts';

type NotifiedCheckDependencies = CheckDependencies & {
  /** Without it no dead letter explains why a customer was not notified. */
  readonly readQueues?: ReadAuditQueues;
};

/** One notice of an order: `receipt`, `credit#<refund>`. */
type NotifiedItem = { readonly orderId: string; readonly noticeId: string };

/** S15: the customer was notified once of every settled fact, or a record says why not. */
export const createNotifiedCheck = (
  { store, clock, readQueues }: NotifiedCheckDependencies,
  { graceMs, heldMax }: MatchBounds,
): AuditCheck => {
  let inProgress = 0;
  const isYoung = (at: number): boolean => clock.now() - at < graceMs;

  const judge = (item: NotifiedItem): CheckResult =>
    loadNotice(store, item).andThen((notice) =>
      loadOrder(store, item.orderId).andThen((order) =>
        notice === undefined || order === undefined ? okAsync([]) : decide(item, notice, order),
      ),
    );

  const decide = (item: NotifiedItem, notice: DecodedNotice, order: DecodedOrder): CheckResult => {
    const state = Notification.fold(eventsOf(notice));
    const due = firstOf(order, item.noticeId);
    if (due === undefined) return okAsync(state.status === 'sent' ? [unfounded(item, notice)] : []);
    const isDone = state.status === 'sent' || state.status === 'withheld';
    if (isDone || !isStillDue(order, item.noticeId)) return okAsync([]);
    if (isYoung(due.at) || (state.status === 'claimed' && isYoung(state.at))) {
      inProgress += 1;
      return okAsync([]);
    }
    const evidence = { ...item, ageMs: clock.now() - due.at };
    const found =
      state.status === 'claimed'
        ? finding({ ...endOf(notice), why: 'claimed and never sent' }, evidence)
        : finding({ ...due, why: 'the customer was never notified of it' }, evidence);
    if (readQueues === undefined) return okAsync([found]);
    return readQueues().map(({ notificationDeadLetters }) =>
      notificationDeadLetters.some((deadLetter) => isAbout(deadLetter, item)) ? [] : [found],
    );
  };

  const { see, conclude, unmatched } = createTwoSidedMatch<NotifiedItem>({ judge, heldMax });
  const keyed = (about: NotifiedItem) => ({ key: `${about.orderId}#${about.noticeId}`, about });

  return {
    proves: ['told'],
    visit: (stream) => {
      const order = orderIn(stream);
      if (order !== undefined) {
        const due = noticeIdsIn(order.state);
        return see(
          'orders',
          due.map((noticeId) => keyed({ orderId: order.id, noticeId })),
        );
      }
      const notice = noticeIn(stream);
      if (notice === undefined) return NO_FINDINGS;
      const { kind: orderId, id: noticeId } = partsOf(notice.id);
      const item = { orderId, noticeId };
      const [first, ...more] = sentIn(notice);
      const twice = more.map((version) => finding({ ...stream, version, why: 'sent twice' }, item));
      // The notice that an order was received is a courtesy: nothing in the order requires it.
      if (first === undefined || noticeId === 'received') return twice;
      return withAlso(twice, see('others', [keyed(item)]));
    },
    conclude,
    inProgress: () => inProgress,
    part: function* () {
      for (const { side, about } of unmatched()) yield { of: 'notice', side, ...about };
    },
    join: (item) => {
      if (item.of !== 'notice') return NO_FINDINGS;
      const { side, orderId, noticeId } = item;
      return see(side, [keyed({ orderId, noticeId })]);
    },
  };
};

type DecodedNotice = DecodedStream<Notification.Event>;

const loadNotice = (store: Pick<EventStore, 'load'>, { orderId, noticeId }: NotifiedItem) => {
  const streamId = noticeStreamId(`${orderId}#${noticeId}`);
  return unlessCorrupt(
    store
      .load(streamId)
      .andThen(({ commits }) => decodedCommits(streamId, commits, Notification.codec)),
  );
};

const sentIn = ({ located }: DecodedNotice): readonly number[] =>
  located.filter(({ event }) => event.type === 'NotificationSent').map(({ version }) => version);

const endOf = ({ id, located }: DecodedNotice) => ({
  streamId: noticeStreamId(id),
  version: located.at(-1)?.version ?? 0,
});

const unfounded = (item: NotifiedItem, notice: DecodedNotice): Finding => {
  const why = 'the customer was notified of what the log does not hold';
  return finding({ ...endOf(notice), why }, item);
};

/** The notices that the customer has to get, at the newest address. */
const noticeIdsIn = (state: Order.State): readonly string[] =>
  Order.noticesOf(state).map((notice) => noticeIdOf(notice, state));

const firstOf = ({ id, located }: DecodedOrder, noticeId: string) => {
  let state = Order.initialState;
  for (const { event, version, commit } of located) {
    state = Order.evolve(state, event);
    if (noticeIdsIn(state).includes(noticeId)) {
      return { streamId: orderStreamId(id), version, at: commit.committedAt };
    }
  }
  return undefined;
};

/**
 * Whether the customer still has to get the notice. A fact that another one has overtaken, such as
 * a failed payment by a cancellation, is announced by the other one's notice. A notice to a wrong
 * address is repeated to the right one. A person may have discarded the message that would have
 * sent this notice to this address, with a reason.
 */
const isStillDue = (order: DecodedOrder, noticeId: string): boolean =>
  noticeIdsIn(order.state).includes(noticeId) &&
  !eventsSinceCorrection(order).some(
    ({ type, data }) =>
      type === 'LetterDiscarded' &&
      data.queue === 'notifications' &&
      data.command === messageTypeOf(noticeId),
  );

const eventsSinceCorrection = (order: DecodedOrder): readonly Order.StreamEvent[] => {
  const events = eventsOf(order);
  return events.slice(events.findLastIndex(({ type }) => type === 'CustomerEmailCorrected') + 1);
};

/** A dead letter with an unreadable body may have been about any notice of its order. */
const isAbout = ({ orderId, command }: DeadLetter, item: NotifiedItem): boolean =>
  orderId === item.orderId && (command === undefined || command === messageTypeOf(item.noticeId));

const finding = (
  { streamId, version, why }: Pick<Finding, 'streamId' | 'why'> & { readonly version: number },
  evidence: Finding['evidence'],
): Finding => ({ invariant: 'told', streamId, version, why, evidence });
