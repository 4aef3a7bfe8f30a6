import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stripe } from 'stripe';
import { FAULT_NAMES, FAULTS } from '../../../../src/adapters/embedded/stripe/faultSettings.ts';
import {
  CARD_PAYMENT,
  startStripeSandbox,
  untilInLedger,
  type StripeSandbox,
} from '../../../support/stripeSandbox.ts';

const RESENDS_MAX = 400;
const POLL_MS = 5;

const MANUAL = { capture_method: 'manual', off_session: false };
const BEFORE = { charge: {}, capture: MANUAL, cancel: MANUAL, refund: {}, 'look-up': {} };
const STATUS_BEFORE = { capture: 'authorised', cancel: 'authorised', 'look-up': 'succeeded' };

type Asks = Readonly<
  Record<keyof typeof BEFORE, () => Promise<{ readonly status?: string | null }>>
>;

type Shown = { readonly shown: Readonly<Record<string, number>> };

describe('faults drawn at random by the Stripe sandbox, by the official SDK', () => {
  let sandbox: StripeSandbox;

  beforeEach(async () => {
    sandbox = await startStripeSandbox();
  });

  afterEach(() => sandbox.close());

  const pay = (idempotencyKey: string, changes: object = {}): Promise<Stripe.PaymentIntent> =>
    sandbox.stripe.paymentIntents.create({ ...CARD_PAYMENT, ...changes }, { idempotencyKey });

  /** What the client sees, in a few words. */
  const seen = (asked: Promise<{ readonly status?: string | null }>): Promise<string> =>
    asked.then(
      ({ status }) => status ?? 'answered',
      ({ type, statusCode }: Stripe.errors.StripeError) => `${type} ${statusCode ?? ''}`.trim(),
    );

  const settings = async (): Promise<Shown & Record<string, unknown>> =>
    (await (await fetch(`${sandbox.url}/sandbox/faults`)).json()) as Shown &
      Record<string, unknown>;

  const CUT = 'StripeConnectionError';
  const REFUSED = 'StripeInvalidRequestError 400';
  const UNKNOWN = 'StripeInvalidRequestError 404';
  const BUSY = 'StripeAPIError 409';
  const BROKEN = 'StripeAPIError 500';
  const UNREADABLE = 'StripeAPIError';
  const LIMITED = 'StripeRateLimitError 429';
  // What each request sees at 100 %, and how much the ledger has of it at once.
  const rows: Readonly<Record<string, readonly [string, string, number]>> = {
    'charge rate-limited': [LIMITED, LIMITED, 0],
    'charge dropped': [CUT, CUT, 0],
    'charge refused': [REFUSED, REFUSED, 0],
    'charge conflict': [BUSY, BUSY, 0],
    'charge captured-late': [CUT, CUT, 0],
    'charge server-error': [BROKEN, BROKEN, 0],
    'charge server-error-executed': [BROKEN, BROKEN, 1],
    'charge answer-lost': [CUT, 'succeeded', 1],
    'charge key-forgotten': [CUT, CUT, 2],
    'charge garbage-body': [UNREADABLE, UNREADABLE, 1],
    'charge wrong-amount': ['succeeded', 'succeeded', 1],
    'charge search-lag': ['succeeded', 'succeeded', 1],
    'capture rate-limited': [LIMITED, LIMITED, 0],
    'capture dropped': [CUT, CUT, 0],
    'capture refused': [UNKNOWN, UNKNOWN, 0],
    'capture conflict': [BUSY, BUSY, 0],
    'capture captured-late': [CUT, CUT, 0],
    'capture server-error': [BROKEN, BROKEN, 0],
    'capture server-error-executed': [BROKEN, BROKEN, 1],
    'capture answer-lost': [CUT, 'succeeded', 1],
    // There is one capture of a payment, whoever forgets what.
    'capture key-forgotten': [CUT, CUT, 1],
    'capture garbage-body': [UNREADABLE, UNREADABLE, 1],
    'capture wrong-amount': ['succeeded', 'succeeded', 1],
    'cancel rate-limited': [LIMITED, LIMITED, 0],
    'cancel dropped': [CUT, CUT, 0],
    'cancel refused': [UNKNOWN, UNKNOWN, 0],
    'cancel conflict': [BUSY, BUSY, 0],
    'cancel captured-late': [CUT, CUT, 0],
    'cancel server-error': [BROKEN, BROKEN, 0],
    'cancel server-error-executed': [BROKEN, BROKEN, 1],
    'cancel answer-lost': [CUT, 'canceled', 1],
    'cancel key-forgotten': [CUT, CUT, 1],
    'cancel garbage-body': [UNREADABLE, UNREADABLE, 1],
    'refund rate-limited': [LIMITED, LIMITED, 0],
    'refund dropped': [CUT, CUT, 0],
    'refund refused': [REFUSED, REFUSED, 0],
    'refund conflict': [BUSY, BUSY, 0],
    'refund captured-late': [CUT, CUT, 0],
    'refund server-error': [BROKEN, BROKEN, 0],
    'refund server-error-executed': [BROKEN, BROKEN, 1],
    'refund refund-lost': [CUT, 'succeeded', 1],
    'refund key-forgotten': [CUT, CUT, 2],
    'refund garbage-body': [UNREADABLE, UNREADABLE, 1],
    'refund refund-fails': ['failed', 'failed', 1],
    'look-up rate-limited': [LIMITED, LIMITED, 0],
    'look-up dropped': [CUT, CUT, 0],
    'look-up server-error': [BROKEN, BROKEN, 0],
    'look-up garbage-body': [UNREADABLE, UNREADABLE, 0],
  };

  for (const name of FAULT_NAMES) {
    for (const kind of FAULTS[name]) {
      it(`shows ${name} to each ${kind} at 100 %`, async () => {
        const { id: payment_intent } = await pay('before', BEFORE[kind]);
        await sandbox.setFaults({ percent: { [name]: 100 }, lateMs: 60_000 });
        const { paymentIntents, refunds } = sandbox.stripe;
        const key = { idempotencyKey: 'key-1' };
        const asks: Asks = {
          charge: () => pay('key-1'),
          capture: () => paymentIntents.capture(payment_intent, {}, key),
          cancel: () => paymentIntents.cancel(payment_intent, {}, key),
          refund: () => refunds.create({ payment_intent, amount: 1_000 }, key),
          'look-up': () => paymentIntents.retrieve(payment_intent),
        };
        const ask = asks[kind];
        /** How much more there is than the payment before, or how far it has come. */
        const ledger = async (): Promise<number> => {
          if (kind === 'refund') return (await sandbox.refunds()).length;
          const [before, ...more] = await sandbox.ledger();
          return kind === 'charge' ? more.length : Number(before?.status !== STATUS_BEFORE[kind]);
        };
        const outcomes = [await seen(ask()), await seen(ask())];
        expect([...outcomes, await ledger()]).to.deep.equal(rows[`${kind} ${name}`]);
        expect((await settings()).shown[name]).to.be.within(1, 2);
      });
    }
  }

  it('has a row for every fault and every kind of request that it is for', () => {
    const all = FAULT_NAMES.flatMap((name) => FAULTS[name].map((kind) => `${kind} ${name}`));
    expect(Object.keys(rows)).to.have.members(all);
  });

  const play = async (seed: number): Promise<readonly string[]> => {
    const percent = { 'rate-limited': 20, conflict: 20, 'server-error': 20, 'wrong-amount': 20 };
    await sandbox.setFaults({ percent, seed });
    const outcomes: string[] = [];
    for (let n = 0; n < 60; n += 1) outcomes.push(await seen(pay(`${seed}-${n}-${Math.random()}`)));
    return outcomes;
  };

  it('shows the same to the same requests when it begins from the same seed', async () => {
    const first = await play(7);
    expect(await play(7)).to.deep.equal(first);
    expect(await play(8)).not.to.deep.equal(first);
  });

  it('reports its seed and how often each fault was shown', async () => {
    const outcomes = await play(7);
    const { seed, shown, percent } = await settings();
    const limited = outcomes.filter((outcome) => outcome === LIMITED);
    expect(seed).to.equal(7);
    expect(percent).to.include({ 'rate-limited': 20, dropped: 0 });
    expect(shown['rate-limited']).to.equal(limited.length).and.to.be.within(3, 20);
  });

  it('replaces the set before, and has none after DELETE or a restart', async () => {
    await sandbox.setFaults({ percent: { 'rate-limited': 100 } });
    await sandbox.setFaults({ percent: { conflict: 100 } });
    expect(await seen(pay('key-1'))).to.equal(BUSY);
    await fetch(`${sandbox.url}/sandbox/faults`, { method: 'DELETE' });
    expect(await seen(pay('key-1'))).to.equal('succeeded');
    await sandbox.setFaults({ percent: { 'rate-limited': 100 } });
    sandbox = await sandbox.restart();
    expect(await seen(pay('key-2'))).to.equal('succeeded');
  });

  it('leaves one of those that exclude each other to chance', async () => {
    await sandbox.setFaults({ percent: { conflict: 100, dropped: 100 }, seed: 7 });
    for (let n = 0; n < 40; n += 1) await seen(pay('key-1'));
    const { conflict = 0, dropped = 0 } = (await settings()).shown;
    expect(conflict + dropped).to.equal(40);
    expect(Math.min(conflict, dropped)).to.be.greaterThan(5);
  });

  it('shows nothing to requests that a fault is not for', async () => {
    const { id } = await pay('before');
    const others = FAULT_NAMES.filter(
      (name) => !(FAULTS[name] as readonly string[]).includes('look-up'),
    );
    const percent = Object.fromEntries(others.map((name) => [name, 100]));
    await sandbox.setFaults({ percent });
    expect(await seen(sandbox.stripe.paymentIntents.retrieve(id))).to.equal('succeeded');
    expect(Object.values((await settings()).shown).every((times) => times === 0)).to.equal(true);
  });

  it('does not take from a payment method what it shows once', async () => {
    await sandbox.setFaults({ percent: { conflict: 100 } });
    await seen(pay('key-1'));
    await sandbox.setFaults({});
    const own = { payment_method: 'pm_sandbox_conflict' };
    expect(await seen(pay('key-1', own))).to.equal(BUSY);
    expect(await seen(pay('key-1', own))).to.equal('succeeded');
  });

  it('G10: carries out what it put off, whatever is set meanwhile', async () => {
    await sandbox.setFaults({ percent: { 'captured-late': 100 }, lateMs: 20 });
    expect(await seen(pay('key-1'))).to.equal(CUT);
    await untilInLedger(sandbox, 1);
    expect(await sandbox.ledger()).to.have.length(1);
  });

  for (const [wrong, message] of [
    [
      { percent: { 'answer-lots': 20 } },
      /no fault is called "answer-lots"; there are rate-limited/,
    ],
    [
      { percent: { dropped: 101 } },
      /the share of dropped is not a whole number from 0 to 100 percent/,
    ],
    [{ percent: { dropped: 0.5 } }, /dropped is not a whole number/],
    [{ percent: { dropped: '20' } }, /dropped is not a whole number/],
    [{ percent: [] }, /percent is not one JSON object/],
    [{ lateMs: 60_001 }, /lateMs is not a whole number from 0 to 60000/],
    [{ constructor: 1 }, /"constructor" is no setting/],
    [[], /one JSON object/],
  ] as const) {
    it(`refuses ${JSON.stringify(wrong)} and leaves what was set`, async () => {
      await sandbox.setFaults({ percent: { conflict: 100 } });
      const answer = await sandbox.setFaults(wrong);
      expect(answer.status).to.equal(400);
      const { error } = (await answer.json()) as { error: { message: string } };
      expect(error.message).to.match(message);
      expect(await seen(pay('key-1'))).to.equal(BUSY);
    });
  }

  it('charges no key twice, whatever goes wrong, as long as no key is forgotten', async () => {
    const all = Object.fromEntries(FAULT_NAMES.map((name) => [name, 20]));
    await sandbox.setFaults({ percent: { ...all, 'key-forgotten': 0 }, lateMs: 1 });
    const send = async (key: string): Promise<void> => {
      for (let sent = 0; sent < RESENDS_MAX; sent += 1) {
        const outcome = await seen(pay(key));
        if (outcome === 'succeeded' || outcome === UNREADABLE || outcome === BROKEN) return;
        // The key may be busy for as long as the disk is.
        if (outcome === BUSY) await sleep(POLL_MS);
      }
      expect.fail(`${key} had no answer after ${RESENDS_MAX} requests`);
    };
    await Promise.all(Array.from({ length: 40 }, (_, n) => send(`key-${n}`)));
    const keys = (await sandbox.ledger()).map((charge) => charge.idempotency_key);
    expect(new Set(keys).size).to.equal(keys.length);
    expect(keys.length).to.be.within(10, 40);
  });
});
