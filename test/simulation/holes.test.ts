import { expect } from 'chai';
import { createScript } from './script.ts';
import { cancelOrder, placeOrder, refundPayment, resumeOrder } from './story.ts';
import { CLOSE_MS, GIVE_UP_MS, RESEND_HORIZON_MS, SETTLE_DELAY_MS } from './time.ts';

const PLACED = 'OrderPlaced PaymentRequested';
const INVOICED = 'PaymentCaptured InvoiceIssued';
const CREDITED = 'RefundSucceeded CreditNoteIssued';
const CANCELLED = `RefundRequested ${CREDITED} OrderCancelled`;

/**
 * Each was a hole in a draft of the protocol, found by checking its model; here is the shortest way
 * into it.
 */
describe('the holes of the draft: payment and cancellation', () => {
  it('hole 1: a request that was not executed opens no new attempt', async () => {
    const script = createScript({ attemptsMax: 2 });
    const { give, story, world } = script;
    const place = script.send(placeOrder());
    expect(await give(place, { charge: ['lose'] })).to.equal('OutcomeUnknown');
    expect(await give(place, { charge: ['reject'] })).to.equal('NotExecuted');
    expect(story()).to.equal(PLACED);
    expect(await give(place)).to.equal('deleted');
    expect(world.gateway.ledger().charges).to.have.length(1);
    await script.end();
  });

  it('hole 2: a look-up that finds nothing proves nothing while others may send', async () => {
    const script = createScript();
    const { give, story, world } = script;
    const place = script.send(placeOrder());
    await give(place, { charge: ['crash before'] });
    await world.time.pass(RESEND_HORIZON_MS - 1);
    const post = script.stop('A', 'charge');
    const byA = give(place, script.process('A'));
    await post.reached;
    const cancel = script.send(cancelOrder());
    expect(await give(cancel)).to.equal('NotYet');
    // The horizon is over, and a settle delay since the last that B can know of.
    await world.time.pass(SETTLE_DELAY_MS - 1);
    expect(await give(cancel)).to.equal('NotYet');
    post.go();
    expect(await byA).to.equal('deleted');
    expect(story()).to.equal(`${PLACED} CancellationRequested ${INVOICED} ${CANCELLED}`);
    await script.end();
  });

  it('hole 3: an open intent is not void, since somebody may be sending it', async () => {
    const script = createScript();
    const { give, story } = script;
    const post = script.stop('A', 'charge');
    const byA = give(script.send(placeOrder()), script.process('A'));
    await post.reached;
    expect(await give(script.send(cancelOrder()))).to.equal('NotYet');
    expect(story()).to.equal(`${PLACED} CancellationRequested`);
    post.go();
    await byA;
    expect(story()).to.equal(`${PLACED} CancellationRequested ${INVOICED} ${CANCELLED}`);
    await script.end();
  });

  it('hole 4: a cancel that comes first is kept for its order', async () => {
    const script = createScript();
    expect(await script.give(script.send(cancelOrder()))).to.equal('deleted');
    expect(await script.give(script.send(placeOrder()))).to.equal('deleted');
    expect(script.story()).to.equal('CancellationRequested OrderPlaced OrderCancelled');
    expect(script.world.gateway.ledger().charges).to.deep.equal([]);
    await script.end();
  });

  it('hole 5: (a) a review between a number and its invoice keeps neither away', async () => {
    const script = createScript();
    const { give, story, world } = script;
    const place = script.send(placeOrder());
    const number = script.stop('A', 'insert series');
    const byA = give(place, script.process('A'));
    await number.reached;
    await world.time.pass(GIVE_UP_MS);
    expect(await give(place, { find: ['reject'] })).to.equal('dead letter');
    expect(story()).to.equal(`${PLACED} PaymentReviewRequired`);
    number.go();
    await byA;
    expect(story()).to.equal(`${PLACED} PaymentReviewRequired ${INVOICED}`);
    await script.end();
  });

  it('hole 5: (b) a number that was taken is evidence where no look-up answers', async () => {
    const script = createScript();
    const { give, story, world } = script;
    const place = script.send(placeOrder());
    expect(await give(place, { 'insert series': ['crash after'] })).to.equal('crashed');
    await world.time.pass(GIVE_UP_MS);
    expect(await give(place, { find: ['reject'] })).to.equal('deleted');
    expect(story()).to.equal(`${PLACED} ${INVOICED}`);
    expect(world.seen).to.include('captured as the series says');
    await script.end();
  });

  it('hole 5: (c) a number taken right after the search is found by the next worker', async () => {
    const script = createScript();
    const { give, story, world } = script;
    const place = script.send(placeOrder());
    const number = script.stop('A', 'insert series');
    const byA = give(place, script.process('A', { 'insert series': ['crash after'] }));
    await number.reached;
    await world.time.pass(GIVE_UP_MS);
    const review = script.stop('B', 'insert order');
    const byB = give(script.send(resumeOrder()), script.process('B', { find: ['reject'] }));
    await review.reached;
    number.go();
    expect(await byA).to.equal('crashed');
    review.go();
    expect(await byB).to.equal('dead letter');
    expect(world.seen).to.include('review while numbered');
    // What the reconciler sends for a number without its document. The look-up is still down.
    expect(await give(script.send(resumeOrder()), { find: ['reject'] })).to.equal('deleted');
    expect(story()).to.equal(`${PLACED} PaymentReviewRequired ${INVOICED}`);
    await script.end();
  });

  it('hole 6: a capture is invoiced after a recorded cancellation too, and credited', async () => {
    const script = createScript();
    const { give, story, world } = script;
    const numbered = script.stop('A', 'insert series', 'after');
    const byA = give(script.send(placeOrder()), script.process('A'));
    await numbered.reached;
    await world.time.pass(SETTLE_DELAY_MS);
    expect(await give(script.send(cancelOrder()))).to.equal('deleted');
    numbered.go();
    expect(await byA).to.equal('deleted');
    expect(story()).to.equal(`${PLACED} CancellationRequested ${INVOICED} ${CANCELLED}`);
    expect(world.seen).to.include('captured as a look-up says');
    await script.end();
  });

  it('hole 11: a cancel asks again, under a new id, for what a refund left free', async () => {
    const script = createScript();
    const { give, world } = script;
    await give(script.send(placeOrder()));
    const refund = script.send(refundPayment('r-1', { amountMinor: 1 }));
    expect(await give(refund, { refund: ['reject'] })).to.equal('NotExecuted');
    const cancel = script.send(cancelOrder());
    expect(await give(cancel, { refund: ['reject'] })).to.equal('NotExecuted');
    await world.time.pass(CLOSE_MS);
    expect(await give(cancel)).to.equal('deleted');
    const refunded = world.gateway.ledger().refunds.map(({ refundId }) => refundId);
    expect(refunded).to.deep.equal(['cancel#1', 'cancel#2']);
    expect(world.watch.standing('o-1').isCancelled).to.equal(true);
    await script.end();
  });

  it('hole 12: the number of an invoice is not taken for that of a credit note', async () => {
    const script = createScript();
    const { give, story, world } = script;
    const place = script.send(placeOrder());
    await give(place, { charge: ['crash before'] });
    // A has the number in memory, and loses the race for its commit to B, and to a cancel after it.
    const commit = script.stop('A', 'insert series', 'after');
    const byA = give(place, script.process('A'));
    await commit.reached;
    expect(await give(place)).to.equal('deleted');
    const cancel = script.send(cancelOrder());
    expect(await give(cancel, { refund: ['crash before'] })).to.equal('crashed');
    commit.go();
    expect(await byA).to.equal('deleted');
    expect(story()).to.equal(`${PLACED} ${INVOICED} CancellationRequested ${CANCELLED}`);
    expect(world.log.series('CN').map(({ id }) => id)).to.deep.equal(['o-1#cancel#1']);
    await script.end();
  });

  it('hole 13: a settled order is published again before its message goes', async () => {
    const script = createScript();
    const { give, world } = script;
    const place = script.send(placeOrder());
    expect(await give(place, { notify: ['crash before'] })).to.equal('crashed');
    expect(world.notifications.dump()).to.deep.equal([]);
    expect(await give(place)).to.equal('deleted');
    expect(world.notifications.dump()).to.have.length(1);
    await script.end();
  });

  it('hole 14: nobody puts a message aside on a view that is out of date', async () => {
    const script = createScript();
    const { give, world } = script;
    const place = script.send(placeOrder());
    await give(place, { charge: ['late'] });
    await world.time.pass(GIVE_UP_MS);
    expect(await give(place, { find: ['reject'] })).to.equal('dead letter');
    world.payments.redrive(place);
    // B is about to give the order up once more, when A finds the charge and dies before it records
    // it.
    const givesUp = script.stop('B', 'find');
    const byB = give(place, script.process('B', { find: ['reject'] }));
    await givesUp.reached;
    expect(await give(place, { notify: ['crash before'] })).to.equal('crashed');
    givesUp.go();
    expect(await byB).to.equal('deleted');
    expect(world.payments.isInDeadLetters('o-1')).to.equal(false);
    await script.end();
  });

  it('hole 15: a refund that was rejected stays rejected', async () => {
    const script = createScript();
    const { give, story, world } = script;
    await give(script.send(placeOrder()));
    const first = script.send(refundPayment('r-1'));
    await give(first, { refund: ['reject'] });
    const second = script.send(refundPayment('r-2', { amountMinor: 1 }));
    expect(await give(second, { refund: ['reject'] })).to.equal('NotExecuted');
    await world.time.pass(CLOSE_MS);
    expect(await give(first)).to.equal('deleted');
    expect(await give(second)).to.equal('deleted');
    expect(story()).to.equal(
      `${PLACED} ${INVOICED} RefundRequested RefundRejected RefundFailed GatewayCompared`,
    );
    expect(world.gateway.ledger().refunds).to.deep.equal([]);
    await script.end();
  });
});
