import { ok } from 'neverthrow';
import * as Series from '../../../domain/series/index.ts';
import { seriesStreamId } from '../../series/seriesLog.ts';
import { NO_FINDINGS, type AuditCheck, type Finding } from '../check.ts';
import { documentsIn, type AllocatedDocument, orderIn } from '../decodedStreams.ts';
import { createNumberSet, type NumberSet } from '../numberSet.ts';
import type { PartItem } from '../part.ts';

/** Documents of one series that are printed in the same format, by year. */
type Group = Series.PrintFormat & { readonly years: Map<number, NumberSet> };

/** The number of formats that are distinguished. Each two new series add two. */
const GROUPS_MAX = 2_000;
/**
 * The number of documents with equal labels that are reported one by one, for each pair of formats.
 */
const REPORTED_MAX = 1_000;

/**
 * S5: no two documents have the same label, in whatever series they are. The check does not keep
 * the labels but which numbers have which format, one bit for each. Formats that can never give the
 * same label are not compared. For the others, each number of one is looked up among those of the
 * other.
 */
export const createPrintsCheck = (groupsMax = GROUPS_MAX): AuditCheck => {
  const bySeries = new Map<string, Group[]>();
  /** The groups are sorted by name, so that the same log is reported in the same words. */
  const groups = (): readonly Group[] =>
    [...bySeries.values()].flat().toSorted((one, other) => (one.series < other.series ? -1 : 1));
  let groupsTotal = 0;

  const groupsOf = (series: string): Group[] => {
    const ofSeries = bySeries.get(series) ?? [];
    bySeries.set(series, ofSeries);
    return ofSeries;
  };

  /** A group for one more format; undefined where there is no room for it. */
  const addGroup = (series: string, format: Series.NumberFormat): Group | undefined => {
    if (groupsTotal >= groupsMax) return undefined;
    const group = { series, format, years: new Map<number, NumberSet>() };
    groupsOf(series).push(group);
    groupsTotal += 1;
    return group;
  };

  const see = (document: AllocatedDocument): readonly Finding[] => {
    const { numbered, label } = document;
    const { series, year, number } = numbered;
    let group = printing(groupsOf(series), numbered, label);
    if (group === undefined) {
      const format = Series.formatOf(label, numbered);
      if (format === undefined) {
        return [finding(document, `a document printed ${label}, which is not its year and number`)];
      }
      group = addGroup(series, format);
      if (group === undefined) return [finding(document, TOO_MANY)];
    }
    numbersIn(group, year).add(number);
    return [];
  };

  /**
   * Another share may have found another format in its first document, so that each of its numbers
   * goes to the group that a document printed like it would go to.
   */
  const join = ({ series, format, year, chunk, bits }: PrintItem): readonly Finding[] => {
    const joined = createNumberSet();
    joined.join(chunk, bits);
    const [first, ...others] = groupsOf(series);
    if (first !== undefined && others.length === 0 && isSameFormat(first.format, format)) {
      numbersIn(first, year).join(chunk, bits);
      return [];
    }
    for (const number of joined.all()) {
      const place = { series, year, number };
      const label = Series.formatNumber(format, place);
      const group = printing(groupsOf(series), place, label) ?? addGroup(series, format);
      // There is no document at hand that a finding could name.
      if (group === undefined) {
        const streamId = seriesStreamId(series);
        return [{ invariant: 'numbers', streamId, why: TOO_MANY, evidence: { series, year } }];
      }
      numbersIn(group, year).add(number);
    }
    return [];
  };

  return {
    proves: ['numbers'],
    visit: (stream) => {
      const order = orderIn(stream);
      return order === undefined ? NO_FINDINGS : documentsIn(order).flatMap(see);
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
    part: function* () {
      for (const { series, format, years } of groups()) {
        for (const [year, numbers] of years) {
          for (const [chunk, bits] of numbers.chunks()) {
            yield { of: 'print', series, format, year, chunk, bits };
          }
        }
      }
    },
    join: (item) => (item.of === 'print' ? join(item) : NO_FINDINGS),
  };
};

type PrintItem = Extract<PartItem, { readonly of: 'print' }>;

const TOO_MANY = 'printed in one way more than can be compared';

const printing = (
  groups: readonly Group[],
  place: Parameters<typeof Series.formatNumber>[1],
  label: string,
): Group | undefined => groups.find(({ format }) => Series.formatNumber(format, place) === label);

const numbersIn = ({ years }: Group, year: number): NumberSet => {
  const numbers = years.get(year) ?? createNumberSet();
  years.set(year, numbers);
  return numbers;
};

const isSameFormat = (one: Series.NumberFormat, other: Series.NumberFormat): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

const printedTwice = (one: Group, other: Group): readonly Finding[] => {
  const found: Finding[] = [];
  let more = 0;
  for (const [year, numbers] of one.years) {
    for (const number of numbers.all()) {
      const label = Series.formatNumber(one.format, { series: one.series, year, number });
      const place = Series.placePrinted(other, label);
      if (place === undefined || other.years.get(place.year)?.has(place.number) !== true) continue;
      if (found.length >= REPORTED_MAX) {
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
    found.push({
      invariant: 'numbers',
      streamId: seriesStreamId(one.series),
      why: `${more} more documents are printed as those of ${other.series} are`,
      evidence: { series: one.series, otherSeries: other.series },
    });
  }
  return found;
};

const finding = ({ streamId, version, id, numbered }: AllocatedDocument, why: string): Finding => ({
  invariant: 'numbers',
  streamId,
  version,
  why,
  evidence: { series: numbered.series, year: numbered.year, number: numbered.number, document: id },
});
