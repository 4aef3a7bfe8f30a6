import { formatNumber, type NumberFormat } from './format.ts';
import type { AllocatedNumber } from './events.ts';

export type PrintFormat = { readonly series: string; readonly format: NumberFormat };

export type NumberPlace = Pick<AllocatedNumber, 'year' | 'number'>;

/** A part of a printed number: runs of text and digits, two of which are year and number. */
type PatternRun =
  | { readonly type: 'Literal'; readonly text: string }
  | { readonly type: 'Year' }
  | { readonly type: 'Number'; readonly digitsMin: number };

const YEAR_MIN = 1970;
const YEAR_MAX = 9999;
const YEAR_DIGITS = 4;
/** The digits of the greatest number that is exact. */
const DIGITS_MAX = 16;
/** A format has two runs of digits of its own, and a few in its other text. */
const NAMED_RUNS_MAX = 6;

/**
 * A number that both could print; undefined where no two documents of the two are ever written
 * alike. A format lets no other digit touch the year or the number. So printed texts are equal if
 * and only if they have as many runs, and each run of one can stand in the place of its
 * counterpart. Years go up to 9999.
 */
export const printedByBoth = (one: PrintFormat, other: PrintFormat): string | undefined => {
  const [left, right] = [runsOf(one), runsOf(other)];
  if (left.length !== right.length) return undefined;
  const common = left.map((run, at) => commonTo(run, right[at]));
  return common.includes(undefined) ? undefined : common.join('');
};

/** The place of a series that a text prints, if it prints one of this series at all. */
export const placePrinted = (print: PrintFormat, text: string): NumberPlace | undefined => {
  const pattern = runsOf(print).map((run) => {
    if (run.type === 'Year') return String.raw`(?<year>\d{4})`;
    if (run.type === 'Number') {
      const { digitsMin } = run;
      return String.raw`(?<number>\d{${digitsMin},${Math.max(digitsMin, DIGITS_MAX)}})`;
    }
    return run.text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  });
  const found = new RegExp(`^${pattern.join('')}$`).exec(text)?.groups;
  if (found === undefined) return undefined;
  const place = { year: Number(found['year']), number: Number(found['number']) };
  // A number that needs no more digits than the least has none before it.
  return formatNumber(print.format, { series: print.series, ...place }) === text
    ? place
    : undefined;
};

/**
 * The format that prints this place as this text; undefined where the text does not name its year
 * and number.
 */
export const formatOf = (text: string, { year, number }: NumberPlace): NumberFormat | undefined => {
  const runs = text.match(/\d+|\D+/g) ?? [];
  const years = runs.flatMap((run, at) =>
    run === String(year).padStart(YEAR_DIGITS, '0') ? [at] : [],
  );
  for (const yearAt of years) {
    const numberAt = runs.findIndex(
      (run, at) => at !== yearAt && /^\d+$/.test(run) && Number(run) === number,
    );
    if (numberAt === -1) continue;
    return runs.map((run, at) => {
      if (at === yearAt) return { type: 'Value', name: 'year' };
      if (at !== numberAt) return { type: 'Text', text: run };
      return { type: 'Value', name: 'number', digitsMin: run.startsWith('0') ? run.length : 1 };
    });
  }
  return undefined;
};

/**
 * Each place that a text could name, whatever the format: any of its runs of four digits may be the
 * year, and any other run of digits the number.
 */
export const placesNamed = (text: string): readonly NumberPlace[] => {
  const digits = (text.match(/\d+/g) ?? []).slice(0, NAMED_RUNS_MAX);
  return digits.flatMap((year, yearAt) =>
    year.length !== YEAR_DIGITS || Number(year) < YEAR_MIN
      ? []
      : digits.flatMap((number, at) =>
          at === yearAt || Number(number) < 1 || !Number.isSafeInteger(Number(number))
            ? []
            : [{ year: Number(year), number: Number(number) }],
        ),
  );
};

const runsOf = ({ series, format }: PrintFormat): readonly PatternRun[] => {
  const runs: PatternRun[] = [];
  let literal = '';
  const endLiteral = (): void => {
    for (const text of literal.match(/\d+|\D+/g) ?? []) {
      runs.push({ type: 'Literal', text });
    }
    literal = '';
  };
  for (const part of format) {
    if (part.type === 'Text') literal += part.text;
    else if (part.name === 'series') literal += series;
    else {
      endLiteral();
      if (part.name === 'number') runs.push({ type: 'Number', digitsMin: part.digitsMin });
      else runs.push({ type: 'Year' });
    }
  }
  endLiteral();
  return runs;
};

const commonTo = (one: PatternRun, other: PatternRun | undefined): string | undefined => {
  if (other === undefined) return undefined;
  if (one.type === 'Literal') return canBe(other, one.text);
  if (other.type === 'Literal') return canBe(one, other.text);
  if (one.type === 'Number' && other.type === 'Number') {
    // The format that fills up more prints no number with fewer digits.
    const digits = Math.max(one.digitsMin, other.digitsMin);
    return one.digitsMin === other.digitsMin
      ? '1'.padStart(digits, '0')
      : `1${'0'.repeat(digits - 1)}`;
  }
  const number = one.type === 'Number' ? one : other;
  return number.type === 'Number' && number.digitsMin > YEAR_DIGITS ? undefined : '2026';
};

const canBe = (run: PatternRun, text: string): string | undefined => {
  if (run.type === 'Literal') return run.text === text ? text : undefined;
  if (!/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  const isPrinted =
    run.type === 'Year'
      ? text.length === YEAR_DIGITS && value >= YEAR_MIN && value <= YEAR_MAX
      : value >= 1 &&
        Number.isSafeInteger(value) &&
        String(value).padStart(run.digitsMin, '0') === text;
  return isPrinted ? text : undefined;
};
