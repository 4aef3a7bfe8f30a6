import { expect } from 'chai';
import { createContainer } from '../../src/bootstrap/container.ts';
import { application } from '../../src/bootstrap/modules/application.ts';
import { memory } from '../../src/bootstrap/modules/memory.ts';
import type { ContentV1 } from '../../src/domain/order/index.ts';
import { readText } from '../../src/domain/invoice/index.ts';

describe('the pipeline in memory', () => {
  it('takes an order from its submission to its invoice and receipt', async () => {
    const { get } = createContainer(application, memory());
    const stop = new AbortController();
    const services = [
      get('paymentConsumer').run(stop.signal),
      get('notificationConsumer').run(stop.signal),
    ];

    // 1. The order comes in by the payments queue; 2.-5. the services do the rest.
    const submitted = await get('submitOrders')([order]);
    await get('clock').advance(10_000);
    stop.abort();
    await get('clock').advance(10_000);
    await Promise.all(services);

    expect(submitted.map(([first]) => first?.payment)._unsafeUnwrap()).to.deep.equal({
      type: 'Done',
    });
    expect(get('gateway').ledger().charges).to.have.length(1);
    expect(get('gateway').ledger().charges[0]).to.include({ amountMinor: 4758, currency: 'EUR' });
    const row = (await get('invoices').get('order-1'))._unsafeUnwrap();
    expect(readText(row?.document ?? '')._unsafeUnwrap()).to.include({
      netMinor: 3998,
      taxMinor: 760,
    });
    expect(
      get('notifier')
        .sent()
        .map(({ dedupeKey }) => dedupeKey),
    ).to.have.members(['order-1:received', 'order-1:receipt']);
    for (const queue of ['payments', 'paymentsDlq', 'notifications', 'notificationsDlq'] as const) {
      expect(get(queue).counts()).to.deep.equal({ visible: 0, inFlight: 0 });
    }
  });
});

const order: ContentV1 = {
  orderId: 'order-1',
  customer: { id: 'c-42', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [
    {
      sku: 'BOOK-1',
      description: 'A book',
      quantity: 2,
      unitPriceMinor: 1999,
      taxRateBps: 1900,
    },
  ],
  paymentMethod: 'pm_card_visa',
};
