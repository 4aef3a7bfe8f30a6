import { expect } from 'chai';
import { err, errAsync, ok, okAsync, ResultAsync } from 'neverthrow';
import { unavailable } from '../../../src/adapters/failures.ts';
import type { ChargeOutcome } from '../../../src/application/ports/paymentGateway.ts';
import { PENDING_MAX_MS } from '../../support/orderContext.ts';
import { CANCEL, order, refundOf, RESUME } from './payments.ts';
import { setUpWithEvents } from './paymentsAndEvents.ts';

const PLACED = 'OrderPlaced+PaymentRequested';
const INVOICED = 'PaymentCaptured+InvoiceIssued';
const CREDITED = 'RefundSucceeded+CreditNoteIssued';
const UNDER_WAY = '{"type":"PaymentUnderWay","v":1,"orderId":"o-1"}';

const SLOW = { ...order, paymentMethod: 'pm_sandbox_processing_succeeds' };
const SLOW_AND_FAILS = { ...order, paymentMethod: 'pm_sandbox_processing_fails' };
const SLOW_REFUND = { ...order, paymentMethod: 'pm_card_pendingRefund' };

const outcomeOf = ({ outcome }: { readonly outcome: string }): string => outcome;
const HOUR_MS = 3_600_000;

describe('a doubt about a charge', () => {
  it('ends with its event in one retrieval, long before the close', async () => {
    const world = setUpWithEvents();
    const placed = await world.place({ ...order, paymentMethod: 'pm_sandbox_answer_lost' });
    expect(placed.mapErr(({ type }) => type)).to.deep.equal(err('OutcomeUnknown'));
    world.clock.pass(2_000);
    expect(await world.deliverAll()).to.deep.equal(['paid']);
    expect(world.asked).to.deep.equal(['retrievePayment']);
    expect(world.stored()).to.deep.equal([PLACED, INVOICED]);
    expect(world.notified()).to.include(
      '{"type":"OrderSettled","v":1,"orderId":"o-1","outcome":"paid"}',
    );
    expect(await world.deliverAll()).to.deep.equal(['known']);
    expect(world.asked).to.have.length(1);
  });

  it('ends so as a decline too', async () => {
    const lost = { type: 'Unknown', cause: 'the answer was lost' } as const;
    const world = setUpWithEvents({
      gateway: (real) => ({
        charge: (post) => real.charge(post).map((): ChargeOutcome => lost),
      }),
    });
    await world.place({ ...order, paymentMethod: 'pm_card_visa_chargeDeclined' });
    expect(await world.deliverAll()).to.deep.equal(['declined']);
    expect(world.asked).to.deep.equal(['retrievePayment']);
  });

  it('believes no event: what the gateway says is recorded', async () => {
    const world = setUpWithEvents();
    await world.place({ ...order, paymentMethod: 'pm_sandbox_dropped_before' });
    const payment = world.gateway.authorise({
      amountMinor: 119,
      currency: 'EUR',
      isCaptured: true,
    });
    const delivered = await world.deliver({ orderId: 'o-1', payment, says: 'succeeded' });
    expect(delivered.isErr()).to.equal(false);
    expect(world.stored()).to.deep.equal([PLACED, INVOICED]);
    // Its own, which it has made, and not the one that the event names.
    expect((await world.stateOf()).payment).to.include({ reference: 'pi_memory_2' });
  });
});

