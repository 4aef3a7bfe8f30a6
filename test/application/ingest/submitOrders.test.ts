import { expect } from 'chai';
import { okAsync } from 'neverthrow';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryMessageQueue } from '../../../src/adapters/memory/messageQueue.ts';
import { createSubmitOrders } from '../../../src/application/ingest/submitOrders.ts';
import {
  decodeNotificationMessage,
  decodePaymentMessage,
} from '../../../src/application/messages/index.ts';
import type { MessageQueue } from '../../../src/application/ports/messageQueue.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { anOrder } from '../../support/orderLife.ts';

describe('submitting orders', () => {
  it('announces each in the language of its customer, and in version 1 without one', async () => {
    const { notifications, submit } = setUp();
    const plain = Order.contentOf(order('o-1'));
    const german = { ...plain, orderId: 'o-2', customer: { ...plain.customer, language: 'de-AT' } };
    await submit([order('o-0'), plain, german]);
    const announced = notifications
      .dump()
      .map(({ body }) => decodeNotificationMessage(body)._unsafeUnwrap());
    const { id, email } = plain.customer;
    const customer = { id, email };
    expect(announced).to.deep.equal([
      { type: 'OrderReceived', v: 1, orderId: 'o-0', customer },
      { type: 'OrderReceived', v: 1, orderId: 'o-1', customer },
      {
        type: 'OrderReceived',
        v: 2,
        orderId: 'o-2',
        customer: { ...customer, language: 'de-AT' },
      },
    ]);
  });

  it('places each on the payments queue and announces it, under one correlation id', async () => {
    const { payments, notifications, submit } = setUp();
    const submitted = (await submit([order('o-1'), order('o-2')])).unwrapOr([]);
    expect(submitted.map(({ payment }) => payment.type)).to.deep.equal(['Done', 'Done']);
    expect(payments.dump().map(({ body }) => decodePaymentMessage(body).isOk())).to.deep.equal([
      true,
      true,
    ]);
    const announced = notifications.dump();
    expect(announced.map(({ body }) => decodeNotificationMessage(body).isOk())).to.deep.equal([
      true,
      true,
    ]);
    expect(announced.map(({ attributes }) => attributes['correlationId'])).to.deep.equal(
      submitted.map(({ correlationId }) => correlationId),
    );
    expect(payments.dump().map(({ groupId }) => groupId)).to.deep.equal(['c-1', 'c-1']);
  });

  it('announces only what was accepted, and answers for each order (Q7, S18)', async () => {
    const { payments, notifications, ids } = setUp();
    const refusesSecond: MessageQueue = {
      ...payments,
      send: (messages) =>
        payments
          .send([...messages.slice(0, 1), ...messages.slice(2)])
          .map(([first, ...rest]) => [
            ...(first === undefined ? [] : [first]),
            { type: 'Failed', code: 'InternalError', retryable: true },
            ...rest,
          ]),
    };
    const submit = createSubmitOrders({ payments: refusesSecond, notifications, ids });
    const submitted = (await submit(['o-1', 'o-2', 'o-3'].map(order))).unwrapOr([]);
    expect(submitted.map(({ orderId, payment }) => [orderId, payment.type])).to.deep.equal([
      ['o-1', 'Done'],
      ['o-2', 'Failed'],
      ['o-3', 'Done'],
    ]);
    expect(submitted.map(({ announcement }) => announcement.type)).to.deep.equal([
      'Done',
      'NotTried',
      'Done',
    ]);
    const notified = notifications.dump().map(({ body }) => JSON.parse(body).orderId);
    expect(notified).to.deep.equal(['o-1', 'o-3']);
  });

  it('accepts an order that could not be announced: a courtesy touches no payment', async () => {
    const { payments, notifications, ids } = setUp();
    const down: MessageQueue = {
      ...notifications,
      send: () => okAsync([]),
    };
    const submit = createSubmitOrders({ payments, notifications: down, ids });
    const [submitted] = (await submit([order('o-1')])).unwrapOr([]);
    expect(submitted?.payment).to.deep.equal({ type: 'Done' });
    expect(submitted?.announcement).to.deep.equal({
      type: 'Failed',
      code: 'NoAnswer',
      retryable: true,
    });
  });
});

const setUp = () => {
  const clock = createVirtualClock();
  const ids = createMemoryIds();
  const payments = createMemoryMessageQueue({ clock, ids });
  const notifications = createMemoryMessageQueue({ clock, ids });
  return {
    payments,
    notifications,
    ids,
    submit: createSubmitOrders({ payments, notifications, ids }),
  };
};

const order = (orderId: string) => anOrder({ orderId });
