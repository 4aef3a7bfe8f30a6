import { expect } from 'chai';
import fc from 'fast-check';
import { backoffMs, type DelayClass } from '../../src/application/delivery/backoff.ts';
import { VISIBILITY_MAX_MS } from '../../src/application/ports/messageQueue.ts';
import {
  deliverySettings,
  parseConfig,
  SETTING_NAMES,
  type SettingName,
} from '../../src/bootstrap/config.ts';
import {
  closeMs,
  giveUpMs,
  horizonMaxMs,
  paymentRules,
} from '../../src/bootstrap/config/paymentRules.ts';
import { SELLER_SETTINGS, sellerOf } from '../../src/bootstrap/config/seller.ts';
import { RECEIVES_MAX, receivesUntil } from '../../src/bootstrap/config/queueSettings.ts';
import { COMPLETE, mistakesOf } from './completeEnvironment.ts';
import { runsOf } from '../support/runs.ts';

const HOUR_MS = 3_600_000;

describe('Settings that are right each by itself', () => {
  const UNFIT: readonly (readonly [SettingName, string])[] = [
    ['RETRY_DELAY_MAX_MS', '999'],
    ['RETRY_DELAY_MAX_MS', '1800000'],
    ['DRAIN_TIMEOUT_MS', '5000'],
    ['DRAIN_TIMEOUT_MS', '10000'],
    ['HANDLER_TIMEOUT_MS', '60000'],
    // At half of it on average, an order would come back 35 times until the horizon, and 100 until
    // the close.
    ['RETRY_DELAY_MAX_MS', '120000'],
    ['CREDIT_NOTE_SERIES', 'INV'],
    ['INVOICE_DELIVERY', 'link'],
    // A claim may take 28 s to be written, and the mail 5 s.
    ['NOTIFICATION_LEASE_MS', '33000'],
  ];
  for (const [name, value] of UNFIT) {
    it(`are refused where ${name} is ${value}, which does not fit to the others`, () => {
      const found = mistakesOf({ ...COMPLETE, [name]: value });
      expect(new Set(found.map((mistake) => mistake.name))).to.deep.equal(new Set([name]));
      expect(found.every(({ remedy }) => remedy.length > 10)).to.equal(true);
    });
  }

  const SELLER = {
    SELLER_NAME: 'Muster GmbH',
    SELLER_STREET: 'Domplatz 1',
    SELLER_POSTAL_CODE: '50667',
    SELLER_CITY: 'Köln',
    SELLER_COUNTRY: 'DE',
  };

  it('are refused where the seller is named by half', () => {
    expect(mistakesOf({ ...COMPLETE, ...SELLER })).to.deep.equal([]);
    const { SELLER_CITY: _city, SELLER_NAME: _name, ...half } = SELLER;
    expect(mistakesOf({ ...COMPLETE, ...half })).to.deep.equal([
      {
        name: 'SELLER_NAME',
        wrong: 'is missing, and SELLER_STREET is set',
        remedy: 'Set it too, or take all of SELLER_… away.',
      },
      {
        name: 'SELLER_CITY',
        wrong: 'is missing, and SELLER_STREET is set',
        remedy: 'Set it too, or take all of SELLER_… away.',
      },
    ]);
  });

  it('make the seller that is frozen into each invoice, or none', () => {
    const needs = SELLER_SETTINGS;
    const env = { ...SELLER, SELLER_IBAN: 'DE02 3705 0198 0001 8020 57' };
    const seller = sellerOf(parseConfig(env, { needs })._unsafeUnwrap());
    expect(seller).to.deep.include({
      name: 'Muster GmbH',
      iban: 'DE02370501980001802057',
      bic: '',
    });
    expect(seller?.address).to.deep.include({ city: 'Köln', country: 'DE', addition: '' });
    expect(sellerOf(parseConfig({}, { needs })._unsafeUnwrap())).to.equal(undefined);
  });

  for (const [name, value] of [
    ['SELLER_COUNTRY', 'Germany'],
    ['SELLER_VAT_ID', '98765432X'],
    ['SELLER_IBAN', 'DE03370501980001802057'],
    ['SELLER_BIC', 'NOTABIC'],
    ['SELLER_EMAIL', 'Billing'],
    ['SELLER_ELECTRONIC_ADDRESS', '9930-DE1'],
    ['SELLER_FOOTER', 'two\nlines'],
    ['SELLER_FOOTER', 'x'.repeat(201)],
    ['INVOICE_TIME_ZONE', 'Lummerland'],
    ['INVOICE_YEAR_START', '02-29'],
  ] as const) {
    it(`are refused where ${name} is ${JSON.stringify(value).slice(0, 30)}, unrepeated`, () => {
      const [mistake, ...more] = mistakesOf({ ...COMPLETE, ...SELLER, [name]: value });
      expect(mistake?.name).to.equal(name);
      expect(`${mistake?.wrong} ${mistake?.remedy}`).not.to.include(value);
      expect(more).to.deep.equal([]);
    });
  }

  it('are refused where a request could outlive its key, run-on and skew included (R4)', () => {
    const windowMs = 4 * HOUR_MS;
    const GATEWAY_KEY_WINDOW_MS = String(windowMs);
    const maxMs = windowMs - 10_000 - 50_000 - 7_000;
    const slow = { RETRY_DELAY_MAX_MS: '1200000' };
    const assumed = { GATEWAY_RUN_ON_MS: '50000', CLOCK_SKEW_MAX_MS: '7000' };
    const horizon = (ms: number) =>
      mistakesOf({
        ...COMPLETE,
        ...slow,
        ...assumed,
        GATEWAY_KEY_WINDOW_MS,
        GATEWAY_RESEND_HORIZON_MS: String(ms),
      });

    expect(maxMs).to.equal(
      horizonMaxMs({
        GATEWAY_TIMEOUT_MS: 10_000,
        GATEWAY_RUN_ON_MS: 50_000,
        GATEWAY_KEY_WINDOW_MS: windowMs,
        CLOCK_SKEW_MAX_MS: 7_000,
      }),
    );
    expect(horizon(maxMs)).to.deep.equal([]);
    expect(horizon(maxMs + 1)).to.deep.equal([
      {
        name: 'GATEWAY_RESEND_HORIZON_MS',
        wrong: `has to be at most GATEWAY_KEY_WINDOW_MS less what one request may last (${maxMs})`,
        remedy: 'Shorten it, or GATEWAY_TIMEOUT_MS; the window is what the gateway promises.',
      },
    ]);
  });

  it('are refused where a window is shorter than one request', () =>
    expect(
      mistakesOf({ ...COMPLETE, GATEWAY_KEY_WINDOW_MS: '150000' }).map(({ name }) => name),
    ).to.deep.equal(['GATEWAY_RESEND_HORIZON_MS']));

  it('are refused where a payment stays open for longer than SQS hides one (R5)', () => {
    const settle = (ms: number) =>
      mistakesOf({
        ...COMPLETE,
        RETRY_DELAY_MAX_MS: '3600000',
        GATEWAY_RESEND_HORIZON_MS: String(2 * HOUR_MS),
        GATEWAY_SETTLE_DELAY_MS: String(ms),
      });
    const others = {
      GATEWAY_TIMEOUT_MS: 10_000,
      GATEWAY_RUN_ON_MS: 120_000,
      GATEWAY_RESEND_HORIZON_MS: 2 * HOUR_MS,
      CLOCK_SKEW_MAX_MS: 60_000,
    };
    const rest = closeMs({ ...others, GATEWAY_SETTLE_DELAY_MS: 0 });
    const longest = VISIBILITY_MAX_MS - HOUR_MS - rest;

    expect(settle(longest)).to.deep.equal([]);
    expect(settle(longest + 1).map(({ name }) => name)).to.deep.equal(['GATEWAY_SETTLE_DELAY_MS']);
  });

  it('are refused where a credit note could be printed with the number of an invoice', () => {
    const formats = (invoice: string, creditNote: string) =>
      mistakesOf({
        ...COMPLETE,
        INVOICE_NUMBER_FORMAT: invoice,
        CREDIT_NOTE_NUMBER_FORMAT: creditNote,
      }).map(({ name }) => name);

    expect(formats('{year}-{number}', '{year}-{number}')).to.deep.equal([
      'CREDIT_NOTE_NUMBER_FORMAT',
    ]);
    // These differ until a number has six digits.
    expect(formats('{year}-{number:5}', '{year}-{number:6}')).to.deep.equal([
      'CREDIT_NOTE_NUMBER_FORMAT',
    ]);
    expect(formats('{year}-{number}', 'G {year}-{number}')).to.deep.equal([]);
    expect(formats('{series}/{year}/{number}', '{series}/{year}/{number}')).to.deep.equal([]);
  });

  it('are asked for nothing that a command does not need', () =>
    expect(mistakesOf({ ...COMPLETE, GATEWAY_SETTLE_DELAY_MS: '39600000' }, ['AWS_REGION'])).to.eql(
      [],
    ));
});

