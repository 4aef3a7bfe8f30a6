import { err, ok, ResultAsync, type Result } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { CurrentDeployment } from '../deployment/deployment.ts';
import { dated, locateEvents, orderStreamId } from '../log/eventStreams.ts';
import { createRateLimit } from '../log/rateLimit.ts';
import {
  scanStreams,
  sizeOf,
  type LogSize,
  type ScanBounds,
  type ScannedStream,
  type SegmentPlace,
} from '../log/scanStreams.ts';
import {
  encodeOrderEvent,
  idOf,
  typeOf,
  type OrderEvent,
  type OrderEventKind,
} from '../messages/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { CorruptStream, EventStore, LoadError } from '../ports/eventStore.ts';
import type { DependencyError } from '../ports/failures.ts';
import { EVENTS_BATCH_MAX, type OrderEvents } from '../ports/orderEvents.ts';
import { createPublishBatch, STOPPED, type NotPublished } from './publishBatch.ts';
import { publishedEvents } from './publishedEvents.ts';

export type ReplayedCounts = {
  readonly commits: number;
  /** The number of orders with an event that was asked for. */
  readonly orders: number;
  /** The number of events by `type`. With a dry run: of those that would be published. */
  readonly published: Readonly<Record<string, number>>;
  readonly refused: number;
  readonly unreadable: number;
};

const NO_REPLAYED: ReplayedCounts = {
  commits: 0,
  orders: 0,
  published: {},
  refused: 0,
  unreadable: 0,
};

/** The point that each segment of the log has reached, with what was counted there. */
export type ReplayedPlace = {
  readonly segments: readonly { readonly place: SegmentPlace; readonly counts: ReplayedCounts }[];
};

export type EventsFinding =
  /** The topic, or the queue, will never take it. */
  | { readonly type: 'Refused'; readonly id: string; readonly code: string }
  | { readonly type: 'Unreadable'; readonly streamId: string; readonly corrupt: CorruptStream };

export type ReplayEventsOptions = ScanBounds & {
  /** The earliest time of an event, inclusive, in milliseconds since the epoch. */
  readonly since: number;
  /** The end of the time, exclusive; without it, everything is published. */
  readonly until?: number;
  /** Without it, every kind is published. */
  readonly kinds?: ReadonlySet<OrderEventKind>;
  readonly eventsPerSecond: number;
  readonly from?: ReplayedPlace | undefined;
  readonly onProgress?: (progress: ReplayedCounts & LogSize) => void;
  /** Called after each page: everything before this place is published. */
  readonly onPlace?: (place: ReplayedPlace) => void;
  readonly onFinding?: (finding: EventsFinding) => void;
};

export type ReplayEventsError = LoadError | DependencyError | NotPublished;

type EventsReplayDependencies = {
  readonly store: Pick<EventStore, 'scan' | 'load' | 'size'>;
  readonly clock: Clock;
  readonly deployment: CurrentDeployment;
};

/**
 * Publishes the order events once more, from the log: the same events with the same ids, marked as
 * replayed. It holds nothing that could move money, and appends nothing.
 */
export const createReplayEvents =
  ({ deployment, ...log }: EventsReplayDependencies) =>
  (
    /** `dry run`: nothing is published, and everything is counted. */
    target: Pick<OrderEvents, 'publish'> | 'dry run',
    options: ReplayEventsOptions,
  ): ResultAsync<ReplayedCounts, ReplayEventsError> =>
    deployment()
      .mapErr((error): ReplayEventsError => error)
      .andThen(({ id }) => new ResultAsync(replay({ ...log, target, deploymentId: id }, options)));

type ReplayTarget = Omit<EventsReplayDependencies, 'deployment'> & {
  readonly target: Pick<OrderEvents, 'publish'> | 'dry run';
  readonly deploymentId: string;
};

