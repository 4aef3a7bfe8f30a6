import { expect } from 'chai';
import fc from 'fast-check';
import { err, ok } from 'neverthrow';
import { UTC_CALENDAR } from '../../../src/domain/calendar.ts';
import * as Series from '../../../src/domain/series/index.ts';

const FORMAT = '{series}-{year}-{number:6}';
const NEW_YEAR_2027 = Date.UTC(2027, 0, 1);
const entry = (id: string): Series.SeriesEntry => ({ id, reference: `pi_${id}` });

describe('a series of numbers', () => {
  it('begins at 1 and goes on behind the last number given', () => {
    const first = Series.nextCommit(Series.initialState, {
      entries: [entry('a'), entry('b')],
      now: 5,
      format: FORMAT,
      calendar: UTC_CALENDAR,
    });
    const second = Series.nextCommit(Series.fold([first]), {
      entries: [entry('c')],
      now: 6,
      format: FORMAT,
      calendar: UTC_CALENDAR,
    });

    expect(first.data).to.deep.include({ first: 1, date: 5, year: 1970 });
    expect(second.data).to.deep.include({ first: 3, date: 6, year: 1970 });
  });

  it('restarts at 1 with the year (hole 17)', () => {
    const last = {
      entries: [entry('a'), entry('b')],
      now: NEW_YEAR_2027 - 1,
      format: FORMAT,
      calendar: UTC_CALENDAR,
    };
    const old = Series.nextCommit(Series.initialState, last);
    const next = {
      entries: [entry('c')],
      now: NEW_YEAR_2027,
      format: FORMAT,
      calendar: UTC_CALENDAR,
    };
    const { data } = Series.nextCommit(Series.fold([old]), next);

    expect([old.data.year, old.data.first]).to.deep.equal([2026, 1]);
    expect([data.year, data.first, data.date]).to.deep.equal([2027, 1, NEW_YEAR_2027]);
  });

  it('does not go back to last year where a clock is behind (hole 17)', () => {
    const state = Series.fold([
      Series.nextCommit(Series.initialState, {
        entries: [entry('a')],
        now: NEW_YEAR_2027,
        format: FORMAT,
        calendar: UTC_CALENDAR,
      }),
    ]);
    const { data } = Series.nextCommit(state, {
      entries: [entry('b')],
      now: NEW_YEAR_2027 - 1,
      format: FORMAT,
      calendar: UTC_CALENDAR,
    });

    expect([data.year, data.first, data.date]).to.deep.equal([2027, 2, NEW_YEAR_2027]);
  });

  it('restarts with a year that begins in July in Berlin, named after its first day', () => {
    const calendar = { timeZone: 'Europe/Berlin', yearStart: '07-01' };
    const july = Date.UTC(2027, 5, 30, 22);
    const numbered = (state: Series.State, now: number) =>
      Series.nextCommit(state, { entries: [entry('a')], now, format: FORMAT, calendar });
    const old = numbered(Series.initialState, july - 1);
    const { data } = numbered(Series.fold([old]), july);

    expect([old.data.year, old.data.first]).to.deep.equal([2026, 1]);
    expect([data.year, data.first]).to.deep.equal([2027, 1]);
  });

  it('gives no number twice where allocators have different calendars (C4)', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyBatch(), anyCalendar()), { size: '+1' }), (batches) => {
        const events: Series.Event[] = [];
        for (const [{ now, count }, calendar] of batches) {
          const entries = Array.from({ length: count }, (_, i) => entry(`${events.length}-${i}`));
          const state = Series.fold(events);
          const event = Series.nextCommit(state, { entries, now, format: FORMAT, calendar });
          expect(Series.continues(state, event)).to.equal(true);
          events.push(event);
        }
        const places = events.flatMap((event, at) =>
          Series.placesOf(event, { series: 'INV', seriesVersion: at + 1 }),
        );
        const labels = places.map(({ label }) => label);
        expect(new Set(labels).size).to.equal(labels.length);
        for (const [year, numbers] of numbersByYear(places)) {
          expect(numbers, `${year}`).to.deep.equal(numbers.map((_, at) => at + 1));
        }
      }),
    );
  });

  it('stays in the year of the commit before it until its calendar has come as far', () => {
    const begun = { date: NEW_YEAR_2027, year: 2027, next: 9, format: FORMAT };
    const calendar = { timeZone: 'UTC', yearStart: '07-01' };
    const in2026 = { entries: [entry('a')], now: NEW_YEAR_2027 + 1, format: FORMAT, calendar };
    const { data } = Series.nextCommit(begun, in2026);
    expect([data.year, data.first]).to.deep.equal([2027, 9]);
  });

  it('gives each entry the number of its place', () => {
    const commit = Series.nextCommit(
      { date: 0, year: 2026, next: 42, format: '' },
      {
        entries: [entry('a'), entry('b')],
        now: NEW_YEAR_2027 - 1,
        format: FORMAT,
        calendar: UTC_CALENDAR,
      },
    );
    const place = { series: 'INV', year: 2026, date: NEW_YEAR_2027 - 1, seriesVersion: 7 };
    expect(Series.placesOf(commit, { series: 'INV', seriesVersion: 7 })).to.deep.equal([
      { ...entry('a'), numbered: { ...place, number: 42 }, label: 'INV-2026-000042' },
      { ...entry('b'), numbered: { ...place, number: 43 }, label: 'INV-2026-000043' },
    ]);
  });

  it('numbers each year 1 … n, dates never falling, whatever the clocks say', () =>
    fc.assert(
      fc.property(fc.array(anyBatch()), (batches) => {
        const events: Series.Event[] = [];
        for (const { now, count } of batches) {
          const entries = Array.from({ length: count }, (_, i) => entry(`${events.length}-${i}`));
          const state = Series.fold(events);
          const event = Series.nextCommit(state, {
            entries,
            now,
            format: FORMAT,
            calendar: UTC_CALENDAR,
          });
          expect(Series.continues(state, event)).to.equal(true);
          events.push(event);
        }
        const places = events.flatMap((event, at) =>
          Series.placesOf(event, { series: 'INV', seriesVersion: at + 1 }),
        );
        const dates = places.map(({ numbered }) => numbered.date);
        expect(dates).to.deep.equal(dates.toSorted((a, b) => a - b));
        for (const [year, numbers] of numbersByYear(places)) {
          expect(numbers, `${year}`).to.deep.equal(numbers.map((_, at) => at + 1));
        }
      }),
    ));

  it('shows a commit that does not continue it', () => {
    const state = {
      date: NEW_YEAR_2027,
      year: 2027,
      next: 3,
      format: FORMAT,
      calendar: UTC_CALENDAR,
    };
    const { data } = Series.nextCommit(state, {
      entries: [entry('a')],
      now: NEW_YEAR_2027 + 1,
      format: FORMAT,
      calendar: UTC_CALENDAR,
    });
    const continuesWith = (change: Partial<Series.NumberingEvent['data']>): boolean =>
      Series.continues(state, { type: 'DocumentsNumbered', data: { ...data, ...change } });

    expect(continuesWith({})).to.equal(true);
    expect(continuesWith({ first: 2 }), 'twice').to.equal(false);
    expect(continuesWith({ first: 4 }), 'a gap').to.equal(false);
    expect(continuesWith({ first: 1 }), 'a restart').to.equal(false);
    expect(continuesWith({ date: NEW_YEAR_2027 - 1, year: 2026, first: 1 }), 'back').to.equal(
      false,
    );
    expect(continuesWith({ year: 2028, first: 1 }), 'another year').to.equal(false);
    expect(continuesWith({ format: '{year}/{number}' }), 'another print').to.equal(false);
    expect(continuesWith({ format: '' }), 'of the release before').to.equal(false);
    expect(continuesWith({ yearStart: '07-01' }), 'behind by its own calendar').to.equal(true);
    expect(continuesWith({ year: 2028, first: 1, yearStart: '07-01' }), 'too far').to.equal(false);
  });

  it('fails closed on a commit that numbers nothing, or begins before 1', () => {
    const whyOf = (change: object): string =>
      Series.codec
        .decode({
          type: 'DocumentsNumbered',
          v: 1,
          data: { first: 1, date: 5, year: 1970, entries: [['a', 'pi_a']], ...change },
        })
        .match(
          () => 'was read',
          ({ why }) => why,
        );
    expect(whyOf({})).to.equal('was read');
    expect(whyOf({ entries: [] })).to.equal('DocumentsNumbered.entries is empty');
    expect(whyOf({ entries: [['a']] })).to.equal('DocumentsNumbered.entries[0] is not a list of 2');
    expect(whyOf({ first: 0 })).to.equal('DocumentsNumbered.first is zero');
  });
});

