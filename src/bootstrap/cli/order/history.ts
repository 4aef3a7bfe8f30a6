import type { ResultAsync } from 'neverthrow';
import type { EventStore, LoadError } from '../../../application/ports/eventStore.ts';
import { decodeCommits, orderStreamId } from '../../../application/streams.ts';
import * as Order from '../../../domain/order/index.ts';
import { failed, type CliFailure } from '../failure.ts';

/** One event with its place in the log, and the messages that it came from. */
export type Entry = {
  readonly version: number;
  readonly at: string;
  readonly commitId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly event: Order.StreamEvent;
};

/** An order as its events tell it. */
export type History = {
  readonly orderId: string;
  readonly entries: readonly Entry[];
  readonly events: readonly Order.StreamEvent[];
  readonly state: Order.State;
};

/** Empty where there is no such order. */
export const loadHistory = (
  store: Pick<EventStore, 'load'>,
  orderId: string,
): ResultAsync<History, LoadError> =>
  store.load(orderStreamId(orderId)).andThen(({ commits }) =>
    decodeCommits(commits, Order.codec).map((events) => {
      const places = commits.flatMap(
        ({ version, committedAt, commitId, correlationId, causationId, events: stored }) =>
          stored.map((_, index) => ({
            version: version + index,
            at: new Date(committedAt).toISOString(),
            commitId,
            correlationId,
            causationId,
          })),
      );
      const entries = places.flatMap((place, index): readonly Entry[] => {
        const event = events[index];
        return event === undefined ? [] : [{ ...place, event }];
      });
      return { orderId, entries, events, state: Order.fold(events) };
    }),
  );

export const unknownOrder = (orderId: string): CliFailure =>
  failed('UnknownOrder', `there is no order ${JSON.stringify(orderId)}`, [
    'If it was submitted just now, it may still wait in the payments queue.',
  ]);
