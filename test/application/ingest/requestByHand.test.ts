import { expect } from 'chai';
import { errAsync } from 'neverthrow';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryMessageQueue } from '../../../src/adapters/memory/messageQueue.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createRequestByHand } from '../../../src/application/ingest/requestByHand.ts';
import { createSendCommand } from '../../../src/application/ingest/sendCommand.ts';
import { createOrderStream, decodeCommits } from '../../../src/application/log/eventStreams.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { must } from '../../support/commits.ts';
import { orderLife } from '../../support/orderLife.ts';

const REFUND = { type: 'RefundPayment', v: 1, orderId: 'o-1', refundId: 'r-1' } as const;
const CANCEL = { type: 'CancelOrder', v: 1, orderId: 'o-1', reason: 'late' } as const;
const ADA = { by: 'ada', reason: 'late' } as const;

describe('a request by hand', () => {
  it('records who and why before it sends the command, in one chain', async () => {
    const { request, payments, events } = setUp();
    const { correlationId } = await must(request(REFUND, ADA));
    expect((await events()).map(({ type, data }) => ({ type, data }))).to.deep.equal([
      {
        type: 'RequestedByHand',
        data: { command: 'RefundPayment', id: 'r-1', by: 'ada', reason: 'late', at: 0 },
      },
    ]);
    expect(payments.dump().map(({ attributes }) => attributes)).to.deep.equal([{ correlationId }]);
  });

  it('changes nothing about the order, wherever it stands', () => {
    const note: Order.StreamEvent = {
      type: 'RequestedByHand',
      data: { command: 'CancelOrder', id: '', by: 'ada', reason: 'late', at: 1 },
    };
    expect(Order.fold([note])).to.deep.equal({ ...Order.initialState, version: 1 });
    expect(Order.isNote(note)).to.equal(true);
    expect(Order.isNote({ type: 'OrderCancelled' })).to.equal(false);
  });

  it('sends again what was recorded and not sent, and records each person once', async () => {
    const { request, payments, events, failing } = setUp();
    const failed = await failing(CANCEL, ADA);
    expect(failed._unsafeUnwrapErr().type).to.equal('NotSent');
    expect(payments.dump()).to.deep.equal([]);
    await must(request(CANCEL, ADA));
    await must(request(CANCEL, { ...ADA, by: 'kim' }));
    expect((await events()).map(({ data }) => 'by' in data && data.by)).to.deep.equal([
      'ada',
      'kim',
    ]);
    expect(payments.dump()).to.have.length(2);
  });

  it('sends nothing where it could not be recorded', async () => {
    const { payments, ids, clock, store, sendCommand } = setUp();
    const down = { type: 'Unavailable', dependency: 'EventStore', cause: 'down' } as const;
    const request = createRequestByHand({
      store: {
        load: (streamId) => store.load(streamId),
        append: () => errAsync({ ...down, throttled: false }),
      },
      sendCommand,
      clock,
      ids,
    });
    expect((await request(REFUND, ADA))._unsafeUnwrapErr()).to.include({ type: 'Unavailable' });
    expect(payments.dump()).to.deep.equal([]);
  });

  it('goes to the group of the customer, where the order is known', async () => {
    const { request, payments, store, ids } = setUp();
    const orders = createOrderStream({ store, ids });
    const { events } = orderLife().placed();
    const commit = { events, idempotencyKey: 'k', correlationId: 'c', causationId: 'm' };
    await must(orders.append('o-1', await must(orders.load('o-1')), commit));
    await must(request(CANCEL, ADA));
    expect(payments.dump().map(({ groupId }) => groupId)).to.deep.equal(['c-1']);
  });
});

const setUp = () => {
  const clock = createVirtualClock();
  const ids = createMemoryIds();
  const payments = createMemoryMessageQueue({ clock, ids });
  const store = createEventStore(createMemoryCommitTable(), clock);
  const sendCommand = createSendCommand({ payments, ids });
  const services = { store, clock, ids };
  return {
    clock,
    ids,
    payments,
    store,
    sendCommand,
    request: createRequestByHand({ ...services, sendCommand }),
    failing: createRequestByHand({
      ...services,
      sendCommand: () => errAsync({ type: 'SendFailed', code: 'down' }),
    }),
    events: async () => {
      const { commits } = await must(store.load('order#o-1'));
      return must(decodeCommits(commits, Order.codec));
    },
  };
};
