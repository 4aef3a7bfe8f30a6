import { expect } from 'chai';
import { errAsync, okAsync } from 'neverthrow';
import type { Unavailable } from '../../../src/application/ports/failures.ts';
import { dispositionOf } from '../../../src/application/delivery/disposition.ts';
import type { HandlerError } from '../../../src/application/delivery/handler.ts';
import { readCloudEvent } from '../../support/orderEvents.ts';
import { CANCEL, order, refundOf, RESUME, setUp } from './payments.ts';

const away: Unavailable = {
  type: 'Unavailable',
  dependency: 'OrderEvents',
  cause: '503',
  throttled: false,
};

const kindsOf = ({ published }: ReturnType<typeof setUp>) =>
  published().map(({ id }) => id.replace(/^o-1:/u, ''));

const settlingOf = (error: HandlerError) => dispositionOf(error);

describe('What others hear of an order', () => {
  it('is published before the message is done: placed and paid, with their documents', async () => {
    const world = setUp();
    const handled = await world.place();

    expect(handled.isOk()).to.equal(true);
    const [placed, paid, ...others] = world.published().map(({ body }) => readCloudEvent(body));
    expect(others).to.deep.equal([]);
    expect(placed).to.deep.include({
      specversion: '1.0',
      id: 'o-1:1:order.placed.v1',
      type: 'paidonce.order.placed.v1',
      subject: 'o-1',
      datacontenttype: 'application/json',
    });
    expect(placed?.data).to.deep.include({
      totalMinor: 119,
      payableMinor: 119,
      wayToPay: 'method',
    });
    expect(paid?.data).to.deep.equal({
      orderId: 'o-1',
      version: 3,
      customerId: 'c-1',
      currency: 'EUR',
      amountMinor: 119,
      netMinor: 100,
      taxMinor: 19,
      totalMinor: 119,
      invoiceNumber: 'INV-2026-000001',
      issuedOn: '2026-06-15',
    });
    for (const { attributes } of world.published()) {
      expect(attributes).to.include({ currency: 'EUR' }).and.have.property('type');
    }
  });

  it('is dated by its record, and the same at every publication (stable ids)', async () => {
    const world = setUp();
    await world.place();
    const first = world.published();
    world.clock.pass(3_600_000);
    // Another process, and a message of another kind.
    await world.worker()(RESUME);
    await world.worker()(refundOf('r-1', 19));

    const again = world.published().slice(first.length);
    expect(again.slice(0, 2)).to.deep.equal(first);
    expect(again.slice(2, 4)).to.deep.equal(first);
    const [refunded] = again.slice(4).map(({ body }) => readCloudEvent(body));
    expect(refunded).to.deep.include({ time: '2026-06-15T13:00:00.000Z' });
    expect(refunded?.data).to.deep.include({
      refundId: 'r-1',
      amountMinor: 19,
      creditNoteNumber: 'CN-2026-000001',
      cause: 'command',
    });
  });

  it('is published again, the same, where a worker dies before its delete (X1, R10)', async () => {
    const world = setUp();
    await world.place();
    const first = world.published();
    world.clock.pass(60_000);
    // The message was not deleted, and comes again to a worker that knows nothing.
    const again = await world.worker()({ type: 'PlaceOrder', v: 1, ...order });

    expect(again.isOk()).to.equal(true);
    expect(first).to.have.length(2);
    expect(world.published().slice(2)).to.deep.equal(first);
  });

  it('has a cancelled order’s refund and end', async () => {
    const world = setUp();
    await world.place();
    await world.handle(CANCEL);

    expect(new Set(kindsOf(world))).to.deep.equal(
      new Set([
        '1:order.placed.v1',
        '3:order.paid.v1',
        '7:order.refunded.v1',
        '9:order.cancelled.v1',
      ]),
    );
  });

  it('keeps the message where it could not be published, and is published then (R10)', async () => {
    let fails = true;
    const published: string[] = [];
    const world = setUp({
      orderEvents: {
        publish: (events) => {
          if (fails) return errAsync(away);
          published.push(...events.map(({ id }) => id));
          return okAsync(events.map(() => ({ type: 'Done' as const })));
        },
      },
    });
    const failed = await world.place();
    expect(failed._unsafeUnwrapErr()).to.deep.equal(away);
    expect(settlingOf(away)).to.deep.include({ type: 'Pause', dependency: 'OrderEvents' });

    fails = false;
    const { charges } = world.gateway.ledger();
    expect((await world.place()).isOk()).to.equal(true);
    expect(published).to.deep.equal(['o-1:1:order.placed.v1', 'o-1:3:order.paid.v1']);
    expect(charges).to.have.length(1);
  });

  it('keeps the message where one event of several was not taken', async () => {
    const world = setUp({
      orderEvents: {
        publish: (events) =>
          okAsync(
            events.map((_, at) =>
              at === 1
                ? ({
                    type: 'Failed',
                    code: 'Throttled',
                    retryable: true,
                    trouble: 'Throttled',
                  } as const)
                : ({ type: 'Done' } as const),
            ),
          ),
      },
    });
    const error = (await world.place())._unsafeUnwrapErr();

    expect(error).to.deep.include({ type: 'SendFailed', dependency: 'OrderEvents' });
    expect(settlingOf(error)).to.deep.equal({
      type: 'Pause',
      dependency: 'OrderEvents',
      trouble: 'Throttled',
    });
  });

  it('is nothing where nobody is to hear of orders, and asks for nothing', async () => {
    const world = setUp({ orderEvents: 'none' });

    expect((await world.place()).isOk()).to.equal(true);
    expect(world.published()).to.deep.equal([]);
  });

  it('is nothing of an order that was refused at the door', async () => {
    const world = setUp();
    // No currency of ISO 4217, so that the order is refused.
    await world.place({ ...order, currency: 'EUX' });

    expect(world.stored()).to.deep.equal(['OrderRefused']);
    expect(world.published()).to.deep.equal([]);
  });

  it('holds nothing personal but ids', async () => {
    const world = setUp();
    const buyer = {
      name: 'canary of a name',
      company: 'canary of a company',
      address: { street: 'canary of a street', city: 'canary of a city', country: 'DE' },
      vatId: 'DE123456789',
    };
    const placed = {
      type: 'PlaceOrder',
      v: 2,
      orderId: 'o-1',
      customer: { id: 'c-1', email: 'canary@example.com', language: 'de' },
      currency: 'EUR',
      priceMode: 'net',
      lines: [
        {
          sku: 'CANARY',
          description: 'canary of a description',
          quantity: 1,
          unitPrice: '1.00',
          taxes: [{ name: 'VAT', rate: '19' }],
        },
      ],
      buyer,
      orderReference: 'canary of a reference',
      buyerReference: 'canary of a buyer’s',
      paymentTerms: 'canary of terms',
      payment: { type: 'transferred', reference: 'canary of a transfer' },
    };
    expect((await world.handle(placed)).isOk()).to.equal(true);
    await world.handle({ ...CANCEL, reason: 'canary of a reason' });

    const text = JSON.stringify(world.published());
    expect(world.published().length).to.be.at.least(5);
    expect(text).to.include('c-1').and.include('INV-2026-000001');
    expect(text.toLowerCase()).not.to.include('canary');
    expect(text).not.to.include('DE123456789');
  });
});
