import { ok, okAsync, Result } from 'neverthrow';
import * as Notification from '../../../domain/notification/index.ts';
import * as Order from '../../../domain/order/index.ts';
import type { DeadLetter } from '../../deadLetters/deadLetter.ts';
import { messageTypeOf, noticeIdOf } from '../../notification/noticeIds.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore, StreamId } from '../../ports/eventStore.ts';
import { orderStreamId } from '../../log/eventStreams.ts';
import type { AuditError, AuditCheck, CheckResult, Finding } from '../check.ts';
import type { ReadAuditQueues } from '../queues.ts';
import { createTwoSidedMatch, decideAll, type UnmatchedItem } from '../twoSidedMatch.ts';
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

type NotifiedCheckDependencies = {
  readonly store: Pick<EventStore, 'load'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Without it no dead letter explains why a customer was not notified. */
  readonly readQueues?: ReadAuditQueues;
};

/** A notice of an order: `receipt`, `credit#<refund>`. */
type NotifiedItem = { readonly orderId: string; readonly noticeId: string };

/**
 * S15: the customer was notified once of every settled fact, or a record says why not; and of
 * nothing else.
 */
export const createNotifiedCheck = (
  { store, clock, readQueues }: NotifiedCheckDependencies,
  { graceMs, heldMax }: { readonly graceMs: number; readonly heldMax?: number },
): AuditCheck => {
  const matching = createTwoSidedMatch<NotifiedItem>(heldMax);
  let inProgress = 0;
  const isYoung = (at: number): boolean => clock.now() - at < graceMs;

  const judge = ({ about }: UnmatchedItem<NotifiedItem>): CheckResult =>
    loadNotice(store, about).andThen((stream) =>
      loadOrder(store, about.orderId).andThen((order): CheckResult => {
        if (stream === undefined || order === undefined) return okAsync([]);
        return decide(about, { stream, order });
      }),
    );

  const decide = (
    { orderId, noticeId }: NotifiedItem,
    {
      stream,
      order,
    }: { readonly stream: DecodedStream<Notification.Event>; readonly order: DecodedOrder },
  ): CheckResult => {
    const streamId = `notification#${stream.id}`;
    const state = Notification.fold(eventsOf(stream));
    const last = stream.commits.at(-1)?.events.at(-1)?.version ?? 0;
    const since = firstOf(order, noticeId);
    if (since === undefined) {
      if (state.status !== 'sent') return okAsync([]);
      const why = 'the customer was notified of what the log does not hold';
      return okAsync([finding({ streamId, version: last, why }, { orderId, noticeId })]);
    }
    const isStillDue = noticeIdsIn(order.state).includes(noticeId);
    // A fact that another one has overtaken, such as a failed payment by a cancellation, is
    // announced by the other one's notice. A notice to a wrong address is repeated to the right
    // one.
    if (state.status === 'sent' || !isStillDue || isDiscarded(order, noticeId)) return okAsync([]);
    const about = { orderId, noticeId, ageMs: clock.now() - since.at };
    const at = state.status === 'claimed' ? state.at : since.at;
    if (isYoung(since.at) || isYoung(at)) {
      inProgress += 1;
      return okAsync([]);
    }
    const found = unsentFinding({ streamId, last, state, since }, about);
    if (readQueues === undefined) return okAsync([found]);
    return readQueues().map(({ notificationDeadLetters }) =>
      notificationDeadLetters.some((deadLetter) => isAbout(deadLetter, { orderId, noticeId }))
        ? []
        : [found],
    );
  };

  const see = async (
    side: UnmatchedItem<NotifiedItem>['side'],
    all: readonly NotifiedItem[],
  ): Promise<Result<readonly Finding[], AuditError>> => {
    const overflow = all.flatMap((about) =>
      matching.see({ side, key: `${about.orderId}#${about.noticeId}`, about }),
    );
    return Result.combine(await Promise.all(overflow.map(judge))).map((found) => found.flat());
  };

  return {
    proves: ['told'],
    visit: async (stream) => {
      const order = orderIn(stream);
      if (order !== undefined) {
        const due = noticeIdsIn(order.state);
        return see(
          'orders',
          due.map((noticeId) => ({ orderId: order.id, noticeId })),
        );
      }
      const notice = noticeIn(stream);
      if (notice === undefined) return ok([]);
      const { kind: orderId, id: noticeId } = partsOf(notice.id);
      const { isSent, findings } = sentTwice(notice, stream.streamId, { orderId, noticeId });
      // The notice that an order was received is a courtesy: nothing in the order requires it.
      if (!isSent || noticeId === 'received') return ok(findings);
      const seen = await see('others', [{ orderId, noticeId }]);
      return seen.map((found) => [...findings, ...found]);
    },
    conclude: (signal) => decideAll(matching.rest(), judge, signal),
    inProgress: () => inProgress,
  };
};

const loadNotice = (store: Pick<EventStore, 'load'>, { orderId, noticeId }: NotifiedItem) => {
  const streamId: StreamId = `notification#${orderId}#${noticeId}`;
  return unlessCorrupt(
    store
      .load(streamId)
      .andThen(({ commits }) => decodedCommits(streamId, commits, Notification.codec)),
  );
};

const sentTwice = (
  { commits }: DecodedStream<Notification.Event>,
  streamId: string,
  item: NotifiedItem,
): { readonly isSent: boolean; readonly findings: readonly Finding[] } => {
  const sent = commits
    .flatMap(({ events }) => events)
    .filter(({ event }) => event.type === 'NotificationSent');
  const findings = sent
    .slice(1)
    .map(({ version }) => finding({ streamId, version, why: 'sent twice' }, item));
  return { isSent: sent.length > 0, findings };
};

/** Why a notice that is due was not sent: a claim without a mail, or no claim at all. */
const unsentFinding = (
  {
    streamId,
    last,
    state,
    since,
  }: {
    readonly streamId: string;
    readonly last: number;
    readonly state: Notification.State;
    readonly since: { readonly version: number };
  },
  about: Finding['evidence'] & NotifiedItem,
): Finding =>
  state.status === 'claimed'
    ? finding({ streamId, version: last, why: 'claimed and never sent' }, about)
    : finding(
        {
          streamId: orderStreamId(about.orderId),
          version: since.version,
          why: 'the customer was never notified of it',
        },
        about,
      );

/** The notices that the customer has to get, at the newest address. */
const noticeIdsIn = (state: Order.State): readonly string[] =>
  Order.noticesOf(state).map((notice) => noticeIdOf(notice, state));

/** The first event after which the notice is due. */
const firstOf = (
  { commits }: DecodedOrder,
  noticeId: string,
): { readonly version: number; readonly at: number } | undefined => {
  let state = Order.initialState;
  for (const { committedAt: at, events } of commits) {
    for (const { event, version } of events) {
      state = Order.evolve(state, event);
      if (noticeIdsIn(state).includes(noticeId)) return { version, at };
    }
  }
  return undefined;
};

/**
 * Whether a person has discarded the message that would have sent this notice to this address, with
 * a reason.
 */
const isDiscarded = (order: DecodedOrder, noticeId: string): boolean =>
  eventsSinceCorrection(order).some(
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
