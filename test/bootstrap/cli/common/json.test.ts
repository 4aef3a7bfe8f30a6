import { expect } from 'chai';
import { jsonOf } from '../../../../src/bootstrap/cli/common/json.ts';

describe('The JSON of a value', () => {
  it('has times in ISO 8601, whatever they are called', () => {
    expect(
      jsonOf({ at: 0, sentAt: 1, since: 2, date: 3, notAfter: 4, sendUntil: 5 }),
    ).to.deep.equal({
      at: '1970-01-01T00:00:00.000Z',
      sentAt: '1970-01-01T00:00:00.001Z',
      since: '1970-01-01T00:00:00.002Z',
      date: '1970-01-01T00:00:00.003Z',
      notAfter: '1970-01-01T00:00:00.004Z',
      sendUntil: '1970-01-01T00:00:00.005Z',
    });
  });

  it('leaves durations, counts and texts as they are', () => {
    const value = { ageMs: 1, attempt: 2, at: 'noon', format: 'x', flat: 7, seriesFrom: 3 };

    expect(jsonOf(value)).to.deep.equal(value);
  });

  it('has amounts with the currency beside or around them', () => {
    expect(
      jsonOf({
        currency: 'KWD',
        totalMinor: 1,
        lines: [{ netMinor: -2 }],
        refunded: [{ currency: 'JPY', amountMinor: 3 }],
      }),
    ).to.deep.equal({
      currency: 'KWD',
      total: { minor: 1, currency: 'KWD', exponent: 3 },
      lines: [{ net: { minor: -2, currency: 'KWD', exponent: 3 } }],
      refunded: [{ currency: 'JPY', amount: { minor: 3, currency: 'JPY', exponent: 0 } }],
    });
  });

  it('says nothing of the currency of an amount that has none', () => {
    expect(jsonOf({ totalMinor: 1 })).to.deep.equal({ totalMinor: 1 });
  });

  it('leaves alone what somebody has sent', () => {
    const body = { unitPriceMinor: 5, at: 0, currency: 'EUR' };

    expect(jsonOf({ body, currency: 'EUR' })).to.deep.equal({ body, currency: 'EUR' });
  });
});