describe('The times of a payment', () => {
  const config = parseConfig(COMPLETE, { needs: SETTING_NAMES })._unsafeUnwrap();

  it('sum up to the close: horizon, life of a request, settle delay, skew (R5)', () => {
    const { resendHorizonMs, closeMs: closesMs } = paymentRules(config);

    expect(resendHorizonMs).to.equal(30 * 60_000);
    expect(closesMs).to.equal(30 * 60_000 + (10_000 + 120_000) + HOUR_MS + 60_000);
  });

  it('let an open order return until it is given up, long before its queue gives up', () => {
    const settings = deliverySettings(config);
    const openMs = giveUpMs(config);
    expect(receivesUntil(openMs, settings)).to.be.within(10, RECEIVES_MAX / 2);

    // A thousand orders whose payment stays open, by the delays that they would really be given.
    const anyClass = fc.constantFrom<DelayClass>('prompt', 'normal');
    fc.assert(
      fc.property(fc.infiniteStream(anyChance()), anyClass, (chances, delayClass) => {
        let receives = 1;
        for (let ms = 0; ms < openMs && receives <= RECEIVES_MAX; receives += 1) {
          const random = chances.next().value;
          ms += backoffMs({ attempt: receives, random, heldMs: 0, delayClass }, settings);
        }
        expect(receives).to.be.below(RECEIVES_MAX);
      }),
      { numRuns: runsOf(250, 1_000), endOnFailure: true },
    );
  });
});

/** As even as chance is; the library's own numbers prefer the extremes. */
const anyChance = (): fc.Arbitrary<number> =>
  fc.noBias(fc.nat(999_999)).map((chance) => chance / 1_000_000);
