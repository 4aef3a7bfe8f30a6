import { errAsync, okAsync, type ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { DependencyError } from '../ports/failures.ts';
import { foldOrder, locateLegal, orderStreamId } from './eventStreams.ts';

export type KnownOrder = {
  readonly orderId: string;
  readonly events: readonly Order.StreamEvent[];
  readonly state: Order.State;
  /** The correlation id of the order's first message. */
  readonly correlationId: string;
  /** When it last changed, by the writer's clock. People's notes are no change. */
  readonly changedAt: number;
};

/**
 * The result of reading one order. One that cannot be read must not keep the others from being
 * checked.
 */
export type OrderReading =
  | ({ readonly type: 'Known' } & KnownOrder)
  /** Nothing is recorded of it, or only events about its dead letters. */
  | { readonly type: 'Unknown' }
  | { readonly type: 'Unreadable'; readonly why: string };

export type LoadOrder = (orderId: string) => ResultAsync<OrderReading, DependencyError>;

export type OrderReads = {
  readonly loadOrder: LoadOrder;
  readonly signal?: AbortSignal | undefined;
};

export const createLoadOrder =
  ({ store }: { readonly store: Pick<EventStore, 'load'> }): LoadOrder =>
  (orderId) =>
    store
      .load(orderStreamId(orderId))
      .andThen(({ commits }) =>
        locateLegal(orderId, commits).map((located): OrderReading => {
          const changes = located.filter(({ event }) => !Order.isNote(event));
          const [first, last] = [changes[0], changes.at(-1)];
          if (first === undefined || last === undefined) return UNKNOWN;
          const events = located.map(({ event }) => event);
          return {
            type: 'Known',
            orderId,
            events,
            state: foldOrder(located),
            correlationId: first.commit.correlationId,
            changedAt: last.commit.committedAt,
          };
        }),
      )
      .orElse((error) =>
        error.type === 'CorruptStream'
          ? okAsync<OrderReading>({
              type: 'Unreadable',
              why: `version ${error.version}: ${error.why}`,
            })
          : errAsync(error),
      );

const UNKNOWN: OrderReading = { type: 'Unknown' };
