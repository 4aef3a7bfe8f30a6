import type { ResultAsync } from 'neverthrow';
import type { EventStore, LoadError } from '../../../application/ports/eventStore.ts';
import { foldOrder, locateEvents, orderStreamId } from '../../../application/streams.ts';
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
    locateEvents(commits, Order.codec).map((located) => {
      const entries = located.map(({ event, version, commit }): Entry => {
        const { committedAt, commitId, correlationId, causationId } = commit;
        const at = new Date(committedAt).toISOString();
        return { version, at, commitId, correlationId, causationId, event };
      });
      const events = entries.map(({ event }) => event);
      return { orderId, entries, events, state: foldOrder(located) };
    }),
  );

export const unknownOrder = (orderId: string): CliFailure =>
  failed('UnknownOrder', `there is no order ${JSON.stringify(orderId)}`, [
    'If it was submitted just now, it may still wait in the payments queue.',
  ]);
