import { errAsync, ok, okAsync, type ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { Misconfigured, Unavailable } from '../ports/failures.ts';
import { decodeCommits, orderStreamId } from '../streams.ts';

export type KnownOrder = {
  readonly orderId: string;
  readonly events: readonly Order.StreamEvent[];
  readonly state: Order.State;
  /** Of the message that began its stream. */
  readonly correlationId: string;
  /** When it last changed, by the writer's clock. */
  readonly changedAt: number;
};

/** One order whose stream cannot be read must not keep the others from being checked. */
export type LookedAt =
  | ({ readonly type: 'Known' } & KnownOrder)
  | { readonly type: 'Unknown' }
  | { readonly type: 'Unreadable'; readonly why: string };

export type LoadOrder = (orderId: string) => ResultAsync<LookedAt, Unavailable | Misconfigured>;

export const createLoadOrder =
  ({ store }: { readonly store: Pick<EventStore, 'load'> }): LoadOrder =>
  (orderId) =>
    store
      .load(orderStreamId(orderId))
      .andThen(({ commits }) =>
        decodeCommits(commits, Order.codec).andThen((events) => {
          const [first, last] = [commits[0], commits.at(-1)];
          if (first === undefined || last === undefined) return ok(UNKNOWN);
          const { correlationId } = first;
          const about = { orderId, events, correlationId, changedAt: last.committedAt };
          return ok<LookedAt>({ type: 'Known', ...about, state: Order.fold(events) });
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
