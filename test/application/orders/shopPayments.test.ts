import { expect } from 'chai';
import { okAsync } from 'neverthrow';
import type {
  CaptureOutcome,
  PaymentGateway,
  VoidOutcome,
} from '../../../src/application/ports/paymentGateway.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { CLOSE_MS, contextAt, SETTLE_MS } from '../../support/orderContext.ts';
import { anOrderPaidBy, placeOrder } from '../../support/orderLife.ts';
import { setUp } from './payments.ts';

type Shop = ReturnType<typeof setUp>;

const LOST = { type: 'Unknown', cause: 'the answer was lost' } as const;
const REFUSED = { type: 'NotExecuted', reason: 'rejected', refused: 'resource_missing' } as const;

/** The order is in the log, and nothing was done for it: a worker resumes it. */
const place = async (
  { orders, gateway, clock }: Shop,
  payment: Order.Content['payment'],
  orderId = 'o-1',
): Promise<void> => {
  const order = anOrderPaidBy(payment, { orderId });
  const context = contextAt(clock.now(), {
    prepareCapture: (request) => gateway.prepareCapture(request),
    prepareRefund: (request) => gateway.prepareRefund(request),
  });
  const loaded = (await orders.load(orderId))._unsafeUnwrap();
  const events = Order.decide(placeOrder(order), loaded.state, context)._unsafeUnwrap();
  const commit = { events, idempotencyKey: 'k', correlationId: 'c', causationId: 'm' };
  (await orders.append(orderId, loaded, commit))._unsafeUnwrap();
};

const resume = ({ handle }: Pick<Shop, 'handle'>, orderId = 'o-1') =>
  handle({ type: 'ResumeOrder', v: 1, orderId });

const cancel = ({ handle }: Pick<Shop, 'handle'>, orderId = 'o-1') =>
  handle({ type: 'CancelOrder', v: 1, orderId, reason: 'why' });

const stateOf = async ({ orders }: Shop, orderId = 'o-1'): Promise<Order.State> =>
  (await orders.load(orderId))._unsafeUnwrap().state;

const statusOf = async (shop: Shop, orderId = 'o-1'): Promise<string> =>
  Order.statusOf(await stateOf(shop, orderId));

const MONEY = { amountMinor: 4_758, currency: 'EUR' };

/** The first such answer is lost, after the gateway has done what it was asked for. */
const losing = (call: 'capture' | 'void') => {
  let isLost = false;
  return (gateway: PaymentGateway): Partial<PaymentGateway> => {
    const once = <T>(outcome: T): T | typeof LOST => {
      if (isLost) return outcome;
      isLost = true;
      return LOST;
    };
    return call === 'capture'
      ? { capture: (post) => gateway.capture(post).map((outcome): CaptureOutcome => once(outcome)) }
      : { void: (post) => gateway.void(post).map((outcome): VoidOutcome => once(outcome)) };
  };
};