describe('a payment that takes days', () => {
  it('waits under its limit, says so once, and is paid by its event', async () => {
    const world = setUpWithEvents();
    const placed = await world.place(SLOW);
    const { type, ...wait } = placed._unsafeUnwrapErr();
    expect(type).to.equal('NotYet');
    expect(wait)
      .to.have.property('retryAfterMs')
      .that.is.within(30_000, 6 * HOUR_MS);
    expect(world.stored()).to.deep.equal([PLACED, 'PaymentPending']);
    expect(world.notified()).to.deep.equal([UNDER_WAY]);
    expect(await world.statusOf()).to.equal('payment under way');
    expect(world.records('payment.pending')).to.have.length(1);
    expect(await world.deliverAll()).to.deep.equal(['known']);
    expect(world.asked).to.deep.equal([]);
    world.clock.pass(2 * 24 * HOUR_MS);
    world.gateway.settle('pi_memory_1');
    expect(await world.deliverAll(1)).to.deep.equal(['paid']);
    expect(world.stored()).to.deep.equal([PLACED, 'PaymentPending', INVOICED]);
    expect(await world.statusOf()).to.equal('paid');
  });

  it('is waited for by one message: others of the order are acknowledged', async () => {
    const world = setUpWithEvents();
    await world.place(SLOW);
    expect((await world.place(SLOW)).map(outcomeOf)).to.deep.equal(ok('payment under way'));
    expect(world.asked).to.deep.equal([]);
    expect((await world.handle(RESUME)).map(outcomeOf)).to.deep.equal(ok('payment under way'));
    expect(world.asked).to.deep.equal(['retrievePayment']);
  });

  it('is waited for by the event that found it, if that one was first', async () => {
    const lost = { type: 'Unknown', cause: 'the answer was lost' } as const;
    const world = setUpWithEvents({
      gateway: (real) => ({
        charge: (post) => real.charge(post).map((): ChargeOutcome => lost),
      }),
    });
    await world.place(SLOW);
    const event = { orderId: 'o-1', says: 'processing' };
    expect((await world.deliver(event, { messageId: 'm-e' })).isErr()).to.equal(true);
    expect(await world.statusOf()).to.equal('payment under way');
    world.clock.pass(HOUR_MS);
    const again = () => world.deliver(event, { messageId: 'm-e', receiveCount: 2 });
    expect((await again()).isErr()).to.equal(true);
    world.gateway.settle('pi_memory_1');
    world.clock.pass(HOUR_MS);
    expect((await again()).map(outcomeOf)).to.deep.equal(ok('paid'));
  });

  it('is found paid without any event, by the message that waits', async () => {
    const world = setUpWithEvents();
    const waiting = world.named('m-waits');
    await waiting({ type: 'PlaceOrder', v: 1, ...SLOW });
    world.clock.pass(HOUR_MS);
    expect((await waiting({ type: 'PlaceOrder', v: 1, ...SLOW })).isErr()).to.equal(true);
    world.gateway.settle('pi_memory_1');
    world.clock.pass(HOUR_MS);
    const last = await waiting({ type: 'PlaceOrder', v: 1, ...SLOW });
    expect(last.map(outcomeOf)).to.deep.equal(ok('paid'));
    expect(world.notified().filter((body) => body === UNDER_WAY).length).to.be.at.least(1);
  });

  it('that fails is declined, and its customer is notified of that', async () => {
    const world = setUpWithEvents();
    await world.place(SLOW_AND_FAILS);
    world.gateway.settle('pi_memory_1');
    expect(await world.deliverAll(1)).to.deep.equal(['declined']);
    expect(world.stored()).to.deep.equal([PLACED, 'PaymentPending', 'PaymentDeclined']);
  });

  it('is a review, and no failure, once its limit has passed', async () => {
    const world = setUpWithEvents();
    const waiting = world.named('m-waits');
    await waiting({ type: 'PlaceOrder', v: 1, ...SLOW });
    world.clock.pass(PENDING_MAX_MS);
    const late = await waiting({ type: 'PlaceOrder', v: 1, ...SLOW });
    expect(late).to.deep.equal(
      err({ type: 'ReviewRequired', orderId: 'o-1', reason: 'payment#1 is in review: pending' }),
    );
    expect(world.deadLetters()).to.have.length(1);
    world.gateway.settle('pi_memory_1');
    expect(await world.deliverAll(1)).to.deep.equal(['paid']);
  });

  it('may be one that the shop has made', async () => {
    const world = setUpWithEvents();
    const { paymentMethod } = SLOW;
    const made = { amountMinor: 119, currency: 'EUR', paymentMethod, isCaptured: true };
    const payment = world.gateway.authorise(made);
    const placed = await world.handle({
      type: 'PlaceOrder',
      v: 2,
      orderId: 'o-1',
      customer: { id: 'c-1', email: 'ada@example.com' },
      currency: 'EUR',
      priceMode: 'net',
      lines: [
        {
          sku: 'B',
          description: 'Book',
          quantity: 1,
          unitPrice: '1.00',
          taxes: [{ name: 'VAT', rate: '19' }],
        },
      ],
      payment: { type: 'paid', payment },
    });
    expect(placed.mapErr(({ type }) => type)).to.deep.equal(err('NotYet'));
    expect(world.notified()).to.deep.equal([UNDER_WAY]);
    world.gateway.settle(payment);
    expect(await world.deliverAll(1)).to.deep.equal(['paid']);
  });
});

