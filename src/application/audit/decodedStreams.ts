import { errAsync, okAsync, type Result, type ResultAsync } from 'neverthrow';
import * as Claim from '../../domain/claim/events.ts';
import type { AnyEvent, Codec } from '../../domain/codec.ts';
import * as Deployment from '../../domain/deployment/events.ts';
import * as DeadLetters from '../../domain/deadLetter/events.ts';
import * as Invoice from '../../domain/invoice/index.ts';
import * as Notification from '../../domain/notification/index.ts';
import * as Order from '../../domain/order/index.ts';
import * as Person from '../../domain/person/events.ts';
import * as Reconcile from '../../domain/reconcile/index.ts';
import * as Registry from '../../domain/registry/index.ts';
import * as Series from '../../domain/series/index.ts';
import * as View from '../../domain/readModel/events.ts';
import type { CorruptStream, EventStore, LoadError, RecordedCommit } from '../ports/eventStore.ts';
import { foldOrder, locateEvents, orderStreamId, type LocatedEvent } from '../log/eventStreams.ts';
import type { ScannedStream } from '../log/scanStreams.ts';
import { GATEWAY_EVENTS_STREAM } from '../reconcile/cursor.ts';

export type DecodedStream<E extends AnyEvent> = {
  /** The part of the stream's id behind its kind. */
  readonly id: string;
  readonly commits: readonly RecordedCommit[];
  readonly located: readonly LocatedEvent<E>[];
};

export type DecodedOrder = DecodedStream<Order.StreamEvent> & { readonly state: Order.State };

/** Splits `order#o-1` into `order` and `o-1`. The id of a notice contains another `#`. */
export const partsOf = (streamId: string): { readonly kind: string; readonly id: string } => {
  const at = streamId.indexOf('#');
  return { kind: streamId.slice(0, at), id: streamId.slice(at + 1) };
};

export const decodedCommits = <E extends AnyEvent>(
  streamId: string,
  commits: readonly RecordedCommit[],
  codec: Codec<E>,
): Result<DecodedStream<E>, CorruptStream> =>
  locateEvents(commits, codec).map((located) => ({ id: partsOf(streamId).id, commits, located }));

const readOrder = (
  streamId: string,
  commits: readonly RecordedCommit[],
): Result<DecodedOrder, CorruptStream> =>
  decodedCommits(streamId, commits, Order.codec).map((stream) => ({
    ...stream,
    state: foldOrder(stream.located),
  }));

export const eventsOf = <E extends AnyEvent>({ located }: DecodedStream<E>): readonly E[] =>
  located.map(({ event }) => event);

/**
 * Remembers the last result, which every check would make again: they see one stream after the
 * other.
 */
const remembered = <Of, T>(make: (of: Of) => T): ((of: Of) => T) => {
  let last: { readonly of: Of; readonly made: T } | undefined;
  return (of) => {
    if (last?.of !== of) last = { of, made: make(of) };
    return last.made;
  };
};

const readAs =
  <E extends AnyEvent>(codec: Codec<E>) =>
  ({ streamId, commits }: ScannedStream) =>
    decodedCommits(streamId, commits, codec);

const knownOrder = remembered(({ streamId, commits }: ScannedStream) =>
  readOrder(streamId, commits),
);
const knownNotice = remembered(readAs(Notification.codec));
const knownSeries = remembered(readAs(Series.codec));
const knownDeployment = remembered(readAs(Deployment.codec));

/** Reads a stream of one kind; undefined for a stream of another kind. */
const ofKind = <T>(
  kind: string,
  known: (stream: ScannedStream) => Result<T, CorruptStream>,
): ((stream: ScannedStream) => T | undefined) => {
  const prefix = `${kind}#`;
  return (stream) =>
    stream.streamId.startsWith(prefix) ? known(stream).unwrapOr(undefined) : undefined;
};

export const orderIn = ofKind('order', knownOrder);
export const noticeIn = ofKind('notification', knownNotice);
export const seriesIn = ofKind('series', knownSeries);
export const deploymentIn = ofKind('deployment', knownDeployment);

/**
 * Undefined for an unreadable stream: the scan reports it, and no check decides anything from it.
 */
export const unlessCorrupt = <T>(
  loaded: ResultAsync<T, LoadError>,
): ResultAsync<T | undefined, Exclude<LoadError, CorruptStream>> =>
  loaded
    .map((value): T | undefined => value)
    .orElse((error) => (error.type === 'CorruptStream' ? okAsync(undefined) : errAsync(error)));

/** The order as the log has it now; undefined where it cannot be read. */
export const loadOrder = (
  store: Pick<EventStore, 'load'>,
  orderId: string,
): ResultAsync<DecodedOrder | undefined, Exclude<LoadError, CorruptStream>> => {
  const streamId = orderStreamId(orderId);
  return unlessCorrupt(store.load(streamId).andThen(({ commits }) => readOrder(streamId, commits)));
};

const CODECS: Readonly<Record<string, (stream: ScannedStream) => Result<unknown, CorruptStream>>> =
  {
    order: knownOrder,
    notification: knownNotice,
    series: knownSeries,
    reconciler: (stream) =>
      stream.streamId === GATEWAY_EVENTS_STREAM
        ? readAs(Reconcile.gatewayEventsCodec)(stream)
        : readAs(Reconcile.codec)(stream),
    payment: readAs(Claim.codec),
    letter: readAs(DeadLetters.codec),
    view: readAs(View.codec),
    deployment: knownDeployment,
    registry: readAs(Registry.codec),
    person: readAs(Person.codec),
  };

export const undecodableIn = (stream: ScannedStream): CorruptStream | undefined =>
  CODECS[partsOf(stream.streamId).kind]?.(stream).match(
    () => undefined,
    (corrupt) => corrupt,
  );

/** A document's number, as the series or the document itself states it. */
export type AllocatedDocument = Series.SeriesPlace & {
  /** The stream in which it is written: the series, or the order of the document. */
  readonly streamId: string;
  readonly version: number;
};

/** Every document of an order, with its money: the movement right before it. */
export const documentsIn = remembered(({ id, located }: DecodedOrder) => {
  let reference = '';
  const documents: AllocatedDocument[] = [];
  for (const { event, version } of located) {
    if (Order.isMovement(event)) ({ reference } = event.data);
    if (!Invoice.isDocument(event)) continue;
    const { series, year, number, label, seriesVersion, issuedAt: date } = event.data;
    const numbered = { series, year, number, seriesVersion, date };
    const documentId = event.type === 'InvoiceIssued' ? id : `${id}#${event.data.refundId}`;
    const streamId = orderStreamId(id);
    documents.push({ id: documentId, reference, numbered, label, streamId, version });
  }
  return documents;
});
