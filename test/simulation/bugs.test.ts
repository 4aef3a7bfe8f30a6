import { expect } from 'chai';
import type { Step } from './faults.ts';
import { textOf } from './log.ts';
import { createScript, type Script } from './script.ts';
import { cancelOrder, placeOrder, placeOther, refundPayment } from './story.ts';
import {
  CLOSE_MS,
  GIVE_UP_MS,
  KEY_WINDOW_MS,
  LONGEST_REQUEST_MS,
  RESEND_HORIZON_MS,
} from './time.ts';

const DAY_MS = 86_400_000;
const PLACED = 'OrderPlaced PaymentRequested';
const PAID = `${PLACED} PaymentCaptured InvoiceIssued`;

/** The calls of an order that is placed and paid by a cold process, in their order. */
const PLACING: readonly Step[] = [
  'head series',
  'insert order',
  'charge',
  'insert series',
  'row',
  'notify',
  'delete',
];

/** Bugs that other systems had, from their issues; each is named by what must hold instead. */
describe('what went wrong elsewhere', () => {
  it('F13: a worker that was overtaken can neither record nor number again', async () => {
    const script = createScript();
    const place = script.send(placeOrder());
    const answered = script.stop('A', 'charge', 'after');
    const byA = script.give(place, script.process('A'));
    await answered.reached;
    expect(await script.give(place)).to.equal('deleted');
    answered.go();
    expect(await byA).to.equal('deleted');
    expect(script.story()).to.equal(PAID);
    await script.end();
  });

  it('F14: of two orders under one id the first is charged, the other a dead letter', async () => {
    for (const bodies of [
      [placeOrder(), placeOther()],
      [placeOther(), placeOrder()],
    ]) {
      const script = createScript();
      const [first, second] = bodies.map((body) => script.send(body));
      if (first === undefined || second === undefined) expect.fail('two were sent');
      const append = script.stop('A', 'insert order');
      const bySecond = script.give(second, script.process('A'));
      await append.reached;
      expect(await script.give(first)).to.equal('deleted');
      append.go();
      expect(await bySecond).to.equal('dead letter');
      await script.end();
    }
  });

  it('F15: after a death between charge and record, the next one only asks', async () => {
    for (const afterMs of [0, RESEND_HORIZON_MS, CLOSE_MS, DAY_MS]) {
      const script = createScript();
      const place = script.send(placeOrder());
      expect(await script.give(place, { charge: ['crash after'] })).to.equal('crashed');
      await script.world.time.pass(afterMs);
      await script.give(place);
      await script.end();
      expect(script.story()).to.equal(PAID);
    }
  });

  it('G8: a request at the last moment, as slow as can be, meets its key', async () => {
    const script = createScript();
    const place = script.send(placeOrder());
    expect(await script.give(place, { charge: ['lose'] })).to.equal('OutcomeUnknown');
    await script.world.time.pass(RESEND_HORIZON_MS - 1);
    const post = script.stop('A', 'charge');
    const byA = script.give(place, script.process('A'));
    await post.reached;
    await script.world.time.pass(LONGEST_REQUEST_MS);
    post.go();
    expect(await byA).to.equal('deleted');
    expect(script.world.gateway.ledger().charges).to.have.length(1);
    await script.end();
  });

  it('F23: an unknown outcome keeps other attempts away until there is evidence', async () => {
    const script = createScript({ attemptsMax: 2 });
    const { world, give, story } = script;
    const place = script.send(placeOrder());
    for (const afterMs of [0, RESEND_HORIZON_MS - 1, 1, KEY_WINDOW_MS - RESEND_HORIZON_MS]) {
      await world.time.pass(afterMs);
      const lost = { charge: ['reject'], find: ['reject'] } as const;
      expect(await give(place, lost)).to.be.oneOf(['NotExecuted', 'OutcomeUnknown', 'NotYet']);
      expect(story()).to.equal(PLACED);
    }
    await world.time.pass(CLOSE_MS);
    expect(await give(place)).to.equal('deleted');
    expect(story()).to.equal(
      `${PLACED} PaymentFailed PaymentRequested PaymentCaptured InvoiceIssued`,
    );
    await script.end();
  });

  it('F24: a payment that nobody knows anything of is never declined', async () => {
    const script = createScript();
    const place = script.send(placeOrder('o-1', 'pm_sandbox_server_error'));
    await script.give(place);
    for (let probes = 0; probes < 3; probes += 1) {
      await script.world.time.pass(GIVE_UP_MS);
      await script.give(place, { find: ['reject'] });
    }
    expect(script.story()).to.equal(`${PLACED} PaymentReviewRequired`);
    await script.end();
  });

  for (const [id, method, what] of [
    ['F25', 'pm_sandbox_answer_lost', 'an answer that never comes'],
    ['F25', 'pm_sandbox_dropped_before', 'a request that never arrives'],
    ['F26', 'pm_sandbox_conflict', 'another request with its key under way'],
  ] as const) {
    it(`${id}: ${what} is no decline`, async () => {
      const script = createScript();
      const place = script.send(placeOrder('o-1', method));
      expect(await script.give(place)).to.equal('OutcomeUnknown');
      expect(script.story()).to.equal(PLACED);
      await script.end();
      expect(script.story()).to.equal(PAID);
    });
  }

  for (const step of PLACING) {
    for (const when of ['before', 'after'] as const) {
      it(`F27: a cancel ${when} step "${step}" ends with money and order agreeing`, async () => {
        const script = createScript();
        const stop = script.stop('A', step, when);
        const byA = script.give(script.send(placeOrder()), script.process('A'));
        await stop.reached;
        await script.give(script.send(cancelOrder()));
        stop.go();
        await byA;
        await script.end();
        const { isCancelled } = script.world.watch.standing('o-1');
        expect(isCancelled).to.equal(true);
      });
    }
  }

  it('F28: a copy that comes when only the log remembers changes nothing', async () => {
    const script = createScript();
    const messages = [placeOrder(), refundPayment('r-1', { amountMinor: 1 })].map(script.send);
    for (const message of messages) expect(await script.give(message)).to.equal('deleted');
    const before = script.story();
    await script.world.time.pass(400 * DAY_MS);
    for (const message of messages) expect(await script.give(message)).to.equal('deleted');
    expect(script.story()).to.equal(before);
    await script.end();
  });

  for (const currency of ['EUR', 'JPY', 'KWD']) {
    it(`F31, F32: the credit notes of an invoice in ${currency} sum to it exactly`, async () => {
      const script = createScript();
      const body: unknown = JSON.parse(placeOrder());
      await script.give(script.send(JSON.stringify({ ...Object(body), ...priced(currency) })));
      const wanted = [
        { amountMinor: 10 },
        { lines: [{ line: 1, quantity: 1 }] },
        { amountMinor: 770 },
        {},
      ];
      for (const [at, want] of wanted.entries()) {
        const refund = script.send(refundPayment(`r-${at}`, want));
        expect(await script.give(refund)).to.equal('deleted');
      }
      expect(sumsOf(script, 'CreditNoteIssued')).to.deep.equal(sumsOf(script, 'InvoiceIssued'));
      await script.end();
    });
  }
});

/** Amounts of three decimals are multiples of ten: card networks carry two. */
const priced = (currency: string) => ({
  currency,
  lines: [
    { sku: 'A', description: 'A', quantity: 3, unitPriceMinor: 1_000, taxRateBps: 1_000 },
    { sku: 'B', description: 'B', quantity: 1, unitPriceMinor: 700, taxRateBps: 1_000 },
  ],
});

const sumsOf = ({ world }: Script, type: string) => {
  const facts = world.log.order('o-1').filter((fact) => fact.type === type);
  const totals = facts.map(({ data }) => data['totals'] as readonly number[]);
  expect(new Set(facts.map((fact) => textOf(fact, 'label'))).size).to.equal(facts.length);
  expect(totals).not.to.deep.equal([]);
  // Net, tax, total, rounding, prepaid, payable.
  return [0, 1, 2, 3, 4, 5].map((part) => totals.reduce((sum, of) => sum + (of[part] ?? NaN), 0));
};
