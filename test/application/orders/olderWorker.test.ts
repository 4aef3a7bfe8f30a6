import { createPaymentLevel } from '../../../src/application/serviceLevel.ts';
import { readEvent } from '../../../src/adapters/stripe/events.ts';
import { expect } from 'chai';
import { okAsync } from 'neverthrow';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryInvoiceView } from '../../../src/adapters/memory/invoiceView.ts';
import { createMemoryMessageQueue } from '../../../src/adapters/memory/messageQueue.ts';
import { createMemoryPaymentGateway } from '../../../src/adapters/memory/paymentGateway.ts';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { createAllocator } from '../../../src/application/series/allocator.ts';
import { createOrderCommandHandler } from '../../../src/application/orders/handleOrderCommand.ts';
import { createClaimStream, createOrderStream } from '../../../src/application/log/eventStreams.ts';
import { must } from '../../support/commits.ts';
import { createDeliveryWorld } from '../../support/delivery.ts';
import { createNewOrders } from '../../support/evolution.ts';
import {
  anyRegistry,
  CLOCK_SKEW_MS,
  CLOSE_MS,
  DEPLOYMENT,
  formatOf,
  REQUEST_LIFE_MS,
  SETTLE_MS,
  RESEND_HORIZON_MS,
  SEALS,
} from '../../support/orderContext.ts';
import { order } from './payments.ts';

const FORMAT = formatOf('{series}-{year}-{number:6}');
const EMPTY = { visible: 0, inFlight: 0 };
/** What an older worker keeps a message hidden for at most before it comes again. */
const HANDED_BACK_MS = 300_000;

/** The real handler behind the real engine, over one log that workers of two releases share. */
const setUp = () => {
  const world = createDeliveryWorld();
  const { clock } = world;
  const ids = createMemoryIds();
  const store = createEventStore(createMemoryCommitTable(), clock);
  const gateway = createMemoryPaymentGateway({ clock });
  const invoices = createMemoryInvoiceView();
  const notifications = createMemoryMessageQueue({ clock, ids });
  const handlerOf = (release: typeof createOrderStream, dies = false) =>
    createOrderCommandHandler({
      orders: release({ store, ids }),
      claims: createClaimStream({ store, ids }),
      allocator: createAllocator({ store, ids, registry: anyRegistry(), clock }),
      gateway: {
        ...gateway,
        // A worker that dies between its intent and its request leaves the intent.
        ...(dies && {
          charge: () => gateway.charge({ key: 'k', body: 'x', notAfter: 0 }),
        }),
      },
      gatewayEventReader: { read: readEvent },
      deployment: () => okAsync(DEPLOYMENT),
      paymentLevel: createPaymentLevel({ ids }),
      seals: SEALS,
      invoices,
      notifications,
      orderEvents: 'none',
      clock,
      ids,
      telemetry: createMemoryTelemetry(),
      rules: {
        resendHorizonMs: RESEND_HORIZON_MS,
        closeMs: CLOSE_MS,
        settleMs: SETTLE_MS,
        requestLifeMs: REQUEST_LIFE_MS,
        pendingMaxMs: 10 * 86_400_000,
        authenticationMaxMs: 86_400_000,
        clockSkewMs: CLOCK_SKEW_MS,
        attemptsMax: 1,
        roundsToSteps: false,
        invoices: { series: 'INV', format: FORMAT },
        timeZone: 'UTC',
        creditNotes: { series: 'CN', format: FORMAT },
      },
      refundSenders: 'anyone',
    });
  return { world, gateway, invoices, handlerOf };
};

describe('an older worker that meets what a newer one wrote', () => {
  it('charges nothing, returns the message, says why; a newer worker finishes (X5)', async () => {
    const { world, gateway, invoices, handlerOf } = setUp();
    const { clock, queue, deadLetter } = world;
    const place = JSON.stringify({ type: 'PlaceOrder', v: 1, ...order });
    await queue.send([{ body: place }]);

    const dying = world.start(handlerOf(createNewOrders, true), { retryBaseMs: 60_000 });
    await clock.advance(1_000);
    await dying.drain();
    expect(gateway.ledger().charges).to.deep.equal([]);

    const before = world.records('message.handled').length;
    const older = world.start(handlerOf(createOrderStream));
    await clock.advance(4 * HANDED_BACK_MS);
    await older.drain();
    const met = world.records('message.handled').slice(before);
    expect(met.length).to.be.within(3, 9);
    for (const record of met) {
      expect(record).to.deep.include({ level: 'warn', outcome: 'CorruptStream' });
      const { delayMs, ...facts } = record.facts ?? {};
      expect(delayMs).to.be.within(HANDED_BACK_MS / 2, HANDED_BACK_MS);
      expect(facts).to.deep.equal({
        service: 'payments',
        streamId: 'order#o-1',
        version: 1,
        fault: 'unknown',
        why: 'unknown event OrderAccepted',
        disposition: 'Retry',
        settled: 'Settled',
      });
    }
    expect(gateway.ledger().charges).to.deep.equal([]);
    expect(deadLetter.counts()).to.deep.equal(EMPTY);
    const waiting = queue.counts();
    expect(waiting.visible + waiting.inFlight).to.equal(1);

    const newer = world.start(handlerOf(createNewOrders));
    await clock.advance(2 * HANDED_BACK_MS);
    await newer.drain();
    expect(gateway.ledger().charges).to.have.length(1);
    expect((await must(invoices.get('o-1')))?.version).to.equal(5);
    expect(queue.counts()).to.deep.equal(EMPTY);
    expect(deadLetter.counts()).to.deep.equal(EMPTY);
  });

  it('goes on with what it can read, and the newer with that (X5, X11)', async () => {
    const { world, gateway, invoices, handlerOf } = setUp();
    const { clock, queue } = world;
    await queue.send([{ body: JSON.stringify({ type: 'PlaceOrder', v: 1, ...order }) }]);
    const older = world.start(handlerOf(createOrderStream));
    await clock.advance(1_000);
    await older.drain();
    const first = await must(invoices.get('o-1'));

    await queue.send([
      { body: JSON.stringify({ type: 'RefundPayment', v: 1, orderId: 'o-1', refundId: 'r-1' }) },
    ]);
    const newer = world.start(handlerOf(createNewOrders));
    await clock.advance(1_000);
    await newer.drain();
    expect(gateway.ledger().refunds).to.have.length(1);
    // The order is two events for the newer; the row counts as the log does, for both.
    expect([first?.version, (await must(invoices.get('o-1')))?.version]).to.deep.equal([4, 7]);
  });
});
