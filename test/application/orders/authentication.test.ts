import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import type { ConfirmOutcome } from '../../../src/application/ports/paymentGateway.ts';
import { AUTHENTICATION_MAX_MS, RESEND_HORIZON_MS } from '../../support/orderContext.ts';
import { setUpWithEvents } from './paymentsAndEvents.ts';
import { CANCEL, order, RESUME } from './payments.ts';

const PLACED = 'OrderPlaced+PaymentRequested';
const ASKED = 'PaymentAuthenticationRequested';
const LINKED = 'PaymentAuthenticationAwaited';
const INVOICED = 'PaymentCaptured+InvoiceIssued';
const WANTED = '{"type":"AuthenticationWanted","v":1,"orderId":"o-1"}';
const DECLINED = '{"type":"OrderSettled","v":1,"orderId":"o-1","outcome":"declined"}';
const PAID = '{"type":"OrderSettled","v":1,"orderId":"o-1","outcome":"paid"}';
const PI = 'pi_memory_1';
const HOUR_MS = 3_600_000;

const { lines: _, paymentMethod: __, ...base } = order;

/** A shop, an order whose bank wants its customer, and a message of it that comes again. */
const worldOf = (override: Parameters<typeof setUpWithEvents>[0] = {}) => {
  const world = setUpWithEvents(override);
  const { customer, paymentMethod } = world.gateway.saveMethod('pm_card_authenticationRequired');
  const returnUrl = 'https://shop.example/orders/o-1';
  const message = {
    type: 'PlaceOrder',
    v: 2,
    ...base,
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
    payment: { type: 'saved', customer, paymentMethod, returnUrl },
  };
  const receive = world.named('m-waits');
  return {
    ...world,
    receive: () => receive(message),
    captures: () => world.gateway.ledger().charges.length,
  };
};

