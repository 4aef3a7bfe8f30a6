import { expect } from 'chai';
import { createVirtualClock } from '../../../../src/adapters/memory/clock.ts';
import { createMemoryIds } from '../../../../src/adapters/memory/ids.ts';
import { createMemoryPaymentGateway } from '../../../../src/adapters/memory/paymentGateway.ts';
import { generateOrders } from '../../../../src/bootstrap/cli/common/generateOrders.ts';
import {
  generateShopOrders,
  ordersOfShape,
  SHAPES,
} from '../../../../src/bootstrap/cli/load/shapes.ts';
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
    const made = [generateOrders, generateShopOrders].map((generate) =>
      generate(createMemoryIds(7), 50),
    );
    for (const { customer } of made.flatMap((orders): Order.SentOrder[] => [...orders])) {
      expect(customer.email).to.match(/^success\+[a-z0-9-]+@simulator\.amazonses\.com$/);
    }
  });
});

describe('The orders of a load', () => {
  const orders = (shape: (typeof SHAPES)[number]) => [
    ...ordersOfShape(shape, createMemoryIds(7), 100),
  ];

  it('are of one version, or of both in turn', () => {
    expect(orders('v1').every(Order.isOfV1)).to.equal(true);
    expect(orders('v2').some(Order.isOfV1)).to.equal(false);
    expect(orders('mixed').map(Order.isOfV1)).to.deep.equal(
      Array.from({ length: 100 }, (_, at) => at % 2 === 0),
    );
  });

  it('have an id each', () => {
    for (const shape of SHAPES) {
      expect(new Set(orders(shape).map(({ orderId }) => orderId)).size).to.equal(100);
    }
  });
});
