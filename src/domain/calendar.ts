/** The rule by which a document belongs to a numbering year. */
export type Calendar = {
  /** An IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** The month and day on which each year begins: `07-01`. */
  readonly yearStart: string;
};

/** The calendar of releases in which there was no choice. */
export const UTC_CALENDAR: Calendar = { timeZone: 'UTC', yearStart: '01-01' };

/** Each format is made once: making one takes a thousand times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

const formatFor = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  formats.set(timeZone, format);
  return format;
};

/**
 * Whether a text is the name of a time zone. An offset such as `+02:00` is none: it is wrong for
 * half of the year.
 */
export const isTimeZone = (text: string): boolean => {
  if (!/^[A-Za-z][\w+/-]{0,63}$/u.test(text)) return false;
  try {
    formatFor(text);
    return true;
  } catch {
    return false;
  }
};

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a text is a day that every year has. The 29th of February is none. */
export const isYearStart = (text: string): boolean => {
  if (!/^\d{2}-\d{2}$/u.test(text)) return false;
  const [month = 0, day = 0] = text.split('-').map(Number);
  return day >= 1 && day <= (DAYS[month - 1] ?? 0);
};

/** The date at that moment in that zone, such as `2026-11-29`. */
export const localDate = (at: number, timeZone: string): string => {
  if (timeZone === 'UTC') return utcDate(at);
  const parts = formatFor(timeZone).formatToParts(at);
  const part = (wanted: string): string =>
    parts.find(({ type }) => type === wanted)?.value.padStart(2, '0') ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
};

const DAY_MS = 86_400_000;

/** The day that was asked for last: most documents are issued today. */
let known = { day: NaN, date: '' };

const utcDate = (at: number): string => {
  const day = Math.floor(at / DAY_MS);
  if (known.day !== day) {
    const date = new Date(at).toISOString().slice(0, -'T00:00:00.000Z'.length);
    known = { day, date };
  }
  return known.date;
};

/** The year of a moment. A year is named after the calendar year in which it begins. */
export const yearAt = (at: number, { timeZone, yearStart }: Calendar): number => {
  const date = localDate(at, timeZone);
  const dayAt = date.length - yearStart.length;
  const year = Number(date.slice(0, dayAt - 1));
  return date.slice(dayAt) < yearStart ? year - 1 : year;
};
