import { expect } from 'chai';
import { createVirtualClock } from '../../../../src/adapters/memory/clock.ts';
import { createMemoryIds } from '../../../../src/adapters/memory/ids.ts';
import { createMemoryPaymentGateway } from '../../../../src/adapters/memory/paymentGateway.ts';
import { generateOrders } from '../../../../src/bootstrap/cli/common/generateOrders.ts';
import * as Order from '../../../../src/domain/order/index.ts';

describe('generateOrders', () => {
  it('makes orders that the domain accepts and the gateway can charge', () => {
    const gateway = createMemoryPaymentGateway({ clock: createVirtualClock() });
    const orders = [...generateOrders(createMemoryIds(7), 300)];

    for (const order of orders) {
      expect(Order.parseV1(order).isOk()).to.equal(true);
      const { payableMinor: amountMinor } = Order.priceOf(Order.contentOf(order))._unsafeUnwrap();
      const { orderId, currency, paymentMethod } = order;
      const request = {
        deployment: 'dep1',
        orderId,
        attempt: 1,
        amountMinor,
        currency,
        paymentMethod,
      };
      expect(gateway.prepare(request).isOk()).to.equal(true);
    }
    expect(new Set(orders.map(({ currency }) => currency)).size).to.equal(4);
    expect(new Set(orders.map(({ orderId }) => orderId)).size).to.equal(300);
  });

  it('sends no mail that could bounce', () => {
    for (const { customer } of generateOrders(createMemoryIds(7), 50)) {
      expect(customer.email).to.match(/^success\+[a-z0-9-]+@simulator\.amazonses\.com$/);
    }
  });
});
