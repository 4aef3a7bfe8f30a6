import { ok, okAsync, Result, type ResultAsync } from 'neverthrow';
import * as Notification from '../../../domain/notification/index.ts';
import * as Order from '../../../domain/order/index.ts';
import type { DeadLetter } from '../../deadLetters/deadLetter.ts';
import { messageTypeOf, noticeIdOf } from '../../notification/noticeIds.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore, StreamId } from '../../ports/eventStore.ts';
import { orderStreamId } from '../../log/eventStreams.ts';
import type { AuditError, AuditCheck, Finding } from '../check.ts';
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
  /** Without it no dead letter explains why somebody was not told. */
  readonly readQueues?: ReadAuditQueues;
};

/** Of one order, and what of it: `receipt`, `credit#<refund>`. */
type NotifiedItem = { readonly orderId: string; readonly noticeId: string };
type Findings = ResultAsync<readonly Finding[], AuditError>;

/** S15: of every settled fact the customer was told once, or something says why not; and of nothing else. */
export const createNotifiedCheck = (
  { store, clock, readQueues }: NotifiedCheckDependencies,
  { graceMs, heldMax }: { readonly graceMs: number; readonly heldMax?: number },
): AuditCheck => {
  const matching = createTwoSidedMatch<NotifiedItem>(heldMax);
  let inProgress = 0;
  const isYoung = (at: number): boolean => clock.now() - at < graceMs;

  const judge = ({ about }: UnmatchedItem<NotifiedItem>): Findings => {
    const streamId: StreamId = `notification#${about.orderId}#${about.noticeId}`;
    const notice = store
      .load(streamId)
      .andThen(({ commits }) => decodedCommits(streamId, commits, Notification.codec));
    return unlessCorrupt(notice).andThen((stream) =>
      loadOrder(store, about.orderId).andThen((order): Findings => {
        if (stream === undefined || order === undefined) return okAsync([]);
        return decide(about, { stream, order });
      }),
    );
  };

  const decide = (
    { orderId, noticeId }: NotifiedItem,
    {
      stream,
      order,
    }: { readonly stream: DecodedStream<Notification.Event>; readonly order: DecodedOrder },
  ): Findings => {
    const streamId = `notification#${stream.id}`;
    const state = Notification.fold(eventsOf(stream));
    const last = stream.commits.at(-1)?.events.at(-1)?.version ?? 0;
    const since = firstOf(order, noticeId);
    if (since === undefined) {
      if (state.status !== 'sent') return okAsync([]);
      const why = 'the customer was told of what the log does not hold';
      return okAsync([finding({ streamId, version: last, why }, { orderId, noticeId })]);
    }
    const isStillDue = noticeIdsIn(order.state).includes(noticeId);
    // A fact that another one has overtaken, such as a failed payment by a cancel, is told in its place; one at
    // an address that was wrong is told at the right one.
    if (state.status === 'sent' || !isStillDue || isDiscarded(order, noticeId)) return okAsync([]);
    const about = { orderId, noticeId, ageMs: clock.now() - since.at };
    const at = state.status === 'claimed' ? state.at : since.at;
    if (isYoung(since.at) || isYoung(at)) {
      inProgress += 1;
      return okAsync([]);
    }
    const found =
      state.status === 'claimed'
        ? finding({ streamId, version: last, why: 'claimed and never sent' }, about)
        : finding(
            {
              streamId: orderStreamId(orderId),
              version: since.version,
              why: 'the customer was never told of it',
            },
            about,
          );
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
      const sent = notice.commits
        .flatMap(({ events }) => events)
        .filter(({ event }) => event.type === 'NotificationSent');
      const twice = sent
        .slice(1)
        .map(({ version }) =>
          finding({ streamId: stream.streamId, version, why: 'sent twice' }, { orderId, noticeId }),
        );
      // That an order was received is a courtesy: nothing in the order asks for it.
      if (sent.length === 0 || noticeId === 'received') return ok(twice);
      const seen = await see('others', [{ orderId, noticeId }]);
      return seen.map((found) => [...twice, ...found]);
    },
    conclude: (signal) => decideAll(matching.rest(), judge, signal),
    inProgress: () => inProgress,
  };
};

/** Of what the customer is to be told, at the newest address. */
const noticeIdsIn = (state: Order.State): readonly string[] =>
  Order.noticesOf(state).map((notice) => noticeIdOf(notice, state));

/** The first event after which the customer is to be told of it. */
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

/** A person has deleted the message that was to tell it at this address, and said why. */
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

/** A letter that does not say what it was to tell may have been to tell anything of its order. */
const isAbout = ({ orderId, command }: DeadLetter, item: NotifiedItem): boolean =>
  orderId === item.orderId && (command === undefined || command === messageTypeOf(item.noticeId));

const finding = (
  { streamId, version, why }: Pick<Finding, 'streamId' | 'why'> & { readonly version: number },
  evidence: Finding['evidence'],
): Finding => ({ invariant: 'told', streamId, version, why, evidence });
