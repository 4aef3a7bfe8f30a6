import { ok, okAsync, safeTry, type ResultAsync } from 'neverthrow';
import { isDocument } from '../../domain/invoice/index.ts';
import * as Order from '../../domain/order/index.ts';
import type { Registry } from '../../domain/registry/index.ts';
import * as Series from '../../domain/series/index.ts';
import { mapConcurrent } from '../log/mapConcurrent.ts';
import { decodeCommits, orderStreamId } from '../log/eventStreams.ts';
import type { EventStore, LoadError } from '../ports/eventStore.ts';
import { loadRegistry } from '../registry/seriesRegistry.ts';
import { createSeriesReads, placesIn } from '../series/seriesLog.ts';
import type { OrderMatch } from './foundOrder.ts';

type LogReads = Pick<EventStore, 'head' | 'load'>;

export type NumberSearch = {
  readonly matches: readonly OrderMatch[];
  /** Whether a registered series prints its numbers like this. */
  readonly isPrinted: boolean;
};

/** Whether the text may be a number. Nothing is read for one without a year and a number. */
export const mayBeNumber = (text: string): boolean => Series.placesNamed(text).length > 0;

/**
 * The orders with a document of that number. Each series that prints its numbers like the text is
 * searched by halves. If none does, or none has it, the series that are older than the registry are
 * searched, too: only their documents say how they printed.
 */
export const findByNumber = (store: LogReads, text: string): ResultAsync<NumberSearch, LoadError> =>
  safeTry(async function* () {
    if (!mayBeNumber(text)) return ok({ matches: [], isPrinted: false });
    const { registry } = yield* loadRegistry(store);
    const printed = printedIn(registry, text);
    const isPrinted = printed.length > 0;
    const registered = yield* searchAll(store, printed, text);
    if (registered.length > 0) return ok({ matches: registered, isPrinted });
    const older = yield* olderSeries(store, [...registry.keys(), ...namesIn(text)]);
    const places = Series.placesNamed(text);
    const candidates = older.flatMap((series) => places.map((place) => ({ series, ...place })));
    return ok({ matches: yield* searchAll(store, candidates, text), isPrinted });
  });

type Candidate = Series.NumberPlace & { readonly series: string };

const printedIn = (registry: Registry, text: string): readonly Candidate[] =>
  [...registry.values()].flatMap(({ series, format }) => {
    const parsed = Series.parseFormat(format).unwrapOr(undefined);
    const place = parsed && Series.placePrinted({ series, format: parsed }, text);
    return place === undefined ? [] : [{ series, ...place }];
  });

/**
 * The names of series in a text. A series may have been removed since, but what it printed may
 * still name it.
 */
const namesIn = (text: string): readonly string[] =>
  (text.match(/\w+/g) ?? []).filter(Series.isSeriesName);

/** The series whose first commit does not say how its numbers are printed. */
const olderSeries = (
  store: LogReads,
  names: readonly string[],
): ResultAsync<readonly string[], LoadError> =>
  mapConcurrent([...new Set(names)], (series) =>
    createSeriesReads(series, store)
      .page(0, 1)
      .map(([first]) =>
        first !== undefined && 'format' in first.event.data && first.event.data.format === ''
          ? [series]
          : [],
      ),
  ).map((found) => found.flat());

const searchAll = (
  store: LogReads,
  candidates: readonly Candidate[],
  text: string,
): ResultAsync<readonly OrderMatch[], LoadError> =>
  mapConcurrent(candidates, (candidate) => search(store, candidate, text)).map((all) => [
    ...new Map(all.flat().map((match) => [JSON.stringify(match), match])).values(),
  ]);

const search = (
  store: LogReads,
  { series, ...place }: Candidate,
  text: string,
): ResultAsync<readonly OrderMatch[], LoadError> =>
  findPlace(store, series, place).andThen((found) => {
    if (found === undefined) return okAsync([]);
    const [orderId = '', ...ofRefund] = found.id.split('#');
    const refundId = ofRefund.length === 0 ? {} : { refundId: ofRefund.join('#') };
    const match: OrderMatch = { orderId, by: { type: 'Number', series, ...place, ...refundId } };
    // The commit says how its number is printed or, in an older one, the document does.
    return found.label === ''
      ? labelsOf(store, orderId).map((labels) => (labels.includes(text) ? [match] : []))
      : okAsync(found.label === text ? [match] : []);
  });

/** Finds a place with one read for each halving: twenty for a million commits. */
const findPlace = (
  store: LogReads,
  series: string,
  place: Series.NumberPlace,
): ResultAsync<Series.SeriesPlace | undefined, LoadError> =>
  safeTry(async function* () {
    const reads = createSeriesReads(series, store);
    const { position } = yield* reads.head();
    let [low, high] = [1, position.version];
    while (low <= high) {
      const middle = Math.floor((low + high) / 2);
      const [commit] = yield* reads.page(middle - 1, 1);
      // A commit is one event, so that the stream has every version up to the head.
      if (commit === undefined) return ok(undefined);
      const side = Series.sideOf(commit.event, place);
      if (side === 'in') {
        return ok(placesIn(series, commit).find(({ numbered: n }) => n.number === place.number));
      }
      if (side === 'before') high = middle - 1;
      else low = middle + 1;
    }
    return ok(undefined);
  });

const labelsOf = (store: LogReads, orderId: string): ResultAsync<readonly string[], LoadError> =>
  store
    .load(orderStreamId(orderId))
    .andThen(({ commits }) => decodeCommits(commits, Order.codec))
    .map((events) => events.flatMap((event) => (isDocument(event) ? [event.data.label] : [])));
