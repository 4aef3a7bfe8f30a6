import { expect } from 'chai';
import { err, ok, ResultAsync } from 'neverthrow';
import * as Order from '../../../src/domain/order/index.ts';
import type { UnknownOutcome } from '../../../src/application/ports/paymentGateway.ts';
import { CLOCK_SKEW_MS, NOON, QUIET_MS, RESEND_HORIZON_MS } from '../../support/orderContext.ts';
import { CANCEL, refundOf, RESUME, setUp } from './payments.ts';

const PAID = ['OrderPlaced+PaymentRequested', 'PaymentCaptured+InvoiceIssued'];
const ADOPTED = 'RefundAdopted+CreditNoteIssued';
/** The gateway says no, and once more after all that was sent before is past its life. */
const REFUSED_TWICE = ['SendingStopped', 'ResendClaimed', 'RefundFailed'];
/** An order of 1.19, and what somebody refunded of it in the dashboard. */
const TOTAL = 119;

const paid = async (...byHand: readonly number[]) => {
  const world = setUp();
  await world.place();
  const payment = world.gateway.ledger().charges[0]?.reference ?? '';
  const refundByHand = (amountMinor: number) => world.gateway.refundByHand(payment, amountMinor);
  for (const amountMinor of byHand) expect(refundByHand(amountMinor).type).to.equal('Refunded');
  return { ...world, refundByHand };
};

type World = Awaited<ReturnType<typeof paid>>;

/** Redelivers it until it is settled, as the queue does, and says how long that took. */
const settle = async ({ handle, clock }: World, message: object): Promise<number> => {
  const start = clock.now();
  for (let receives = 0; receives < 10; receives += 1) {
    const handled = await handle(message);
    if (handled.isOk()) return clock.now() - start;
    const { error } = handled;
    expect(error.type, JSON.stringify(error)).to.be.oneOf(['NotYet', 'NotExecuted']);
    clock.pass('retryAfterMs' in error && error.retryAfterMs ? error.retryAfterMs : 1_000);
  }
  return expect.fail('it is never settled');
};

const stateOf = async ({ orders }: World): Promise<Order.State> =>
  (await orders.load('o-1'))._unsafeUnwrap().state;

const adopt = async ({ orders }: Pick<World, 'orders'>): Promise<void> => {
  const held = (await orders.load('o-1'))._unsafeUnwrap();
  const asked = { by: 'ada', reason: 'ticket 42', at: NOON, series: 'CN', seriesFrom: 0 };
  const events = Order.askToCompare(asked, held.state)._unsafeUnwrap();
  const trace = { correlationId: 'c', causationId: 'person', idempotencyKey: 'adopt' };
  (await orders.append('o-1', held, { events, ...trace }))._unsafeUnwrap();
};

