import { subjectOf, verdictOn } from '../../../domain/reconcile/index.ts';
import * as Series from '../../../domain/series/index.ts';
import { placesIn, seriesStreamId } from '../../series/seriesLog.ts';
import {
  NO_FINDINGS,
  withAlso,
  type AuditCheck,
  type CheckDependencies,
  type CheckResult,
  type Finding,
  type MatchBounds,
} from '../check.ts';
import {
  documentsIn,
  type AllocatedDocument,
  eventsOf,
  loadOrder,
  orderIn,
  decodedCommits,
  seriesIn,
  unlessCorrupt,
  type DecodedStream,
} from '../decodedStreams.ts';
import { createTwoSidedMatch } from '../twoSidedMatch.ts';

/**
 * S5: a series is 1…n in each year with dates in order, each number has one document, and each
 * document has its number as its series prints it. Both sides, as the scan shows them, are compared
 * without a further read. Differences are judged by the log as it is then.
 */
export const createNumbersCheck = (
  { store, clock }: CheckDependencies,
  { graceMs, heldMax }: MatchBounds,
): AuditCheck => {
  let inProgress = 0;

  /** A number of the series for which the scan showed no document that agrees. */
  const judgeNumber = (given: AllocatedDocument): CheckResult => {
    const { id, numbered, label, streamId, version } = given;
    return loadOrder(store, subjectOf(id).orderId).map((order) => {
      if (order === undefined) return [];
      const verdict = verdictOn({ id, label, ...numbered }, numbered.series, eventsOf(order));
      if (verdict.type === 'Documented') return [];
      if (verdict.type === 'Undocumented' && clock.now() - numbered.date < graceMs) {
        inProgress += 1;
        return [];
      }
      const why =
        verdict.type === 'Contradicted' ? verdict.why : 'its order is open and has no document';
      return [finding({ streamId, version, why: `a number without its document: ${why}` }, given)];
    });
  };

  /** A document for which the scan showed no number that agrees. */
  const judgeDocument = (given: AllocatedDocument): CheckResult => {
    const { series, seriesVersion } = given.numbered;
    const seriesId = seriesStreamId(series);
    const after = Math.max(seriesVersion - 1, 0);
    const loaded = store
      .load(seriesId, { after, commitsMax: 1 })
      .andThen(({ commits }) => decodedCommits(seriesId, commits, Series.codec));
    return unlessCorrupt(loaded).map((read) => {
      if (read === undefined) return [];
      const places = placesOf(series, read);
      const why = differenceOf(given, places);
      return why === undefined ? [] : [finding({ ...given, why }, given)];
    });
  };

  const { see, conclude, unmatched } = createTwoSidedMatch<AllocatedDocument>({
    judge: (about, side) => (side === 'orders' ? judgeDocument(about) : judgeNumber(about)),
    agree: isPrintedAlike,
    heldMax,
  });

  return {
    proves: ['numbers'],
    visit: (stream) => {
      const order = orderIn(stream);
      if (order !== undefined) {
        return see('orders', documentsIn(order).map(keyed));
      }
      const series = seriesIn(stream);
      if (series === undefined) return NO_FINDINGS;
      const broken = discontinuityIn(stream.streamId, series);
      return withAlso(broken, see('others', placesOf(series.id, series).map(keyed)));
    },
    conclude,
    inProgress: () => inProgress,
    part: function* () {
      for (const { side, about } of unmatched()) yield { of: 'number', side, document: about };
    },
    join: (item) => (item.of === 'number' ? see(item.side, [keyed(item.document)]) : NO_FINDINGS),
  };
};

/** A number without a label was allocated before its series recorded a format. */
const isPrintedAlike = (one: AllocatedDocument, other: AllocatedDocument): boolean =>
  one.label === other.label || one.label === '' || other.label === '';

/** An item for the match, with a key that is equal where a number and a document agree. */
const keyed = (about: AllocatedDocument) => {
  const { id, reference, numbered } = about;
  const { series, year, number, date, seriesVersion } = numbered;
  return { key: [series, year, number, date, seriesVersion, reference, id].join('|'), about };
};

const finding = (
  { streamId, version, why }: Pick<Finding, 'streamId' | 'why'> & { readonly version: number },
  { id, reference, numbered: { series, year, number, seriesVersion } }: AllocatedDocument,
): Finding => ({
  invariant: 'numbers',
  streamId,
  version,
  why,
  evidence: { series, year, number, seriesVersion, document: id, reference },
});

/** The first commit that does not continue the series: none after it can be judged. */
const discontinuityIn = (
  streamId: string,
  { id: series, located }: DecodedStream<Series.Event>,
): readonly Finding[] => {
  let state = Series.initialState;
  for (const [at, { event, version, commit }] of located.entries()) {
    const isShared = located[at + 1]?.commit === commit;
    if (isShared || !Series.continues(state, event)) {
      const { data } = event;
      const { date, year } = data;
      const first = 'first' in data ? data.first : data.next;
      const { next, date: before, year: yearBefore } = state;
      const why = isShared
        ? 'a commit of the series with more than one event'
        : 'the commit does not continue the series';
      const evidence = { series, first, date, year, next, dateBefore: before, yearBefore };
      return [{ invariant: 'numbers', streamId, version, why, evidence }];
    }
    state = Series.evolve(state, event);
  }
  return [];
};

const placesOf = (
  series: string,
  { located }: DecodedStream<Series.Event>,
): readonly AllocatedDocument[] =>
  located.flatMap(({ event, version }) =>
    placesIn(series, { event, version }).map((place) => ({
      ...place,
      streamId: seriesStreamId(series),
      version,
    })),
  );

const differenceOf = (
  document: AllocatedDocument,
  places: readonly AllocatedDocument[],
): string | undefined => {
  const { year, number, date } = document.numbered;
  const place = places.find((one) => one.numbered.number === number && one.numbered.year === year);
  if (place === undefined) return 'a document whose number the series has not given';
  if (place.id !== document.id) return `a document with the number of ${place.id}`;
  if (place.numbered.date !== date) return 'a document with another date than its number';
  if (!isPrintedAlike(document, place)) {
    return `a document printed ${document.label}, and its number is ${place.label}`;
  }
  return place.reference === document.reference
    ? undefined
    : 'a document for other money than its number was given for';
};