describe('the name of a series', () => {
  it('is 1 to 16 letters, digits or _', () => {
    for (const name of ['INV', 'a', 'CN_2', '0123456789abcdef']) {
      expect(Series.isSeriesName(name), name).to.equal(true);
    }
    for (const name of ['', '0123456789abcdefg', 'A-B', 'A/B', 'A.B', 'A B', 'Ä', 'A\n', '#', 7]) {
      expect(Series.isSeriesName(name), String(name)).to.equal(false);
    }
  });
});

describe('the format of a number', () => {
  const formatted = (format: string, place = { series: 'INV', year: 2026, number: 42 }) =>
    Series.parseFormat(format).map((parsed) => Series.formatNumber(parsed, place));
  const reasonsOf = (format: string): readonly string[] =>
    Series.parseFormat(format).match(
      () => [],
      ({ reasons }) => reasons,
    );

  it('writes series, year and number', () => {
    expect(formatted('{series}-{year}-{number:6}')).to.deep.equal(ok('INV-2026-000042'));
    expect(formatted('No. {number}/{year}')).to.deep.equal(ok('No. 42/2026'));
    expect(formatted('R{year}.{number:1}')).to.deep.equal(ok('R2026.42'));
    expect(formatted('{year}N{number:12}')).to.deep.equal(ok('2026N000000000042'));
  });

  it('lets a number take more digits than its least', () => {
    const place = { series: 'INV', year: 2026, number: 1_234_567 };
    expect(formatted('{year}-{number:6}', place)).to.deep.equal(ok('2026-1234567'));
  });

  for (const [format, ...reasons] of [
    ['', '{number} is missing', '{year} is missing'],
    ['{series}-{number}', '{year} is missing'],
    ['{series}-{year}', '{number} is missing'],
    ['{year}-{number}-{number:3}', '{number} is there 2 times'],
    [
      '{year}-{year}-{series}-{series}-{number}',
      '{year} is there 2 times',
      '{series} is there 2 times',
    ],
    ['{year}{number}', '{year} and {number} need a separator between them'],
    ['{number}{year}', '{number} and {year} need a separator between them'],
    ['{series}{year}-{number}', '{series} and {year} need a separator between them'],
    ['{year}-{number}{series}', '{number} and {series} need a separator between them'],
    ['A{series}-{year}-{number}', '"A" and {series} need a separator between them'],
    ['{series}_{year}-{number}', '{series} and "_" need a separator between them'],
    ['{year}-0{number}', '"-0" and {number} need a separator between them'],
    [
      '1{year}2-{number}3',
      '"1" and {year} need a separator between them',
      '{year} and "2-" need a separator between them',
      '{number} and "3" need a separator between them',
    ],
    [
      '{year}-{number}-{month}',
      '{month} is none of {series}, {year}, {number} and {number:1} to {number:12}',
    ],
    [
      '{year}-{number:0}',
      '{number:0} is none of {series}, {year}, {number} and {number:1} to {number:12}',
      '{number} is missing',
    ],
    [
      '{year}-{number:13}',
      '{number:13} is none of {series}, {year}, {number} and {number:1} to {number:12}',
      '{number} is missing',
    ],
    ['{year}-{number}}', '} is none of {series}, {year}, {number} and {number:1} to {number:12}'],
    ['{{year}-{number}', '{ is none of {series}, {year}, {number} and {number:1} to {number:12}'],
    ['{year}-{number}\n', '"\\n" has characters other than letters, digits, blanks and _ . / # -'],
    ['x'.repeat(41), 'it is longer than 40 characters'],
  ] as const) {
    it(`refuses ${JSON.stringify(format)} with every reason`, () => {
      expect(reasonsOf(format)).to.deep.equal(reasons);
    });
  }

  it('writes no two documents of a series alike', () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyFormat(), anyPlace(), anyPlace(), (format, one, other) => {
        const parsed = Series.parseFormat(format);
        if (parsed.isErr()) return;
        accepted += 1;
        const [a, b] = [one, other].map((place) =>
          Series.formatNumber(parsed.value, { series: 'A1', ...place }),
        );
        const same = one.year === other.year && one.number === other.number;
        expect(a === b).to.equal(same);
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).to.be.greaterThan(50);
  });

  it('says what is wrong as a value', () => {
    expect(Series.parseFormat('{year}')).to.deep.equal(
      err({ type: 'InvalidFormat', reasons: ['{number} is missing'] }),
    );
  });
});