describe('a payment that its customer has to authenticate (R24)', () => {
  it('waits under its limit, has a link sent, and is paid by its event', async () => {
    const world = worldOf();
    expect((await world.receive()).mapErr(({ type }) => type)).to.deep.equal(err('NotYet'));
    expect(world.stored()).to.deep.equal([PLACED, ASKED, LINKED]);
    expect(world.notified()).to.deep.equal([WANTED]);
    expect(await world.statusOf()).to.equal('waits for the customer');
    expect(world.records('payment.authentication')).to.have.length(1);
    world.clock.pass(HOUR_MS);
    world.gateway.authenticate(PI, true);
    expect(await world.deliver({ orderId: 'o-1' })).to.have.nested.property(
      'value.outcome',
      'paid',
    );
    expect(world.stored()).to.deep.equal([PLACED, ASKED, LINKED, INVOICED]);
    expect(world.notified()).to.include(PAID);
    expect(world.captures()).to.equal(1);
    expect((await world.receive()).map(({ outcome }) => outcome)).to.deep.equal(ok('paid'));
  });

  it('is found paid without any event, by the message that waits', async () => {
    const world = worldOf();
    await world.receive();
    world.clock.pass(HOUR_MS);
    expect((await world.receive()).isErr()).to.equal(true);
    world.gateway.authenticate(PI, true);
    world.clock.pass(HOUR_MS);
    expect((await world.receive()).map(({ outcome }) => outcome)).to.deep.equal(ok('paid'));
  });

  it('is declined once the customer has failed, and cannot be paid any more', async () => {
    const world = worldOf();
    await world.receive();
    world.gateway.authenticate(PI, false);
    const delivered = await world.deliver({ orderId: 'o-1', says: 'requires_payment_method' });
    expect(delivered.map(({ outcome }) => outcome)).to.deep.equal(ok('declined'));
    world.gateway.authenticate(PI, true);
    expect(world.captures()).to.equal(0);
    expect(world.notified()).to.include(DECLINED);
  });

  it('is declined after its limit, upon a cancel, by the message that waits', async () => {
    const world = worldOf();
    await world.receive();
    world.clock.pass(AUTHENTICATION_MAX_MS);
    expect((await world.receive()).map(({ outcome }) => outcome)).to.deep.equal(ok('declined'));
    expect(world.stored()).to.deep.equal([PLACED, ASKED, LINKED, 'PaymentDeclined']);
    world.gateway.authenticate(PI, true);
    expect(world.captures()).to.equal(0);
    expect(world.notified()).to.include(DECLINED);
  });

  it('is paid where the customer was quicker than the cancel at its limit', async () => {
    const world = worldOf();
    await world.receive();
    world.clock.pass(AUTHENTICATION_MAX_MS);
    world.gateway.authenticate(PI, true);
    expect((await world.receive()).map(({ outcome }) => outcome)).to.deep.equal(ok('paid'));
    expect(world.captures()).to.equal(1);
  });

  it('ends with a cancellation of the order, by its message, and so does the link', async () => {
    const world = worldOf();
    await world.receive();
    expect((await world.handle(CANCEL)).map(({ outcome }) => outcome)).to.deep.equal(
      ok('cancelled'),
    );
    world.gateway.authenticate(PI, true);
    expect(world.captures()).to.equal(0);
    expect((await world.receive()).map(({ outcome }) => outcome)).to.deep.equal(ok('cancelled'));
  });

  it('is invoiced and refunded where it was paid before its order is cancelled', async () => {
    const world = worldOf();
    await world.receive();
    world.gateway.authenticate(PI, true);
    await world.handle(CANCEL);
    expect(await world.statusOf()).to.equal('cancelled');
    expect(world.gateway.ledger().refunds).to.have.length(1);
    expect(world.stored()).to.include('PaymentCaptured+InvoiceIssued+RefundRequested');
  });

  it('has one link and one payment whatever of the answers is lost', async () => {
    let calls = 0;
    const lost = { type: 'Unknown', cause: 'the answer was lost' } as const;
    const world = worldOf({
      gateway: (real) => ({
        confirm: (post) =>
          real.confirm(post).map((outcome): ConfirmOutcome => ((calls += 1) < 3 ? lost : outcome)),
      }),
    });
    for (let times = 0; times < 2; times += 1) {
      expect((await world.receive()).isErr()).to.equal(true);
      expect(world.notified()).to.deep.equal([]);
    }
    await world.receive();
    expect(calls).to.equal(3);
    expect(world.notified()).to.deep.equal([WANTED]);
    await world.receive();
    expect(calls).to.equal(3);
    expect(world.stored()).to.deep.equal([PLACED, ASKED, LINKED]);
  });

  it('is cancelled and declined where no link was ever known within the horizon', async () => {
    const lost = { type: 'Unknown', cause: 'the answer was lost' } as const;
    const world = worldOf({
      gateway: (real) => ({
        confirm: (post) => real.confirm(post).map((): ConfirmOutcome => lost),
      }),
    });
    await world.receive();
    world.clock.pass(RESEND_HORIZON_MS);
    expect((await world.receive()).map(({ outcome }) => outcome)).to.deep.equal(ok('declined'));
    world.gateway.authenticate(PI, true);
    expect(world.captures()).to.equal(0);
  });

  it('is asked for, and not waited for, by who resumes the order', async () => {
    const world = worldOf();
    await world.receive();
    const resumed = (await world.handle(RESUME)).map(({ outcome }) => outcome);
    expect(resumed).to.deep.equal(ok('waits for the customer'));
    expect(world.asked).to.deep.equal(['inspect']);
  });

  it('has its link in no record', async () => {
    const world = worldOf();
    await world.receive();
    const { payment } = await world.stateOf();
    const link = 'authentication' in payment ? payment.authentication?.link : undefined;
    expect(link).to.match(/^https:/);
    const written = [...world.notified(), JSON.stringify(world.records('order.committed'))].join();
    expect(written).to.not.include(link);
    expect(JSON.stringify(world.published())).to.not.include(link);
  });
});
