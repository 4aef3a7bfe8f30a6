import { expect } from 'chai';
import { errAsync } from 'neverthrow';
import { order, setUp } from './payments.ts';

describe('an invoice that no row can hold (A2)', () => {
  it('is given up with an alarm; its order is still paid, its customer notified', async () => {
    const { place, notified, records, invoices } = setUp({
      invoices: () => ({
        putIfNewer: ({ orderId }) => errAsync({ type: 'RowTooLarge', orderId, bytes: 500_000 }),
      }),
    });

    expect((await place()).isOk()).to.equal(true);
    expect(notified().some((body) => body.includes('"OrderSettled"'))).to.equal(true);
    expect((await invoices.get(order.orderId))._unsafeUnwrap()).to.equal(undefined);
    const [alarm, ...more] = records('invoice.row_given_up');
    expect(more).to.deep.equal([]);
    expect(alarm).to.deep.include({
      level: 'error',
      orderId: order.orderId,
      facts: { bytes: 500_000 },
      metrics: { RowsGivenUp: { unit: 'Count', values: [1] } },
    });
  });
});