describe('the payment service, where money was moved by others', () => {
  it('case 10: cancels, credits and notifies of an order refunded in the dashboard', async () => {
    const world = await paid(TOTAL);
    const tookMs = await settle(world, CANCEL);
    expect(tookMs).to.be.at.most(QUIET_MS + 2 * CLOCK_SKEW_MS);
    expect(world.stored()).to.deep.equal([
      ...PAID,
      'CancellationRequested+RefundRequested',
      ...REFUSED_TWICE,
      'GatewayDifferenceFound',
      `${ADOPTED}+OrderCancelled`,
    ]);
    const { refunds } = world.gateway.ledger();
    expect(refunds).to.have.length(1);
    expect(world.notified()).to.include(
      '{"type":"RefundCredited","v":1,"orderId":"o-1",' +
        `"refundId":"gateway#${refunds[0]?.reference}"}`,
    );
    expect(world.notified().at(-1)).to.include('"outcome":"cancelled"');
    const row = (await world.invoices.get('o-1')).unwrapOr(undefined)?.document;
    expect(row).to.include(refunds[0]?.reference);
  });

  it('case 10: refunds what is left of one that was refunded in part', async () => {
    const world = await paid(50, 9);
    await settle(world, CANCEL);
    expect(world.stored().slice(2)).to.deep.equal([
      'CancellationRequested+RefundRequested',
      ...REFUSED_TWICE,
      'GatewayDifferenceFound',
      ADOPTED,
      'GatewayDifferenceFound',
      ADOPTED,
      'GatewayCompared',
      'RefundRequested',
      'RefundSucceeded+CreditNoteIssued+OrderCancelled',
    ]);
    const { refunds } = world.gateway.ledger();
    expect(refunds.map(({ amountMinor }) => amountMinor)).to.deep.equal([50, 9, 60]);
  });

  it('case 10: ends a refund of more than is left with the gateway’s code', async () => {
    const world = await paid(50);
    const tookMs = await settle(world, refundOf('r-1', 100));
    expect(tookMs).to.be.at.most(QUIET_MS + 2 * CLOCK_SKEW_MS);
    const { refunds } = await stateOf(world);
    expect(refunds.map(({ refundId, status }) => [refundId, status])).to.deep.equal([
      ['r-1', 'failed'],
      [`gateway#${world.gateway.ledger().refunds[0]?.reference}`, 'succeeded'],
    ]);
    const [failed] = refunds;
    expect(failed?.status === 'failed' && failed.code).to.match(/amount|refund/);
    // The rest is what the gateway still holds: more than that is answered at once.
    expect((await world.handle(refundOf('r-2', 70))).isOk()).to.equal(true);
    expect(world.stored().at(-1)).to.equal('RefundRejected');
    expect((await world.handle(refundOf('r-3', 69))).isOk()).to.equal(true);
    expect(world.stored().at(-1)).to.equal('RefundSucceeded+CreditNoteIssued');
  });

  it('hole 26: adopts no refund of ours that was sent after the order was read', async () => {
    let refundMeanwhile = async (): Promise<unknown> => undefined;
    const world = setUp({
      gateway: (gateway) => ({
        listRefunds: (asked) =>
          ResultAsync.fromSafePromise(refundMeanwhile()).andThen(() => gateway.listRefunds(asked)),
      }),
    });
    await world.place();
    await adopt(world);
    const another = world.worker();
    refundMeanwhile = async () => {
      refundMeanwhile = async () => undefined;
      // It compares too, and finds nothing; then it asks for the refund, and sends it.
      expect((await another(refundOf('r-2', 10))).isOk()).to.equal(true);
    };
    expect((await world.handle(RESUME)).isOk()).to.equal(true);
    expect(world.stored().slice(2)).to.deep.equal([
      'GatewayCompared',
      'RefundRequested',
      'RefundSucceeded+CreditNoteIssued',
    ]);
    const head = (await world.store.head('series#CN'))._unsafeUnwrap();
    expect(head?.version).to.equal(1);
  });

  it('refunds nothing while it waits for a decision which refund stands for which', async () => {
    const world = await paid();
    expect((await world.handle(refundOf('r-1', 50))).isOk()).to.equal(true);
    world.gateway.endRefund(world.gateway.ledger().refunds[0]?.reference ?? '', 'failed');
    await adopt(world);
    const inReview = { type: 'ReviewRequired', orderId: 'o-1' } as const;
    const returned = err({ ...inReview, reason: 'refund#r-1 is in review: refund-returned' });
    expect(await world.handle(RESUME)).to.deep.equal(returned);
    // Somebody refunds it again, and another wants to know what there is.
    expect(world.refundByHand(50).type).to.equal('Refunded');
    await adopt(world);
    const recorded = world.stored();
    const asked = await world.named('another')(refundOf('r-2', 9));
    expect(asked).to.deep.equal(err({ ...inReview, reason: 'order-in-review' }));
    expect(world.stored()).to.deep.equal(recorded);
    expect((await stateOf(world)).comparison).not.to.equal(undefined);
  });

  it('adopts what a person asks for once, whoever and how many drive the order', async () => {
    const world = await paid(50, 9);
    await adopt(world);
    const workers = [world.worker(), world.worker(), world.worker()];
    await Promise.all(workers.map((handle) => handle(RESUME)));
    expect((await world.handle(RESUME)).isOk()).to.equal(true);
    await adopt(world);
    expect((await world.handle(RESUME)).isOk()).to.equal(true);
    const { refunds, comparison } = await stateOf(world);
    expect(comparison).to.equal(undefined);
    expect(
      refunds.map((refund) => refund.status !== 'rejected' && refund.amountMinor),
    ).to.deep.equal([50, 9]);
    const state = await stateOf(world);
    const notes = state.invoice.status === 'issued' ? state.invoice.document.creditNotes : [];
    expect(notes.map(({ number }) => number)).to.deep.equal([1, 2]);
  });

  it('finishes what a worker left behind after it took the number: no gap', async () => {
    let isDying = true;
    const dead = new Error('killed');
    const world = setUp({
      orders: (real) => ({
        append: (id, held, commit) => {
          if (isDying && commit.events[0]?.type === 'RefundAdopted') throw dead;
          return real.append(id, held, commit);
        },
      }),
    });
    await world.place();
    const refundByHand = (amountMinor: number) =>
      world.gateway.refundByHand(world.gateway.ledger().charges[0]?.reference ?? '', amountMinor);
    refundByHand(50);
    await adopt(world);
    const died = await Promise.resolve(world.worker()(RESUME)).then(
      () => 'lived',
      (reason: unknown) => reason,
    );
    expect(died).to.equal(dead);
    isDying = false;
    expect((await world.worker()(RESUME)).isOk()).to.equal(true);
    const { invoice } = await stateOf({ ...world, refundByHand });
    const notes = invoice.status === 'issued' ? invoice.document.creditNotes : [];
    expect(notes.map(({ number }) => number)).to.deep.equal([1]);
    expect((await world.worker()(refundOf('r-1', 9))).isOk()).to.equal(true);
    const after = await stateOf({ ...world, refundByHand });
    const all = after.invoice.status === 'issued' ? after.invoice.document.creditNotes : [];
    expect(all.map(({ number }) => number)).to.deep.equal([1, 2]);
  });

  it('waits while refunds cannot be listed, and adopts nothing from half a list', async () => {
    let isDown = true;
    const LOST: UnknownOutcome = { type: 'Unknown', cause: 'too many pages' };
    const world = setUp({
      gateway: (real) => ({
        listRefunds: (of) => real.listRefunds(of).map((list) => (isDown ? LOST : list)),
      }),
    });
    await world.place();
    await adopt(world);
    expect(await world.handle(RESUME)).to.deep.equal(
      err({ ...LOST, type: 'OutcomeUnknown', orderId: 'o-1' }),
    );
    isDown = false;
    expect((await world.handle(RESUME)).map(({ outcome }) => outcome)).to.deep.equal(ok('paid'));
    expect(world.stored().at(-1)).to.equal('GatewayCompared');
  });

  it('goes on with an exhausted order: the money that a person refunded is found', async () => {
    let round = 0;
    const broken = setUp({
      gateway: (real) => ({
        refund: (post) =>
          real.refund({ ...post, body: 'unreadable', key: `${post.key}/${(round += 1)}` }),
      }),
    });
    await broken.place();
    const payment = broken.gateway.ledger().charges[0]?.reference ?? '';
    let answer = await broken.handle(CANCEL);
    for (let receives = 0; receives < 60 && answer.isErr(); receives += 1) {
      if (answer.error.type === 'ReviewRequired') break;
      broken.clock.pass(RESEND_HORIZON_MS);
      answer = await broken.handle(RESUME);
    }
    expect(answer.isErr() && answer.error).to.include({ type: 'ReviewRequired' });
    broken.gateway.refundByHand(payment, TOTAL);
    await adopt(broken);
    expect((await broken.handle(RESUME)).map(({ outcome }) => outcome)).to.deep.equal(
      ok('cancelled'),
    );
  });
});