describe('a refund that takes days', () => {
  it('waits, and is credited by its event', async () => {
    const world = setUpWithEvents();
    await world.place(SLOW_REFUND);
    const asked = await world.handle(refundOf('r-1', 19));
    expect(asked.mapErr(({ type }) => type)).to.deep.equal(err('NotYet'));
    expect(world.stored().slice(2)).to.deep.equal(['RefundRequested', 'RefundPending']);
    const before = world.gateway.gatewayEvents.all().length;
    world.gateway.endRefund('re_memory_1', 'moved');
    expect(await world.deliverAll(before)).to.deep.equal(['paid']);
    expect(world.stored().at(-1)).to.equal(CREDITED);
  });

  it('that fails frees its amount again', async () => {
    const world = setUpWithEvents();
    await world.place(SLOW_REFUND);
    await world.handle(refundOf('r-1', 19));
    world.gateway.endRefund('re_memory_1', 'failed');
    expect((await world.deliverAll()).at(-1)).to.equal('paid');
    expect(world.stored()).to.include('RefundFailed');
  });
});

describe('a refund that somebody made in the dashboard', () => {
  it('is found by its event, and credited once, however often it comes', async () => {
    const world = setUpWithEvents();
    await world.place();
    const [charge] = world.gateway.ledger().charges;
    world.gateway.refundByHand(charge?.reference ?? '', 19);
    const from = 1;
    expect(await world.deliverAll(from)).to.deep.equal(['paid']);
    expect(world.stored().slice(2, 4)).to.deep.equal([
      'GatewayDifferenceFound',
      'RefundAdopted+CreditNoteIssued',
    ]);
    const asked = world.asked.length;
    expect(await world.deliverAll(from)).to.deep.equal(['known']);
    expect(world.asked).to.have.length(asked);
    expect(world.stored().filter((name) => String(name).includes('CreditNote'))).to.have.length(1);
  });
});

describe('a finding', () => {
  it('is used on an order that is read after it: a refund of ours is not another’s', async () => {
    let isAsked = false;
    const world = setUpWithEvents({
      gateway: (real) => ({
        standing: (of) => {
          const ask = async () => {
            // Another worker asks for a refund and sends it, between the read and the asking.
            if (!isAsked) {
              isAsked = true;
              await other(refundOf('r-1', 19));
            }
            return (await real.standing(of))._unsafeUnwrap();
          };
          return ResultAsync.fromSafePromise(ask());
        },
      }),
    });
    const other = world.worker();
    await world.place();
    await world.deliver({ kind: 'refund', id: 're_elsewhere', orderId: 'o-1' });
    expect(isAsked).to.equal(true);
    expect(world.stored()).to.deep.equal([PLACED, INVOICED, 'RefundRequested', CREDITED]);
  });
});

describe('a refund that comes back', () => {
  it('keeps its credit note, and goes to a person with a dead letter first', async () => {
    const world = setUpWithEvents();
    await world.place();
    await world.handle(refundOf('r-1', 19));
    const before = world.gateway.gatewayEvents.all().length;
    world.gateway.endRefund('re_memory_1', 'failed');
    expect(await world.deliverAll(before)).to.deep.equal(['ReviewRequired']);
    expect(world.stored().at(-1)).to.equal('RefundReturned');
    expect(world.deadLetters().map(({ reason }) => reason)).to.deep.equal([
      'refund#r-1 is in review: refund-returned',
    ]);
    expect(await world.statusOf()).to.equal('refund returned');
    expect(world.records('refund.returned')).to.have.length(1);
    expect(await world.deliverAll(before)).to.deep.equal(['known']);
  });
});

