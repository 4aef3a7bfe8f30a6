import { ok, type Result } from 'neverthrow';
import * as Series from '../../../domain/series/index.ts';
import { seriesStreamId } from '../../series/seriesLog.ts';
import type { AuditError, AuditCheck, Finding } from '../check.ts';
import { documentsIn, type AllocatedDocument } from '../documents.ts';
import { createNumberSet, type NumberSet } from '../numberSet.ts';
import { orderIn } from '../decodedStreams.ts';

/** Documents of one series that are printed in the same format, by year. */
type Group = Series.PrintFormat & { readonly years: Map<number, NumberSet> };

/**
 * The number of formats that are distinguished. A deployment has two, and two more each time it
 * configures new series.
 */
const GROUPS_MAX = 2_000;
/**
 * The number of documents with equal labels that are reported one by one, for each pair of formats.
 */
const TOLD_MAX = 1_000;

/**
 * S5: no two documents have the same label, in whatever series they are. The check does not keep
 * the labels but which numbers have which format, one bit for each. Formats that can never give the
 * same label are not compared. For the others, each number of one is looked up among those of the
 * other.
 */
export const createPrintsCheck = (groupsMax = GROUPS_MAX): AuditCheck => {
  const bySeries = new Map<string, Group[]>();
  /** Sorted by name, so that the same log is reported in the same words. */
  const groups = (): readonly Group[] =>
    [...bySeries.values()].flat().toSorted((one, other) => (one.series < other.series ? -1 : 1));
  let groupsTotal = 0;

  const see = (document: AllocatedDocument): readonly Finding[] => {
    const { numbered, label } = document;
    const { series, year, number } = numbered;
    const ofSeries = bySeries.get(series) ?? [];
    bySeries.set(series, ofSeries);
    let group = ofSeries.find(({ format }) => Series.formatNumber(format, numbered) === label);
    if (group === undefined) {
      const format = Series.formatOf(label, numbered);
      if (format === undefined) {
        return [finding(document, `a document printed ${label}, which is not its year and number`)];
      }
      if (groupsTotal >= groupsMax) {
        return [finding(document, 'printed in one way more than can be compared')];
      }
      group = { series, format, years: new Map() };
      ofSeries.push(group);
      groupsTotal += 1;
    }
    const numbers = group.years.get(year) ?? createNumberSet();
    group.years.set(year, numbers);
    numbers.add(number);
    return [];
  };

  return {
    proves: ['numbers'],
    visit: (stream): Promise<VisitFindings> => {
      const order = orderIn(stream);
      const seen = order === undefined ? [] : documentsIn(stream.streamId, order).flatMap(see);
      return Promise.resolve(ok(seen));
    },
    conclude: async function* (signal) {
      const all = groups();
      for (const [at, one] of all.entries()) {
        for (const other of all.slice(at + 1)) {
          if (signal?.aborted === true) return;
          if (Series.printedByBoth(one, other) === undefined) continue;
          yield ok(printedTwice(one, other));
        }
      }
    },
  };
};

type VisitFindings = Result<readonly Finding[], AuditError>;

const printedTwice = (one: Group, other: Group): readonly Finding[] => {
  const found: Finding[] = [];
  let more = 0;
  for (const [year, numbers] of one.years) {
    for (const number of numbers.all()) {
      const label = Series.formatNumber(one.format, { series: one.series, year, number });
      const place = Series.placePrinted(other, label);
      if (place === undefined || other.years.get(place.year)?.has(place.number) !== true) continue;
      if (found.length >= TOLD_MAX) {
        more += 1;
        continue;
      }
      found.push({
        invariant: 'numbers',
        streamId: seriesStreamId(one.series),
        why: `two documents are printed ${label}`,
        evidence: {
          series: one.series,
          year,
          number,
          otherSeries: other.series,
          otherYear: place.year,
          otherNumber: place.number,
        },
      });
    }
  }
  if (more > 0) {
    const why = `${more} more documents are printed as those of ${other.series} are`;
    found.push({ ...anyOf(one, other), why });
  }
  return found;
};

const anyOf = (one: Group, other: Group): Omit<Finding, 'why'> => ({
  invariant: 'numbers',
  streamId: seriesStreamId(one.series),
  evidence: { series: one.series, otherSeries: other.series },
});

const finding = ({ streamId, version, id, numbered }: AllocatedDocument, why: string): Finding => ({
  invariant: 'numbers',
  streamId,
  version,
  why,
  evidence: { series: numbered.series, year: numbered.year, number: numbered.number, document: id },
});
