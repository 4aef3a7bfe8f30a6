import { err, errAsync, ResultAsync, type Result } from 'neverthrow';
import { asOf, until, type LogPrefix, type OutsideOfLife } from '../../../application/log/asOf.ts';
import type {
  CorruptStream,
  EventStore,
  LoadError,
  RecordedCommit,
} from '../../../application/ports/eventStore.ts';
import { noticeIdsOf } from '../../../application/notification/noticeIds.ts';
import {
  decodeCommits,
  foldOrder,
  locateEvents,
  noticeStreamId,
  orderStreamId,
} from '../../../application/log/eventStreams.ts';
import * as Notification from '../../../domain/notification/events.ts';
import * as Order from '../../../domain/order/index.ts';
import { failed, failureOf, type CliFailure } from './failure.ts';
import { type At } from './at.ts';
import { timeOf } from './text.ts';

/** One event with its place in the log, and the messages that it came from. */
export type HistoryLine = {
  readonly version: number;
  readonly at: string;
  readonly commitId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly event: Order.StreamEvent;
};

export type History = {
  readonly orderId: string;
  readonly entries: readonly HistoryLine[];
  readonly events: readonly Order.StreamEvent[];
  readonly state: Order.State;
};

/** The events for machines, each with its place. */
export const eventsJson = ({ entries }: Pick<History, 'entries'>) =>
  entries.map(({ event, ...place }) => ({ ...place, ...event }));

/** `received` and so on, each with what became of it. */
export type Mails = readonly (readonly [notice: string, status: string])[];

type Reads = Pick<EventStore, 'load'>;

/** The history of an order; it is empty if there is no such order. */
export const loadHistory = (store: Reads, orderId: string): ResultAsync<History, LoadError> =>
  store.load(orderStreamId(orderId)).andThen(({ commits }) => historyOf(orderId, commits));

const historyOf = (
  orderId: string,
  commits: readonly RecordedCommit[],
): Result<History, CorruptStream> =>
  locateEvents(commits, Order.codec).map((located) => {
    const entries = located.map(({ event, version, commit }): HistoryLine => {
      const { committedAt, commitId, correlationId, causationId } = commit;
      const at = new Date(committedAt).toISOString();
      return { version, at, commitId, correlationId, causationId, event };
    });
    const events = entries.map(({ event }) => event);
    return { orderId, entries, events, state: foldOrder(located) };
  });

/** `shown` is left out if no moment was asked for: then it is the order as it is. */
export type HistoryAt = { readonly history: History; readonly shown?: LogPrefix };

/** Loads an order as it is, or as it was at a moment. It is a failure if there is or was none. */
export const loadHistoryAt = (
  store: Reads,
  orderId: string,
  at: At | undefined,
): ResultAsync<HistoryAt, CliFailure> => {
  if (!Order.isOrderId(orderId)) return errAsync(unknownOrder(orderId));
  const read = (commits: readonly RecordedCommit[]) =>
    historyOf(orderId, commits).mapErr(failureOf);
  return store
    .load(orderStreamId(orderId))
    .mapErr(failureOf)
    .andThen(({ commits }): Result<HistoryAt, CliFailure> => {
      if (commits.length === 0) return err(unknownOrder(orderId));
      if (at === undefined) return read(commits).map((history) => ({ history }));
      return asOf(commits, at.moment)
        .mapErr((outside) => outsideOfLife(orderId, outside, at))
        .andThen((shown) => read(shown.commits).map((history) => ({ history, shown })));
    });
};

/** The status of every notice of an order: now, or at the time of the last commit that is shown. */
export const loadMails = (
  store: Reads,
  { history: { orderId, state }, shown }: HistoryAt,
  at: At | undefined,
): ResultAsync<Mails, CliFailure> => {
  const end = at?.moment.type === 'Time' ? at.moment.at : shown?.at;
  return ResultAsync.combine(
    noticeIdsOf(state).map((id) =>
      store
        .load(noticeStreamId(`${orderId}#${id}`))
        .andThen(({ commits }) =>
          decodeCommits(end === undefined ? commits : until(commits, end), Notification.codec),
        )
        .map((events) => [id, Notification.fold(events).status] as const),
    ),
  ).mapErr(failureOf);
};

const outsideOfLife = (orderId: string, outside: OutsideOfLife, { asked }: At): CliFailure => {
  const { type } = outside;
  switch (type) {
    case 'NeverBegun':
      return unknownOrder(orderId);
    case 'BeforeItsBeginning': {
      const first = `its first events were written at ${timeOf(outside.firstAt)}`;
      return failed(type, `there was no order ${orderId} at ${asked}; ${first}`);
    }
    case 'BeyondItsEnd':
      return failed(
        type,
        `the order ${orderId} has no version ${asked}; its last is ${outside.latestVersion}`,
      );
  }
};

export const unknownOrder = (orderId: string): CliFailure =>
  failed('UnknownOrder', `there is no order ${JSON.stringify(orderId)}`, [
    'If it was submitted just now, it may still wait in the payments queue.',
  ]);
