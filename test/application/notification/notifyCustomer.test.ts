import { expect } from 'chai';
import { createContainer } from '../../../src/bootstrap/container.ts';
import { application } from '../../../src/bootstrap/modules/application.ts';
import { memory } from '../../../src/bootstrap/modules/memory.ts';
import type { NotifierError } from '../../../src/application/ports/notifier.ts';

describe('the notification service', () => {
  for (const error of [
    { type: 'Undeliverable', reason: 'suppressed' },
    { type: 'Unavailable', dependency: 'Notifier', cause: 'down', throttled: false },
    { type: 'Misconfigured', dependency: 'Notifier', cause: 'sender not verified' },
  ] satisfies readonly NotifierError[]) {
    it(`never touches the payment when mail answers ${error.type} (X9, S14)`, async () => {
      const { get, run } = start();
      get('notifier').failFor(/@/, error);
      await get('submitOrders')([order]);
      await run(30_000);
      expect(get('gateway').ledger().charges).to.have.length(1);
      expect((await get('invoices').get('order-1')).isOk()).to.equal(true);
      expect(get('payments').counts()).to.deep.equal({ visible: 0, inFlight: 0 });
      expect(get('paymentsDlq').dump()).to.deep.equal([]);
      expect(get('notifier').sent()).to.deep.equal([]);
    });
  }

  it('notifies of the payment when mail is back, and not again of the order', async () => {
    const { get, run } = start();
    const down = { type: 'Unavailable', dependency: 'Notifier', cause: 'down', throttled: false };
    get('notifier').failFor(/@/, down as NotifierError);
    await get('submitOrders')([order]);
    await run(30_000);
    get('notifier').repair();
    await run(3_600_000);
    // The courtesy had its one try; the receipt is owed.
    expect(keys(get)).to.deep.equal(['order-1:receipt']);
    expect(get('notifications').counts()).to.deep.equal({ visible: 0, inFlight: 0 });
  });

  it('puts a notice aside, with its reason, whose address will never take a mail', async () => {
    const { get, run } = start();
    get('notifier').failFor(/@/, { type: 'Undeliverable', reason: 'suppressed' });
    await get('submitOrders')([order]);
    await run(30_000);
    const deadLetters = get('notificationsDlq').dump();
    expect(deadLetters.map(({ attributes }) => attributes['Reason'])).to.include(
      'Undeliverable; suppressed',
    );
  });

  it('waits for an open order, and reports what the stream says, not the message', async () => {
    const { get, run } = start();
    const declined = { ...order, paymentMethod: 'pm_card_visa_chargeDeclined' };
    const premature = { type: 'OrderSettled', v: 1, orderId: 'order-1', outcome: 'paid' };
    await get('notifications').send([{ body: JSON.stringify(premature) }]);
    await run(1_000);
    expect(get('notifier').sent()).to.deep.equal([]);
    await get('submitOrders')([declined]);
    await run(600_000);
    expect(keys(get).toSorted()).to.deep.equal(['order-1:declined', 'order-1:received']);
  });
});

const start = () => {
  const { get } = createContainer(application, memory());
  const never = new AbortController().signal;
  void get('paymentConsumer').run(never);
  void get('notificationConsumer').run(never);
  return { get, run: (ms: number) => get('clock').advance(ms) };
};

const keys = (get: ReturnType<typeof start>['get']): readonly string[] =>
  get('notifier')
    .sent()
    .map(({ dedupeKey }) => dedupeKey);

const order = {
  orderId: 'order-1',
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'B', description: 'Book', quantity: 1, unitPriceMinor: 100, taxRateBps: 1_900 }],
  paymentMethod: 'pm_card_visa',
};
