import { expect } from 'chai';
import { err, ok, okAsync, type Result } from 'neverthrow';
import { createEventStore } from '../../../src/adapters/eventlog/eventStore.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryInvoiceView } from '../../../src/adapters/memory/invoiceView.ts';
import { createMemoryMessageQueue } from '../../../src/adapters/memory/messageQueue.ts';
import { createMemoryPaymentGateway } from '../../../src/adapters/memory/paymentGateway.ts';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import type { Delivery } from '../../../src/application/delivery/handler.ts';
import { createPaymentHandler } from '../../../src/application/payment/processPayment.ts';
import { createSteps } from '../../../src/application/payment/steps.ts';
import type {
  ChargeOutcome,
  PaymentGateway,
} from '../../../src/application/ports/paymentGateway.ts';
import { createOrderStream } from '../../../src/application/streams.ts';

describe('the payment service, handling an order', () => {
  it('charges, invoices and publishes, and then the message may go', async () => {
    const { handle, gateway, invoices, notifications } = setUp();
    expect(await handle()).to.deep.equal(
      ok({ orderId: 'o-1', correlationId: 'chain-1', outcome: 'paid' }),
    );
    expect(gateway.ledger().map(({ amountMinor }) => amountMinor)).to.deep.equal([119]);
    const row = (await invoices.get('o-1')).unwrapOr(undefined);
    expect(row?.version).to.equal(4);
    const [told] = notifications.dump();
    expect(told?.body).to.equal('{"type":"OrderSettled","v":1,"orderId":"o-1","outcome":"paid"}');
    expect(told?.attributes).to.deep.equal({ correlationId: 'chain-1', causationId: 'm-1' });
    expect(told?.groupId).to.equal('c-1');
  });

  it('answers a redelivery as the first time, and publishes again before the message goes (Q1)', async () => {
    const { handle, gateway, notifications, loads } = setUp();
    await handle();
    expect((await handle()).map(({ outcome }) => outcome)).to.deep.equal(ok('paid'));
    expect(gateway.ledger()).to.have.length(1);
    expect(notifications.dump()).to.have.length(2);
    expect(loads()).to.equal(1);
  });

  it('reads nothing for an order that is delivered once', async () => {
    const { handle, loads } = setUp();
    await handle();
    expect(loads()).to.equal(0);
  });

  it('has its intent in the log before anything is sent to the gateway (S11)', async () => {
    const seen: unknown[] = [];
    const { handle, stored } = setUp((gateway) => ({
      charge: (request) => {
        seen.push(stored());
        return gateway.charge(request);
      },
    }));
    await handle();
    expect(seen).to.deep.equal([['OrderPlaced+PaymentRequested']]);
  });

  it('leaves an unknown outcome unknown, and sends the same key and bytes again later (G1–G3, F23, S10)', async () => {
    const sent: string[] = [];
    const lost: ChargeOutcome = { type: 'Unknown', cause: 'the answer was lost' };
    const { handle, gateway, stored } = setUp((real) => ({
      charge: (request) => {
        sent.push(`${request.key} ${request.body}`);
        return sent.length < 3 ? real.charge(request).map(() => lost) : real.charge(request);
      },
    }));
    const unknown = err({ ...lost, type: 'OutcomeUnknown', orderId: 'o-1' });
    expect(await handle()).to.deep.equal(unknown);
    expect(await handle()).to.deep.equal(unknown);
    expect(stored()).to.deep.equal(['OrderPlaced+PaymentRequested']);
    expect((await handle()).isOk()).to.equal(true);
    expect(new Set(sent).size).to.equal(1);
    expect(gateway.ledger()).to.have.length(1);
  });

  it('takes "not executed" for what it says of one request, and waits as told (G5, R6)', async () => {
    const { handle, stored } = setUp(() => ({
      charge: () => okAsync({ type: 'NotExecuted', reason: 'rate limit', retryAfterMs: 7_000 }),
    }));
    expect(await handle()).to.deep.equal(
      err({ type: 'NotExecuted', reason: 'rate limit', retryAfterMs: 7_000, orderId: 'o-1' }),
    );
    expect(stored()).to.deep.equal(['OrderPlaced+PaymentRequested']);
  });

  it('records a decline, and invoices nothing (S17)', async () => {
    const { handle, stored, invoices } = setUp();
    const declined = { ...order, paymentMethod: 'pm_card_visa_chargeDeclined' };
    expect((await handle(declined)).map(({ outcome }) => outcome)).to.deep.equal(ok('declined'));
    expect(stored()).to.deep.equal(['OrderPlaced+PaymentRequested', 'PaymentDeclined']);
    expect(await invoices.get('o-1')).to.deep.equal(ok(undefined));
  });

  for (const wrong of [{ amountMinor: 1 }, { currency: 'USD' }]) {
    it(`asks for a review when the gateway captured ${JSON.stringify(wrong)} instead, again and again (G13)`, async () => {
      const { handle, stored, invoices, notifications } = setUp(() => ({
        charge: () =>
          okAsync({
            type: 'Captured',
            reference: 'pi',
            amountMinor: 119,
            currency: 'EUR',
            ...wrong,
          }),
      }));
      const review = err({ type: 'ReviewRequired', orderId: 'o-1', reason: 'amount' });
      expect(await handle()).to.deep.equal(review);
      expect(await handle()).to.deep.equal(review);
      expect(stored()).to.deep.equal(['OrderPlaced+PaymentRequested', 'PaymentReviewRequired']);
      expect(await invoices.get('o-1')).to.deep.equal(ok(undefined));
      expect(notifications.dump()).to.deep.equal([]);
    });
  }

  it('refuses another order under the same id, and leaves the first alone (F14, I16)', async () => {
    const { handle, gateway, stored } = setUp();
    await handle();
    const before = stored();
    expect(await handle({ ...order, currency: 'USD' })).to.deep.equal(
      err({ type: 'PayloadConflict', orderId: 'o-1' }),
    );
    expect(stored()).to.deep.equal(before);
    expect(gateway.ledger()).to.have.length(1);
  });

  it('knows an order again whose parts come in another order (F14)', async () => {
    const { handle } = setUp();
    await handle();
    const reversed = Object.fromEntries(Object.entries(order).toReversed());
    expect((await handle(reversed)).isOk()).to.equal(true);
  });

  it('refuses what the gateway could never charge, before anything is recorded', async () => {
    const { handle, stored } = setUp();
    const refused = await handle({ ...order, currency: 'UYW' });
    expect(refused.mapErr(({ type }) => type)).to.deep.equal(err('Unchargeable'));
    expect(stored()).to.deep.equal([]);
  });

  for (const [what, events] of [
    ['an unknown event', '[{"type":"OrderTeleported","v":1,"data":{}}]'],
    ['an event of a newer version', '[{"type":"OrderPlaced","v":2,"data":{}}]'],
    ['no events at all', 'rubbish'],
  ] as const) {
    it(`charges nothing and keeps the message when the stream holds ${what}, and says where (X5, X13)`, async () => {
      const { handle, gateway } = await corrupted(events);
      const failed = await handle();
      const where = failed.match(
        () => 'handled',
        (error) =>
          error.type === 'CorruptStream' ? `${error.streamId} ${error.version}` : error.type,
      );
      expect(where).to.equal('order#o-1 1');
      expect(gateway.ledger()).to.deep.equal([]);
    });
  }

  it('starts no charge once the message is no longer its own (Q4)', async () => {
    const { handle, gateway, stored } = setUp();
    const lost = AbortSignal.abort();
    expect(await handle(order, lost)).to.deep.equal(
      err({ type: 'Aborted', dependency: 'PaymentGateway' }),
    );
    expect(gateway.ledger()).to.deep.equal([]);
    expect(stored()).to.deep.equal(['OrderPlaced+PaymentRequested']);
  });
});

