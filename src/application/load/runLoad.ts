import type { Result } from 'neverthrow';
import type { SentOrder } from '../../domain/order/index.ts';
import type { createSubmitOrders } from '../ingest/submitOrders.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, LoadError } from '../ports/eventStore.ts';
import { createFollow, type FollowedOrder, type LoadPlan } from './followOrders.ts';
import { sendAtRate, type SendError } from './sendAtRate.ts';

export type LoadRun = {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly orders: readonly Readonly<FollowedOrder>[];
  /** The number of times that a stream was read to see whether its order had ended. */
  readonly looks: number;
};

type RunLoadOptions = {
  readonly onProgress: (progress: { readonly sent: number; readonly ended: number }) => void;
  readonly signal: AbortSignal;
};

/** Sends orders at a constant rate, and follows each until it has ended or the time is over. */
export const createRunLoad =
  ({
    submitOrders,
    store,
    clock,
  }: {
    readonly submitOrders: ReturnType<typeof createSubmitOrders>;
    readonly store: Pick<EventStore, 'load'>;
    readonly clock: Clock;
  }) =>
  async (
    orders: Iterator<SentOrder, void, void>,
    plan: LoadPlan,
    { onProgress, signal }: RunLoadOptions,
  ): Promise<Result<LoadRun, SendError | LoadError>> => {
    const loaded: FollowedOrder[] = [];
    let ended = 0;
    const onEnded = (): void => {
      ended += 1;
      onProgress({ sent: loaded.length, ended });
    };
    const follow = createFollow(plan, { store, clock, onEnded, signal });
    const onSent = (order: FollowedOrder): void => {
      loaded.push(order);
      follow.add(order);
      onProgress({ sent: loaded.length, ended });
    };
    const startedAt = clock.now();
    const noMore = new AbortController();
    const [sent, followed] = await Promise.all([
      sendAtRate(orders, plan, { submitOrders, clock, onSent, signal }).finally(() =>
        noMore.abort(),
      ),
      follow.run(noMore.signal, plan.waitMs),
    ]);
    return sent
      .andThen(() => followed)
      .map(() => ({ startedAt, endedAt: clock.now(), orders: loaded, looks: follow.looks() }));
  };

export type RunLoad = ReturnType<typeof createRunLoad>;
