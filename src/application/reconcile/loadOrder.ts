import { errAsync, okAsync, type ResultAsync } from 'neverthrow';
import { isAboutLetter } from '../../domain/letter/index.ts';
import type * as Order from '../../domain/order/index.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { Misconfigured, Unavailable } from '../ports/failures.ts';
import { foldOrder, locateLegal, orderStreamId } from '../streams.ts';

export type KnownOrder = {
  readonly orderId: string;
  readonly events: readonly Order.StreamEvent[];
  readonly state: Order.State;
  /** Of the message that began its life. */
  readonly correlationId: string;
  /** When it last changed, by the writer's clock. What people do with its dead letters is no change. */
  readonly changedAt: number;
};

/** One order whose stream cannot be read must not keep the others from being checked. */
export type LookedAt =
  | ({ readonly type: 'Known' } & KnownOrder)
  /** Nothing of it was recorded but what people did with its dead letters, if that. */
  | { readonly type: 'Unknown' }
  | { readonly type: 'Unreadable'; readonly why: string };

export type LoadOrder = (orderId: string) => ResultAsync<LookedAt, Unavailable | Misconfigured>;

export const createLoadOrder =
  ({ store }: { readonly store: Pick<EventStore, 'load'> }): LoadOrder =>
  (orderId) =>
    store
      .load(orderStreamId(orderId))
      .andThen(({ commits }) =>
        locateLegal(orderId, commits).map((located): LookedAt => {
          const changes = located.filter(({ event }) => !isAboutLetter(event));
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
          ? okAsync<LookedAt>({
              type: 'Unreadable',
              why: `version ${error.version}: ${error.why}`,
            })
          : errAsync(error),
      );

const UNKNOWN: LookedAt = { type: 'Unknown' };
