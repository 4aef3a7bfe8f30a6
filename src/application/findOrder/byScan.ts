import { err, ok, okAsync, type Result, ResultAsync } from 'neverthrow';
import { isDocument } from '../../domain/invoice/index.ts';
import * as Order from '../../domain/order/index.ts';
import { decodeCommits, orderStreamId } from '../log/eventStreams.ts';
import { mapConcurrent } from '../log/mapConcurrent.ts';
import { scanStreams, sizeOf, type LogSize, type ScannedStream } from '../log/scanStreams.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, LoadError, RecordedCommit } from '../ports/eventStore.ts';
import type { KeyTrouble, PersonalData } from '../ports/personalData.ts';
import type { LoggedAs, LogReading, OrderMatch } from './foundOrder.ts';

export type LogScan = {
  /**
   * The maximum number of commits that are read, except those of the pages that are on their way.
   */
  readonly commitsMax: number;
  readonly onProgress?: (progress: { readonly commits: number } & LogSize) => void;
};

export type LogSearchOutcome = {
  readonly reading: LogReading;
  /** The first matches; `count` is the number of all. */
  readonly matches: readonly OrderMatch[];
  readonly count: number;
};

type Scanned = {
  readonly store: Pick<EventStore, 'scan' | 'load' | 'size'>;
  readonly clock: Clock;
  /** Without it, no encrypted address is found. */
  readonly reveal?: PersonalData['reveal'] | undefined;
};

const withMarkers: PersonalData['reveal'] = (commits) => okAsync(commits);

/** The bound is far more than a person picks from. */
const MATCHES_MAX = 100;
const SEGMENTS = 4;

/** Reads the log for every order whose events hold the text as something that names an order. */
export const findByScan = (
  dependencies: Scanned,
  text: string,
  scan: LogScan & { readonly signal?: AbortSignal | undefined },
): ResultAsync<LogSearchOutcome, LoadError> => new ResultAsync(search(dependencies, text, scan));

const search = async (
  { store, clock, reveal = withMarkers }: Scanned,
  text: string,
  { commitsMax, onProgress, signal }: LogScan & { readonly signal?: AbortSignal | undefined },
): Promise<Result<LogSearchOutcome, LoadError>> => {
  const matches = new Map<string, LoggedAs>();
  let count = 0;
  const enough = new AbortController();
  let unreadable = 0;
  const size = await sizeOf(store);

  const visitOne = async (stream: ScannedStream): Promise<Result<void, KeyTrouble>> => {
    const { streamId, corrupt } = stream;
    if (!streamId.startsWith(orderStreamId(''))) return ok();
    const commits = corrupt === undefined ? await reveal(stream.commits) : err(corrupt);
    const events = commits.andThen((revealed) => decodeCommits(revealed, Order.codec));
    if (events.isErr()) {
      if (events.error.type !== 'CorruptStream') return err(events.error);
      unreadable += 1;
      return ok();
    }
    const as = namedIn(text, events.value, stream.commits);
    if (as === undefined) return ok();
    const orderId = streamId.slice(orderStreamId('').length);
    if (matches.has(orderId)) return ok();
    count += 1;
    if (matches.size < MATCHES_MAX) matches.set(orderId, as);
    return ok();
  };

  const scanned = await scanStreams<KeyTrouble>(
    { store, clock },
    {
      segments: SEGMENTS,
      signal: AbortSignal.any([enough.signal, ...(signal === undefined ? [] : [signal])]),
      visit: (streams) => mapConcurrent(streams, visitOne, signal).map((): void => undefined),
      onPage: (_segment, _place, { commits }) => {
        onProgress?.({ commits, ...size });
        if (commits >= commitsMax) enough.abort();
      },
    },
  );
  return scanned.map(({ commits, readUnits }) => ({
    reading: {
      commits,
      readUnits,
      isWhole: !enough.signal.aborted && signal?.aborted !== true,
      unreadable,
    },
    matches: [...matches].map(([orderId, as]) => ({ orderId, by: { type: 'Log', as } })),
    count,
  }));
};

const namedIn = (
  text: string,
  events: readonly Order.StreamEvent[],
  commits: readonly RecordedCommit[],
): LoggedAs | undefined => {
  for (const event of events) {
    const as = namedInEvent(text, event);
    if (as !== undefined) return as;
  }
  return commits.some(
    ({ correlationId, causationId }) => correlationId === text || causationId === text,
  )
    ? 'id of a message'
    : undefined;
};

const namedInEvent = (text: string, event: Order.StreamEvent): LoggedAs | undefined => {
  if (addressesIn(event).some((address) => isSameAddress(address, text))) return 'mail address';
  if (isDocument(event) && event.data.label === text) return 'number of a document';
  if ('reference' in event.data && event.data.reference === text) {
    return 'reference of the gateway';
  }
  return 'refundId' in event.data && event.data.refundId === text ? 'refund id' : undefined;
};

const addressesIn = ({ data }: Order.StreamEvent): readonly string[] => {
  if ('customer' in data) return [data.customer.email];
  return 'email' in data ? [data.email] : [];
};

/** People type addresses in any case, and mail services deliver them in any. */
const isSameAddress = (one: string, other: string): boolean =>
  other !== '' && (one.toLowerCase() === other.toLowerCase() || Order.isSameMailbox(one, other));
