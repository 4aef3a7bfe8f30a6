import { expect } from 'chai';
import fc from 'fast-check';
import {
  isTimeZone,
  isYearStart,
  localDate,
  UTC_CALENDAR,
  yearAt,
} from '../../src/domain/calendar.ts';

describe('A local date', () => {
  for (const [moment, timeZone, date] of [
    ['2026-12-31T22:59:59.999Z', 'Europe/Berlin', '2026-12-31'],
    ['2026-12-31T23:00:00.000Z', 'Europe/Berlin', '2027-01-01'],
    ['2026-06-30T22:00:00.000Z', 'Europe/Berlin', '2026-07-01'],
    ['2026-12-31T10:00:00.000Z', 'Pacific/Kiritimati', '2027-01-01'],
    ['2027-01-01T10:59:59.999Z', 'Pacific/Pago_Pago', '2026-12-31'],
    ['1999-01-01T00:00:00.000Z', 'UTC', '1999-01-01'],
  ] as const) {
    it(`is ${date} in ${timeZone} at ${moment}`, () => {
      expect(localDate(Date.parse(moment), timeZone)).to.equal(date);
    });
  }

  it('is that of ISO 8601 in UTC, whatever was asked before', () => {
    const midnight = fc.nat({ max: 20 }).map((days) => days * 86_400_000);
    const nearMidnight = fc.tuple(midnight, fc.integer({ min: -2, max: 2 }));
    const moment = fc.oneof(
      nearMidnight.map(([at, off]) => at + off),
      fc.date({ noInvalidDate: true }).map(Number),
    );
    fc.assert(
      fc.property(fc.array(moment), (moments) => {
        for (const at of moments) {
          expect(localDate(at, 'UTC')).to.equal(new Date(at).toISOString().split('T')[0]);
        }
      }),
    );
  });

  it('is never more than a day from that in UTC, and never goes back', () => {
    const moment = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) });
    const zone = fc.constantFrom('Europe/Berlin', 'America/Toronto', 'Asia/Tokyo', 'Asia/Kolkata');
    fc.assert(
      fc.property(moment, zone, (at, timeZone) => {
        const date = localDate(at, timeZone);
        expect(date).to.match(/^\d{4}-\d{2}-\d{2}$/u);
        expect(Math.abs(Date.parse(date) + 43_200_000 - at)).to.be.at.most(1.5 * 86_400_000);
        expect(localDate(at + 86_400_000, timeZone) >= date).to.equal(true);
      }),
    );
  });
});

describe('A year', () => {
  for (const [date, yearStart, year] of [
    ['2026-06-30', '07-01', 2025],
    ['2026-07-01', '07-01', 2026],
    ['2026-04-05', '04-06', 2025],
    ['2026-04-06', '04-06', 2026],
    ['2026-01-01', '01-01', 2026],
    ['2026-12-30', '12-31', 2025],
  ] as const) {
    it(`that begins on ${yearStart} is ${year} on ${date}`, () => {
      expect(yearAt(Date.parse(date), { timeZone: 'UTC', yearStart })).to.equal(year);
    });
  }

  it('is that of the calendar where nothing was chosen', () => {
    expect(yearAt(Date.UTC(2027, 0, 1), UTC_CALENDAR)).to.equal(2027);
    expect(yearAt(Date.UTC(2027, 0, 1) - 1, UTC_CALENDAR)).to.equal(2026);
  });

  it('begins on a day that each year has', () => {
    expect(['01-01', '02-28', '12-31', '04-06'].every(isYearStart)).to.equal(true);
    expect(['02-29', '13-01', '00-10', '04-31', '1-1', '07', ''].some(isYearStart)).to.equal(false);
  });
});

describe('A time zone', () => {
  it('is a name that IANA knows, and no offset', () => {
    expect(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'].every(isTimeZone)).to.equal(
      true,
    );
    expect(['+02:00', 'Berlin', 'Europe/Atlantis', '', 'UTC\n'].some(isTimeZone)).to.equal(false);
  });
});
