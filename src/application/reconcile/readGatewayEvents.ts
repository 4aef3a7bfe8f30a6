import { err, ok, okAsync, safeTry, type ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { SendFailed } from '../delivery/handler.ts';
import type { CurrentDeployment } from '../deployment/deployment.ts';
import type { ClaimStream, StreamDependencies } from '../log/eventStreams.ts';
import { encodeGatewayEvent } from '../messages/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { LoadError, RecordError } from '../ports/eventStore.ts';
import type { GatewayEvent, GatewayEvents } from '../ports/gatewayEvents.ts';
import type { MessageQueue, QueueError, TooLarge } from '../ports/messageQueue.ts';
import { allSent } from '../orders/publish.ts';
import { createGatewayEventCursor } from './cursor.ts';
import { createLoadOrder, type OrderReading } from '../log/loadOrder.ts';

/** A younger event has a webhook on its way, and need not be sent twice. */
export const YOUNG_MS = 60_000;
/** Stripe keeps events for 30 days: https://docs.stripe.com/api/events/list. */
export const KEPT_MS = 30 * 24 * 3_600_000;
/** A window is shorter where much happened, so that its list is not longer than a list may be. */
const WINDOW_MIN_MS = 60_000;
const WINDOW_MAX_MS = 24 * 3_600_000;
const FEW_EVENTS = 100;
const MANY_EVENTS = 2_500;
/** The maximum number of windows in one round; the next goes on from there. */
const WINDOWS_MAX = 500;
export const EVENTS_MAX = 10_000;

export type GatewayEventReport = {
  /** The times between which the list was read, in milliseconds since the epoch. */
  readonly from: number;
  readonly upTo: number;
  readonly events: number;
  /** The ids of the events that the log does not know yet, and that were sent, or would be. */
  readonly sent: readonly string[];
  /** Whether the gateway has forgotten a part of its list that nobody had read. */
  readonly isGap: boolean;
};

export type GatewayEventError = RecordError | QueueError | TooLarge | SendFailed;

export type GatewayEventDependencies = StreamDependencies & {
  readonly gatewayEvents: GatewayEvents;
  readonly claims: ClaimStream;
  readonly knownDeployment: CurrentDeployment;
  readonly payments: Pick<MessageQueue, 'send'>;
  readonly clock: Pick<Clock, 'now'>;
};

type EventReadOptions = { readonly dryRun: boolean; readonly signal: AbortSignal | undefined };

export type ReadGatewayEvents = (
  options: EventReadOptions,
) => ResultAsync<GatewayEventReport, GatewayEventError>;

/**
 * Finds what webhooks may have lost (R23). From the stored cursor on, every event of the gateway's
 * own list is compared with the log, and an event that the log does not know is sent as a webhook
 * would have been. The cursor passes a window only once all of its events are in the queue, so that
 * a crash repeats it. Reconcilers may work side by side: an event that comes twice changes nothing.
 */
export const createReadGatewayEvents = (deps: GatewayEventDependencies): ReadGatewayEvents => {
  const { gatewayEvents, payments, clock } = deps;
  const cursor = createGatewayEventCursor(deps);
  const loadOrder = createLoadOrder(deps);

  return ({ dryRun, signal }) =>
    safeTry(async function* () {
      const isStopped = (): boolean => signal?.aborted === true;
      const now = clock.now();
      const end = now - YOUNG_MS;
      let stored = yield* cursor.load();
      const { account } = yield* deps.knownDeployment();
      const orderOf = createOrderOf(deps.claims, account);
      const oldest = now - KEPT_MS;
      const from = Math.max(stored.state ?? oldest, oldest);
      const isGap = stored.state !== undefined && stored.state < oldest;
      const sent: string[] = [];
      let [upTo, count, windowMs] = [from, 0, WINDOW_MIN_MS];
      for (let windows = 0; windows < WINDOWS_MAX && count < EVENTS_MAX; windows += 1) {
        if (upTo >= end || isStopped()) break;
        const to = Math.min(end, upTo + windowMs);
        const listed = yield* gatewayEvents.list({ from: upTo, to, ...(signal && { signal }) });
        const unknown: GatewayEvent[] = [];
        // All events of one order are compared with one read of it.
        for (const events of Map.groupBy(listed, subjectOf).values()) {
          const orderId = yield* orderOf(events);
          const order = orderId === undefined ? undefined : yield* loadOrder(orderId);
          unknown.push(...events.filter((event) => !isKnown(event, order)));
        }
        if (!dryRun) yield* sendAll(unknown, payments);
        sent.push(...unknown.map(({ event }) => event));
        [upTo, count] = [to, count + listed.length];
        windowMs = nextWindowMs(windowMs, listed.length);
        const isLast = upTo === end || windows === WINDOWS_MAX - 1 || isStopped();
        // Windows in which nothing happened are passed together: each save is a commit.
        if (dryRun || (listed.length === 0 && !isLast)) continue;
        const saved = await cursor.save(stored, to);
        if (saved.isErr()) {
          if (saved.error.type !== 'Conflict') return err(saved.error);
          // Another reconciler has gone on from the same place. Its cursor counts.
          break;
        }
        stored = saved.value;
      }
      return ok({ from, upTo, events: count, sent, isGap });
    });
};

const nextWindowMs = (windowMs: number, events: number): number => {
  if (events < FEW_EVENTS) return Math.min(WINDOW_MAX_MS, windowMs * 4);
  return events > MANY_EVENTS ? Math.max(WINDOW_MIN_MS, windowMs / 4) : windowMs;
};

const subjectOf = ({ orderId, payment }: GatewayEvent): string => orderId ?? payment;

/** Finds the order that they name, or the one that has claimed their payment. */
const createOrderOf =
  (claims: ClaimStream, account: string) =>
  ([first]: readonly GatewayEvent[]): ResultAsync<string | undefined, LoadError> => {
    if (first === undefined) return okAsync(undefined);
    return first.orderId === undefined
      ? claims.load(`${account}#${first.payment}`).map(({ state }) => state.claimed?.orderId)
      : okAsync(Order.isOrderId(first.orderId) ? first.orderId : undefined);
  };

const isKnown = (event: GatewayEvent, order: OrderReading | undefined): boolean =>
  order?.type === 'Known' && Order.isKnownHint(event, order.state);

const sendAll = (
  events: readonly GatewayEvent[],
  payments: Pick<MessageQueue, 'send'>,
): ResultAsync<void, QueueError | TooLarge | SendFailed> =>
  events.length === 0
    ? okAsync()
    : payments
        .send(events.map((event) => encodeGatewayEvent(event, 'reconciler')))
        .andThen((answers) => allSent(answers));
