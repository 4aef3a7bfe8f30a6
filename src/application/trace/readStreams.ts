import type { Result } from 'neverthrow';
import type { AnyEvent, Codec } from '../../domain/codec.ts';
import { isDocument } from '../../domain/invoice/index.ts';
import * as Notification from '../../domain/notification/index.ts';
import * as Order from '../../domain/order/index.ts';
import * as Series from '../../domain/series/index.ts';
import { mapConcurrent } from '../log/mapConcurrent.ts';
import { noticeIdsOf } from '../notification/noticeIds.ts';
import { seriesStreamId } from '../series/seriesLog.ts';
import type { CorruptStream, EventStore, RecordedCommit, StreamId } from '../ports/eventStore.ts';
import type { InvoiceView } from '../ports/invoiceView.ts';
import { locateEvents, orderStreamId } from '../log/eventStreams.ts';
import {
  ORDER_STREAM,
  reasonOf,
  type SourceFailure,
  type SourceNotes,
  type TraceInput,
  type TracedCommit,
  type TracedNumbering,
} from './traceInput.ts';

type ReadStreamsDependencies = {
  readonly store: Pick<EventStore, 'load'>;
  readonly invoices: Pick<InvoiceView, 'get'>;
};

type StreamsRead = Pick<TraceInput, 'entries' | 'state' | 'notices' | 'numberings' | 'row'>;

/** Reads the tables: the order, its notices, its share of the series, and its row. */
export const createReadStreams =
  ({ store, invoices }: ReadStreamsDependencies) =>
  async (orderId: string, { missing }: SourceNotes, signal?: AbortSignal): Promise<StreamsRead> => {
    const valueOr = <T>(what: string, answer: Result<T, SourceFailure>, otherwise: T): T => {
      if (answer.isOk()) return answer.value;
      missing.push(`${what}: ${reasonOf(answer.error)}`);
      return otherwise;
    };
    const entriesIn = <E extends AnyEvent>(streamId: StreamId, codec: Codec<E>) =>
      store.load(streamId).andThen(({ commits }) => entriesOf(commits, codec));

    const order = await entriesIn(orderStreamId(orderId), Order.codec);
    const entries = valueOr(ORDER_STREAM, order, []);
    const events = entries.flatMap(({ located }) => located.map(({ event }) => event));
    const state = Order.fold(events);
    const notices = await mapConcurrent(
      noticeIdsOf(state),
      (id) =>
        entriesIn(`notification#${orderId}#${id}`, Notification.codec).map((read) => ({
          id,
          entries: read,
        })),
      signal,
    );
    const numberings = await mapConcurrent(
      seriesPositionsOf(events),
      ({ series, version }) =>
        store
          .load(seriesStreamId(series), { after: version - 1, commitsMax: 1 })
          .andThen(({ commits }) => numberingsOf(commits, orderId)),
      signal,
    );
    const row = valueOr('the invoice table', await invoices.get(orderId), undefined);
    return {
      entries,
      state,
      notices: valueOr('the notices', notices, []),
      numberings: valueOr('the series of numbers', numberings, []).flat(),
      ...(row === undefined ? {} : { row }),
    };
  };

const entriesOf = <E extends AnyEvent>(
  commits: readonly RecordedCommit[],
  codec: Codec<E>,
): Result<readonly TracedCommit<E>[], CorruptStream> =>
  locateEvents(commits, codec).map((located) =>
    commits.map((commit) => ({
      commit,
      located: located.filter((event) => event.commit === commit),
    })),
  );

type SeriesPosition = { readonly series: string; readonly version: number };

/**
 * The positions of the commits of a series, each once, even if it numbered several documents of
 * this order.
 */
const seriesPositionsOf = (events: readonly Order.StreamEvent[]): readonly SeriesPosition[] => {
  const positions = new Map<string, SeriesPosition>();
  for (const { data } of events.filter(isDocument)) {
    const { series, seriesVersion: version } = data;
    positions.set(`${series} ${version}`, { series, version });
  }
  return [...positions.values()];
};

const numberingsOf = (
  commits: readonly RecordedCommit[],
  orderId: string,
): Result<readonly TracedNumbering[], CorruptStream> =>
  entriesOf(commits, Series.codec).map((read) =>
    read.map(({ commit, located }) => {
      const documents = located.flatMap(({ event }) => Series.entriesOf(event));
      const ours = documents.filter(({ id }) => id === orderId || id.startsWith(`${orderId}#`));
      return { commit, ours: ours.length, entries: documents.length };
    }),
  );
