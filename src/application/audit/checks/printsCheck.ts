import { ok } from 'neverthrow';
import * as Series from '../../../domain/series/index.ts';
import { seriesStreamId } from '../../series/seriesLog.ts';
import { NO_FINDINGS, type AuditCheck, type Finding } from '../check.ts';
import { documentsIn, type AllocatedDocument, orderIn } from '../decodedStreams.ts';

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
  };
};

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

/**
 * A chunk takes 8 KiB. The numbers of a series are dense, and one that is far off costs no more
 * than this.
 */
const CHUNK_BITS = 65_536;

type NumberSet = ReturnType<typeof createNumberSet>;

/** A set of the numbers 1 … n: one bit for each, so that ten million cost about a megabyte. */
const createNumberSet = () => {
  const chunks = new Map<number, Uint8Array>();
  const placeOf = (number: number) => {
    const bit = number % CHUNK_BITS;
    return { chunk: Math.floor(number / CHUNK_BITS), byte: bit >> 3, mask: 1 << (bit & 7) };
  };
  const has = (number: number): boolean => {
    const { chunk, byte, mask } = placeOf(number);
    return ((chunks.get(chunk)?.[byte] ?? 0) & mask) !== 0;
  };
  return {
    has,
    add: (number: number): void => {
      const { chunk, byte, mask } = placeOf(number);
      const bits = chunks.get(chunk) ?? new Uint8Array(CHUNK_BITS / 8);
      chunks.set(chunk, bits);
      bits[byte] = (bits[byte] ?? 0) | mask;
    },
    /** Yields the numbers in ascending order. */
    all: function* (): Generator<number, void, void> {
      for (const chunk of [...chunks.keys()].toSorted((one, other) => one - other)) {
        const first = chunk * CHUNK_BITS;
        for (let number = first; number < first + CHUNK_BITS; number += 1) {
          if (has(number)) yield number;
        }
      }
    },
  };
};