const order = {
  orderId: 'o-1',
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'B', description: 'Book', quantity: 1, unitPriceMinor: 100, taxRateBps: 1_900 }],
  paymentMethod: 'pm_card_visa',
};

type Override = (gateway: PaymentGateway) => Partial<PaymentGateway>;

const setUp = (override: Override = () => ({})) => {
  const clock = createVirtualClock(1_795_000_000_000);
  const ids = createMemoryIds();
  const table = createMemoryCommitTable();
  const gateway = createMemoryPaymentGateway({ clock });
  const invoices = createMemoryInvoiceView();
  const notifications = createMemoryMessageQueue({ clock, ids });
  const telemetry = createMemoryTelemetry();
  let loads = 0;
  const store = createEventStore(
    {
      ...table,
      readPage: (streamId, from) => {
        loads += 1;
        return table.readPage(streamId, from);
      },
    },
    clock,
  );
  const handler = createPaymentHandler(
    createSteps({
      orders: createOrderStream({ store, ids }),
      gateway: { ...gateway, ...override(gateway) },
      invoices,
      notifications,
      clock,
      ids,
      telemetry,
      resendHorizonMs: 1_800_000,
    }),
  );
  const handle = async (draft: object = order, signal = new AbortController().signal) => {
    const delivery: Delivery = {
      messageId: 'm-1',
      body: JSON.stringify({ type: 'PlaceOrder', v: 1, ...draft }),
      attributes: { correlationId: 'chain-1' },
      receiveCount: 1,
      sentAt: 0,
      signal,
    };
    return handler(delivery);
  };
  /** The commits of the order so far, as their records name them: one record for each. */
  const stored = () =>
    telemetry
      .records()
      .filter(({ event }) => event === 'order.committed')
      .map(({ outcome }) => outcome);
  return { handle, gateway, invoices, notifications, table, stored, loads: () => loads };
};

/** An order whose intent is recorded and whose first item somebody has then written over. */
const corrupted = async (events: string) => {
  const world = setUp();
  const aborted: Result<unknown, unknown> = await world.handle(order, AbortSignal.abort());
  expect(aborted.isErr()).to.equal(true);
  const item = (await world.table.read({ streamId: 'order#o-1', version: 1 })).unwrapOr(undefined);
  world.table.overwrite({ ...item, streamId: 'order#o-1', version: 1, events });
  return world;
};
