import { expect } from 'chai';
import { createScript, type Script } from './script.ts';
import { cancelOrder, placeOrder, refundPayment, resumeOrder } from './story.ts';
import { CLAIM_LEASE_MS, GIVE_UP_MS } from './time.ts';

/**
 * As in holes.test.ts; the allocators alone meet theirs in test/application/series/holes.test.ts.
 */
describe('the holes of the draft: numbers and notices', () => {
  it('hole 5: (b) a credit note’s number is evidence where no look-up answers', async () => {
    const script = createScript();
    await script.give(script.send(placeOrder()));
    const refund = script.send(refundPayment('r-1'));
    expect(await script.give(refund, { 'insert series': ['crash after'] })).to.equal('crashed');
    await script.world.time.pass(GIVE_UP_MS);
    expect(await script.give(refund, { findRefund: ['reject'] })).to.equal('deleted');
    expect(script.story()).to.match(/RefundRequested RefundSucceeded CreditNoteIssued$/u);
    await script.end();
  });

  it('hole 5: (c) a credit number taken right after the search is found by the next', async () => {
    const script = createScript();
    await script.give(script.send(placeOrder()));
    const refund = script.send(refundPayment('r-1'));
    const number = script.stop('A', 'insert series');
    const byA = script.give(refund, script.process('A', { 'insert series': ['crash after'] }));
    await number.reached;
    await script.world.time.pass(GIVE_UP_MS);
    const review = script.stop('B', 'insert order');
    const byB = script.give(refund, script.process('B', { findRefund: ['reject'] }));
    await review.reached;
    number.go();
    expect(await byA).to.equal('crashed');
    review.go();
    expect(await byB).to.equal('dead letter');
    const resume = script.send(resumeOrder());
    expect(await script.give(resume, { findRefund: ['reject'] })).to.equal('deleted');
    expect(script.story()).to.match(/RefundReviewRequired RefundSucceeded CreditNoteIssued$/u);
    await script.end();
  });

  it('hole 7: two orders get their own numbers when the first is unsure of its own', async () => {
    const script = createScript();
    const shared = script.process('A', { 'insert series': ['lose'], 'read series': ['reject'] });
    const first = script.send(placeOrder());
    const second = script.send(placeOrder('o-2'));
    const append = script.stop('A', 'insert series');
    const byFirst = script.give(first, shared, 0);
    await append.reached;
    const bySecond = script.give(second, shared, 1);
    append.go();
    expect(await byFirst).to.equal('Uncertain');
    expect(await bySecond).to.equal('deleted');
    expect(await script.give(first, shared)).to.equal('deleted');
    expect(numbersOf(script)).to.deep.equal(['o-1 1', 'o-2 2']);
    await script.end();
  });

  it('hole 8: a number that may not be there yet ends in no invoice', async () => {
    const script = createScript();
    const place = script.send(placeOrder());
    const lands = { 'insert series': ['late'], 'read series': ['reject'] } as const;
    expect(await script.give(place, lands)).to.equal('Uncertain');
    expect(script.story()).to.equal('OrderPlaced PaymentRequested');
    await script.end();
    expect(numbersOf(script)).to.deep.equal(['o-1 1']);
  });

  it('hole 9: two slots of one process number an order once', async () => {
    const script = createScript();
    const place = script.send(placeOrder());
    const shared = script.process('A');
    const slots = [script.give(place, shared, 0), script.give(place, shared, 1)];
    expect(await Promise.all(slots)).to.deep.equal(['deleted', 'deleted']);
    expect(numbersOf(script)).to.deep.equal(['o-1 1']);
    await script.end();
  });

  it('hole 10: an allocator that began later finds what was numbered before it began', async () => {
    const script = createScript();
    const place = script.send(placeOrder());
    expect(await script.give(place, { 'insert series': ['crash after'] })).to.equal('crashed');
    const later = script.process('B');
    expect(await script.give(script.send(placeOrder('o-2')), later)).to.equal('deleted');
    expect(await script.give(place, later)).to.equal('deleted');
    expect(numbersOf(script)).to.deep.equal(['o-1 1', 'o-2 2']);
    await script.end();
  });

  it('hole 16: who stalled past its claim’s lease does not send beside its successor', async () => {
    const script = createScript();
    const { world } = script;
    await script.give(script.send(placeOrder()));
    const receipt = { id: 'n-1', body: world.notifications.dump()[0]?.body ?? '' };
    const claimed = script.stop('A', 'insert notification', 'after');
    const byA = script.process('A').slots[0].notification(receipt);
    await claimed.reached;
    await world.time.pass(CLAIM_LEASE_MS);
    const byB = await script.process('B').slots[0].notification(receipt);
    expect(outcomeOf(byB)).to.equal('receipt: sent');
    claimed.go();
    expect(outcomeOf(await byA)).to.equal('receipt: sent before');
    expect(world.notifier.sent()).to.have.length(1);
  });

  it('hole 16: who claimed "received" and lost the answer knows its claim again', async () => {
    const script = createScript();
    const customer = { id: 'c-1', email: 'ada@example.com' };
    const body = JSON.stringify({ type: 'OrderReceived', v: 1, orderId: 'o-1', customer });
    const notifier = script.process('A', { 'insert notification': ['repeat'] });
    expect(outcomeOf(await notifier.slots[0].notification({ id: 'n-1', body }))).to.equal(
      'received: sent',
    );
    expect(script.world.notifier.sent()).to.have.length(1);
  });

  it('hole 17: an order has one number at midnight, and the next year begins at 1', async () => {
    const script = createScript();
    const { world } = script;
    await world.time.pass(Date.UTC(2026, 11, 31, 23, 59, 59) - world.time.now());
    await script.give(script.send(placeOrder('o-0')));
    const place = script.send(placeOrder());
    expect(await script.give(place, { 'insert series': ['crash after'] })).to.equal('crashed');
    await world.time.pass(2_000);
    expect(await script.give(place)).to.equal('deleted');
    expect(await script.give(script.send(placeOrder('o-2')))).to.equal('deleted');
    const numbers = world.log
      .series('INV')
      .map(({ id, year, number }) => `${id} ${year}/${number}`);
    expect(numbers).to.deep.equal(['o-0 2026/1', 'o-1 2026/2', 'o-2 2027/1']);
    await script.give(script.send(cancelOrder('o-2')));
    await script.end();
  });
});

const numbersOf = ({ world }: Script): readonly string[] =>
  world.log.series('INV').map(({ id, number }) => `${id} ${number}`);

const outcomeOf = (
  outcome: Awaited<ReturnType<ReturnType<Script['process']>['slots'][0]['notification']>>,
): string =>
  outcome === 'crashed'
    ? outcome
    : outcome.match(
        (handled) => handled.outcome,
        ({ type }) => type,
      );