describe('a dispute of an order', () => {
  const disputed = async () => {
    const shop = setUpWithEvents();
    await shop.place();
    return { shop, dispute: shop.gateway.dispute('pi_memory_1') };
  };

  it('is recorded with its money, alerts, and leaves the invoice as it is', async () => {
    const { shop } = await disputed();
    expect(await shop.deliverAll(1)).to.deep.equal(['paid']);
    expect(shop.stored().slice(2)).to.deep.equal(['DisputeOpened+DisputeFundsWithdrawn']);
    expect(await shop.statusOf()).to.equal('disputed');
    const [record] = shop.records('dispute.opened');
    expect(record).to.deep.include({ level: 'error', outcome: 'chargeback', orderId: 'o-1' });
    expect(record?.facts).to.include({ dispute: 'du_memory_1', amountMinor: 119 });
  });

  it('is published by its event that comes again, where it was only recorded (R10)', async () => {
    let fails = false;
    const published: string[] = [];
    const shop = setUpWithEvents({
      orderEvents: {
        publish: (events) => {
          if (fails) return errAsync(unavailable('OrderEvents', 'down'));
          published.push(...events.map(({ id }) => id));
          return okAsync(events.map(() => ({ type: 'Done' as const })));
        },
      },
    });
    await shop.place();
    const dispute = { kind: 'dispute', id: shop.gateway.dispute('pi_memory_1') } as const;
    const event = { ...dispute, orderId: 'o-1', says: 'needs_response' };
    fails = true;
    expect((await shop.deliver(event, { messageId: 'm-1' })).isErr()).to.equal(true);
    fails = false;
    const delivered = await shop.deliver(event, { messageId: 'm-1', receiveCount: 2 });
    expect(delivered.isOk()).to.equal(true);
    expect(published.filter((id) => id.includes('dispute-opened'))).to.have.length(1);
    expect(shop.stored().slice(2)).to.have.length(1);
    expect((await shop.deliver(event)).map(outcomeOf)).to.deep.equal(ok('known'));
  });

  it('costs its next event no question whose it is', async () => {
    const { shop, dispute } = await disputed();
    await shop.deliverAll(1);
    expect(shop.asked[0]).to.equal('inspect');
    shop.gateway.closeDispute(dispute, true);
    expect(await shop.deliverAll(2)).to.deep.equal(['paid', 'known']);
    expect(shop.asked.filter((name) => name === 'inspect')).to.have.length(1);
    expect(await shop.statusOf()).to.equal('paid');
  });

  it('keeps refunds, and the end of a cancellation, waiting, and drives them on', async () => {
    const { shop, dispute } = await disputed();
    await shop.deliverAll(1);
    expect((await shop.handle(refundOf('r-1', 19))).map(outcomeOf)).to.deep.equal(
      ok('refund rejected'),
    );
    expect((await shop.handle(CANCEL)).map(outcomeOf)).to.deep.equal(ok('paid'));
    expect(shop.gateway.ledger().refunds).to.deep.equal([]);
    shop.gateway.closeDispute(dispute, true);
    expect((await shop.deliverAll(2))[0]).to.equal('cancelled');
    expect(shop.gateway.ledger().refunds.map(({ amountMinor }) => amountMinor)).to.deep.equal([
      119,
    ]);
  });

  it('that another worker records while it is asked for lets no refund go (I22)', async () => {
    let sent = 0;
    let isDown = true;
    let meanwhile = async (): Promise<unknown> => undefined;
    const shop = setUpWithEvents({
      gateway: (real) => ({
        refund: (post) => {
          sent += 1;
          return isDown ? okAsync({ type: 'Unknown', cause: 'dropped' }) : real.refund(post);
        },
        standing: (payment) =>
          real
            .standing(payment)
            .andThen((found) => ResultAsync.fromSafePromise(meanwhile()).map(() => found)),
      }),
    });
    await shop.place();
    expect((await shop.handle(refundOf('r-1', 19))).isErr()).to.equal(true);
    [sent, isDown] = [0, false];
    const of = { orderId: 'o-1', payment: 'pi_memory_1' };
    meanwhile = async () => {
      meanwhile = async () => undefined;
      const dispute = { kind: 'dispute', id: shop.gateway.dispute('pi_memory_1') } as const;
      await shop.deliver({ ...of, ...dispute, says: 'needs_response' }, {}, shop.worker());
    };
    const delivered = await shop.deliver({ ...of, kind: 'refund', id: 're_9', says: 'succeeded' });
    expect(delivered.isErr()).to.equal(true);
    expect(await shop.statusOf()).to.equal('disputed');
    expect(sent).to.equal(0);
  });

  it('that is lost takes the money of a cancelled order, which ends without a refund', async () => {
    const { shop, dispute } = await disputed();
    await shop.deliverAll(1);
    await shop.handle(CANCEL);
    shop.gateway.closeDispute(dispute, false);
    expect((await shop.deliverAll(2))[0]).to.equal('cancelled');
    expect(shop.gateway.ledger().refunds).to.deep.equal([]);
  });
});

describe('events of the gateway while it is down', () => {
  it('come again, and change nothing', async () => {
    const down = { type: 'Unknown', cause: '503' } as const;
    const shop = setUpWithEvents({ gateway: () => ({ standing: () => okAsync(down) }) });
    await shop.place();
    shop.gateway.dispute('pi_memory_1');
    expect(await shop.deliverAll(1)).to.deep.equal(['OutcomeUnknown']);
    expect(shop.stored()).to.deep.equal([PLACED, INVOICED]);
  });
});