const replay = async (
  parts: ReplayTarget,
  options: ReplayEventsOptions,
): Promise<Result<ReplayedCounts, ReplayEventsError>> => {
  const { store, clock } = parts;
  const { segments, readUnitsPerSecond, signal, from } = options;
  const places = Array.from(
    { length: segments },
    (_, segment) => from?.segments[segment] ?? { place: { ended: false }, counts: NO_REPLAYED },
  );
  const counted = places.map(({ counts }) => counts);
  const size = await sizeOf(store);
  const visitPage = createVisitPage(parts, options);
  const scanned = await scanStreams<ReplayEventsError>(
    { store, clock },
    {
      segments,
      from: places.map(({ place }) => place),
      readUnitsPerSecond,
      signal,
      visit: async (streams, segment) =>
        (await visitPage(streams)).map((more) => {
          counted[segment] = sumReplayed([counted[segment] ?? NO_REPLAYED, more]);
        }),
      onPage: (segment, place) => {
        places[segment] = { place, counts: counted[segment] ?? NO_REPLAYED };
        options.onProgress?.({ ...sumReplayed(counted), ...size });
        options.onPlace?.({ segments: [...places] });
      },
    },
  );
  return scanned.map(() => sumReplayed(counted));
};

const ORDER = orderStreamId('');

const createVisitPage = (
  { clock, target, deploymentId }: ReplayTarget,
  options: ReplayEventsOptions,
) => {
  const { eventsPerSecond, signal, onFinding } = options;
  const rateLimit = createRateLimit(eventsPerSecond, clock);
  const publish =
    target === 'dry run' ? undefined : createPublishBatch(target, { clock, rateLimit, signal });

  const asked = ({ streamId, commits, corrupt, again }: ScannedStream): PageEvents => {
    // Another piece of the stream is the one that counts.
    if (again) return NOTHING;
    const counts = { ...NO_REPLAYED, commits: commits.length };
    if (!streamId.startsWith(ORDER)) return { counts, events: [] };
    const located = corrupt === undefined ? locateEvents(commits, Order.codec) : err(corrupt);
    if (located.isErr()) {
      onFinding?.({ type: 'Unreadable', streamId, corrupt: located.error });
      return { counts: { ...counts, unreadable: 1 }, events: [] };
    }
    const events = publishedEvents(located.value.map(dated)).filter((event) =>
      isAsked(event, options),
    );
    return { counts: { ...counts, orders: events.length === 0 ? 0 : 1 }, events };
  };

  return async (
    streams: readonly ScannedStream[],
  ): Promise<Result<ReplayedCounts, ReplayEventsError>> => {
    const pages = streams.map(asked);
    const events = pages.flatMap((page) => page.events);
    const sums = pages.map(({ counts }) => counts);
    if (publish === undefined) return ok(sumReplayed([...sums, ...events.map(publishedOne)]));
    for (let at = 0; at < events.length; at += EVENTS_BATCH_MAX) {
      if (signal?.aborted === true) return err(STOPPED);
      const batch = events.slice(at, at + EVENTS_BATCH_MAX);
      const published = await publish(
        batch.map((event) => encodeOrderEvent(event, { deploymentId, replayed: true })),
      );
      if (published.isErr()) return err(published.error);
      for (const [index, event] of batch.entries()) {
        const code = published.value[index];
        if (code === undefined) sums.push(publishedOne(event));
        else {
          onFinding?.({ type: 'Refused', id: idOf(event), code });
          sums.push({ ...NO_REPLAYED, refused: 1 });
        }
      }
    }
    return ok(sumReplayed(sums));
  };
};

type PageEvents = { readonly counts: ReplayedCounts; readonly events: readonly OrderEvent[] };
const NOTHING: PageEvents = { counts: NO_REPLAYED, events: [] };

const isAsked = (
  { at, kind }: OrderEvent,
  { since, until = Infinity, kinds }: ReplayEventsOptions,
): boolean => at >= since && at < until && (kinds === undefined || kinds.has(kind));

const publishedOne = ({ kind }: OrderEvent): ReplayedCounts => ({
  ...NO_REPLAYED,
  published: { [typeOf(kind)]: 1 },
});

export const sumReplayed = (all: readonly ReplayedCounts[]): ReplayedCounts => {
  const published: Record<string, number> = {};
  const sum = { commits: 0, orders: 0, refused: 0, unreadable: 0 };
  for (const counts of all) {
    sum.commits += counts.commits;
    sum.orders += counts.orders;
    sum.refused += counts.refused;
    sum.unreadable += counts.unreadable;
    for (const [type, count] of Object.entries(counts.published)) {
      published[type] = (published[type] ?? 0) + count;
    }
  }
  return { ...sum, published };
};