const anyCalendar = () =>
  fc.record({
    timeZone: fc.constantFrom('UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Europe/Berlin'),
    yearStart: fc.constantFrom('01-01', '01-02', '04-06', '07-01', '12-31'),
  });

const anyBatch = () =>
  fc.record({
    now: fc.integer({ min: NEW_YEAR_2027 - 40_000_000_000, max: NEW_YEAR_2027 + 40_000_000_000 }),
    count: fc.integer({ min: 1, max: 4 }),
  });

const numbersByYear = (places: readonly Series.SeriesPlace[]): Map<number, number[]> => {
  const years = new Map<number, number[]>();
  for (const { numbered } of places) {
    years.set(numbered.year, [...(years.get(numbered.year) ?? []), numbered.number]);
  }
  return years;
};

const anyPlace = () =>
  fc.record({
    year: fc.integer({ min: 2000, max: 2003 }),
    number: fc.integer({ min: 1, max: 30_000 }),
  });

/** Often valid, often almost: its parts in any order, with texts between them that may be none. */
const anyFormat = () =>
  fc
    .tuple(
      fc.shuffledSubarray(['{year}', '{number:3}', '{series}'], { minLength: 2 }),
      fc.array(fc.constantFrom('-', '/', '.', '#', '', 'A', '0', '-2', '2-'), {
        minLength: 4,
        maxLength: 4,
      }),
    )
    .map(([parts, texts]) => texts.map((text, at) => text + (parts[at] ?? '')).join(''));