describe('an order that names a payment of the shop’s', () => {
  it('captures an authorised one once, invoices it, and writes whose it is', async () => {
    const shop = setUp();
    const payment = shop.gateway.authorise(MONEY);
    await place(shop, { type: 'authorised', payment });
    expect((await resume(shop)).isOk()).to.equal(true);
    expect(await statusOf(shop)).to.equal('paid');
    expect((await resume(shop)).isOk()).to.equal(true);
    const { charges } = shop.gateway.ledger();
    expect(charges.map(({ reference, orderId }) => [reference, orderId])).to.deep.equal([
      [payment, 'o-1'],
    ]);
    expect(shop.stored()).to.deep.equal(['PaymentVerified', 'PaymentCaptured+InvoiceIssued']);
  });

  it('captures a part where it says so, and the rest is released', async () => {
    const shop = setUp();
    const payment = shop.gateway.authorise({ ...MONEY, amountMinor: 9_999 });
    await place(shop, { type: 'authorised', payment, partial: true });
    await resume(shop);
    const found = (await shop.gateway.inspect({ payment }))._unsafeUnwrap();
    expect(found).to.include({ status: 'captured', capturedMinor: 4_758, capturableMinor: 0 });
  });

  it('finds a capture whose answer was lost by looking at the payment (G2)', async () => {
    const shop = setUp({ gateway: losing('capture') });
    const payment = shop.gateway.authorise(MONEY);
    await place(shop, { type: 'authorised', payment });
    expect((await resume(shop)).isErr()).to.equal(true);
    expect((await resume(shop)).isOk()).to.equal(true);
    expect(await statusOf(shop)).to.equal('paid');
    expect(shop.gateway.ledger().charges).to.have.length(1);
  });

  it('records one that was paid before, and sends nothing for it', async () => {
    const shop = setUp({
      gateway: () => ({
        capture: () => expect.fail('captured'),
        charge: () => expect.fail('charged'),
      }),
    });
    const payment = shop.gateway.authorise({ ...MONEY, isCaptured: true });
    await place(shop, { type: 'paid', payment });
    await resume(shop);
    expect(await statusOf(shop)).to.equal('paid');
    const state = await stateOf(shop);
    expect(state.invoice.status === 'issued' && state.invoice.document.paymentReference).to.equal(
      payment,
    );
  });

  it('pays one of two orders that name the same payment (I17, R16)', async () => {
    for (const type of ['authorised', 'paid'] as const) {
      const shop = setUp();
      const payment = shop.gateway.authorise({ ...MONEY, isCaptured: type === 'paid' });
      await place(shop, { type, payment }, 'o-1');
      await place(shop, { type, payment }, 'o-2');
      await Promise.all([
        resume({ handle: shop.worker() }, 'o-1'),
        resume({ handle: shop.worker() }, 'o-2'),
      ]);
      const statuses = [await statusOf(shop, 'o-1'), await statusOf(shop, 'o-2')];
      expect(statuses.toSorted()).to.deep.equal(['failed', 'paid']);
      const failed = await stateOf(shop, statuses[0] === 'failed' ? 'o-1' : 'o-2');
      expect(failed.payment).to.include({ proof: 'unusable' });
      expect(shop.gateway.ledger().charges).to.have.length(1);
    }
  });

  it('is refused for a payment of another order by the gateway’s own records', async () => {
    const shop = setUp();
    const payment = shop.gateway.authorise({ ...MONEY, orderId: 'o-9' });
    await place(shop, { type: 'authorised', payment });
    await resume(shop);
    expect((await stateOf(shop)).payment).to.include({ code: 'of-another-order' });
    expect(shop.gateway.ledger().charges).to.deep.equal([]);
    expect(shop.notified()).to.deep.equal([
      '{"type":"OrderSettled","v":1,"orderId":"o-1","outcome":"failed"}',
    ]);
  });

  it('releases the authorisation of a cancelled order at once, and ends (R17)', async () => {
    const shop = setUp();
    const payment = shop.gateway.authorise(MONEY);
    await place(shop, { type: 'authorised', payment });
    expect((await cancel(shop)).isOk()).to.equal(true);
    expect(await statusOf(shop)).to.equal('cancelled');
    const found = (await shop.gateway.inspect({ payment }))._unsafeUnwrap();
    expect(found).to.include({ status: 'cancelled' });
    expect(shop.gateway.ledger().charges).to.deep.equal([]);
  });

  it('is cancelled by a look after the answer to its release was lost', async () => {
    const shop = setUp({ gateway: losing('void') });
    const payment = shop.gateway.authorise(MONEY);
    await place(shop, { type: 'authorised', payment });
    expect((await cancel(shop)).isErr()).to.equal(true);
    expect((await resume(shop)).isOk()).to.equal(true);
    expect(await statusOf(shop)).to.equal('cancelled');
  });

  it('is invoiced and refunded where the capture was before the cancel (R7, I14)', async () => {
    const shop = setUp({ gateway: losing('capture') });
    const payment = shop.gateway.authorise(MONEY);
    await place(shop, { type: 'authorised', payment });
    await resume(shop);
    expect((await cancel(shop)).isOk()).to.equal(true);
    expect(await statusOf(shop)).to.equal('cancelled');
    const { charges, refunds } = shop.gateway.ledger();
    expect([charges.length, refunds.length]).to.deep.equal([1, 1]);
  });

  it('is given up after the close without a capture, and releases it (I19)', async () => {
    let isDown = true;
    const shop = setUp({
      gateway: (gateway) => ({
        capture: (post) => (isDown ? okAsync(LOST) : gateway.capture(post)),
      }),
    });
    const payment = shop.gateway.authorise(MONEY);
    await place(shop, { type: 'authorised', payment });
    expect((await resume(shop)).isErr()).to.equal(true);
    shop.clock.pass(CLOSE_MS - SETTLE_MS);
    isDown = false;
    expect((await resume(shop)).isOk()).to.equal(true);
    expect((await stateOf(shop)).payment).to.include({ status: 'failed', proof: 'voided' });
    const found = (await shop.gateway.inspect({ payment }))._unsafeUnwrap();
    expect(found).to.include({ status: 'cancelled' });
  });

  it('is released after the close by a second try where the first is refused (I19)', async () => {
    const shop = setUp({
      gateway: (gateway) => {
        let isRefused = false;
        return {
          capture: () => okAsync(LOST),
          void: (post) => {
            if (isRefused) return gateway.void(post);
            isRefused = true;
            return okAsync(REFUSED);
          },
        };
      },
    });
    const payment = shop.gateway.authorise(MONEY);
    await place(shop, { type: 'authorised', payment });
    await resume(shop);
    shop.clock.pass(CLOSE_MS - SETTLE_MS);
    expect((await resume(shop)).isErr()).to.equal(true);
    expect((await stateOf(shop)).payment.status).to.equal('requested');
    expect((await resume(shop)).isOk()).to.equal(true);
    expect((await stateOf(shop)).payment).to.include({ status: 'failed', proof: 'voided' });
  });

  it('is refunded at the gateway like any other', async () => {
    const shop = setUp();
    const payment = shop.gateway.authorise({ ...MONEY, isCaptured: true });
    await place(shop, { type: 'paid', payment });
    await resume(shop);
    const refund = { type: 'RefundPayment', v: 1, orderId: 'o-1', refundId: 'r-1' };
    await shop.handle({ ...refund, amountMinor: 1_000 });
    expect(shop.gateway.ledger().refunds).to.have.length(1);
    expect(await statusOf(shop)).to.equal('partly refunded');
  });
});

describe('an order in which the gateway has no part', () => {
  const nobody = {
    charge: () => expect.fail('charged'),
    find: () => expect.fail('looked up'),
    refund: () => expect.fail('refunded'),
    inspect: () => expect.fail('inspected'),
  };

  it('is invoiced for a transfer, and refunded by the shop, without a request', async () => {
    const shop = setUp({ gateway: () => nobody });
    await place(shop, { type: 'transferred', reference: 'RF18 5390' });
    await resume(shop);
    expect(await statusOf(shop)).to.equal('paid');
    const refund = { type: 'RefundPayment', v: 1, orderId: 'o-1', refundId: 'r-1' };
    await shop.handle({ ...refund, amountMinor: 1_000 });
    expect(await statusOf(shop)).to.equal('partly refunded');
    expect((await cancel(shop)).isOk()).to.equal(true);
    expect(await statusOf(shop)).to.equal('cancelled');
  });
});
