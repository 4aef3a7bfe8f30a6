import type { Result } from 'neverthrow';
import type { AnyEvent, Codec } from '../../domain/codec.ts';
import * as Notification from '../../domain/notification/index.ts';
import * as Order from '../../domain/order/index.ts';
import * as Series from '../../domain/series/index.ts';
import { mapConcurrent } from '../log/mapConcurrent.ts';
import { noticeIdsOf } from '../notification/noticeIds.ts';
import { seriesStreamId } from '../series/seriesLog.ts';
import type { CorruptStream, EventStore, RecordedCommit, StreamId } from '../ports/eventStore.ts';
import type { InvoiceView } from '../ports/invoiceView.ts';
import { locateEvents, orderStreamId } from '../log/eventStreams.ts';
import { ORDER_STREAM, reasonOf, type SourceFailure, type SourceNotes } from './sources.ts';
import type { TraceInput, TracedCommit, TracedNumbering } from './traceInput.ts';

type ReadLogDependencies = {
  readonly store: Pick<EventStore, 'load'>;
  readonly invoices: Pick<InvoiceView, 'get'>;
};

type FromLog = Pick<TraceInput, 'entries' | 'state' | 'notices' | 'numberings' | 'row'>;

/** What stands in the tables: the order, its notices, its share of the series, and its row. */
export const createReadLog =
  ({ store, invoices }: ReadLogDependencies) =>
  async (orderId: string, { missing }: SourceNotes, signal?: AbortSignal): Promise<FromLog> => {
    const got = <T>(what: string, answer: Result<T, SourceFailure>, otherwise: T): T => {
      if (answer.isOk()) return answer.value;
      missing.push(`${what}: ${reasonOf(answer.error)}`);
      return otherwise;
    };
    const entriesIn = <E extends AnyEvent>(streamId: StreamId, codec: Codec<E>) =>
      store.load(streamId).andThen(({ commits }) => entriesOf(commits, codec));

    const order = await entriesIn(orderStreamId(orderId), Order.codec);
    const entries = got(ORDER_STREAM, order, []);
    const events = entries.flatMap(({ located }) => located.map(({ event }) => event));
    const state = Order.fold(events);
    const notices = await mapConcurrent(
      noticeIdsOf(state),
      (id) =>
        entriesIn(`notification#${orderId}#${id}`, Notification.codec).map((found) => ({
          id,
          entries: found,
        })),
      signal,
    );
    const numberings = await mapConcurrent(
      placesOf(events),
      ({ series, version }) =>
        store
          .load(seriesStreamId(series), { after: version - 1, commitsMax: 1 })
          .andThen(({ commits }) => numberingsOf(commits, orderId)),
      signal,
    );
    const row = got('the invoice table', await invoices.get(orderId), undefined);
    return {
      entries,
      state,
      notices: got('the notices', notices, []),
      numberings: got('the series of numbers', numberings, []).flat(),
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

/** Each commit of a series once, also where it numbered several documents of this order. */
const placesOf = (events: readonly Order.StreamEvent[]): readonly SeriesPosition[] => {
  const places = new Map<string, SeriesPosition>();
  for (const { type, data } of events) {
    if (type !== 'InvoiceIssued' && type !== 'CreditNoteIssued') continue;
    const { series, seriesVersion: version } = data;
    places.set(`${series} ${version}`, { series, version });
  }
  return [...places.values()];
};

const numberingsOf = (
  commits: readonly RecordedCommit[],
  orderId: string,
): Result<readonly TracedNumbering[], CorruptStream> =>
  entriesOf(commits, Series.codec).map((found) =>
    found.map(({ commit, located }) => {
      const documents = located.flatMap(({ event }) => Series.entriesOf(event));
      const ours = documents.filter(({ id }) => id === orderId || id.startsWith(`${orderId}#`));
      return { commit, ours: ours.length, entries: documents.length };
    }),
  );
