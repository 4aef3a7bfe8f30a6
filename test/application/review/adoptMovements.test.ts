import { expect } from 'chai';
import { err } from 'neverthrow';
import { createAdopt } from '../../../src/application/review/adoptMovements.ts';
import { createSendCommand } from '../../../src/application/ingest/sendCommand.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { must } from '../../support/commits.ts';
import { formatOf } from '../../support/orderContext.ts';
import { orderLife, type OrderLife } from '../../support/orderLife.ts';
import { createReviewWorld } from './world.ts';

const PAID = orderLife().placed().captured();
const REQUEST = { orderId: 'o-1', by: 'ada', reason: 'given back in the dashboard' };
const RESUME = { type: 'ResumeOrder', v: 1, orderId: 'o-1' };

const openOrder = async (life: OrderLife = PAID) => {
  const world = await createReviewWorld([life]);
  const { orders, allocator, clock, payments } = world;
  const ids = createMemoryIds();
  const adopt = createAdopt({
    orders,
    allocator,
    rules: { creditNotes: { series: 'CN', format: formatOf('{series}-{year}-{number:6}') } },
    sendCommand: createSendCommand({ payments, ids }),
    clock,
    ids,
  });
  return { ...world, adopt };
};

describe('asking for an order to be compared with the gateway', () => {
  it('records who, why and where it is numbered, and sends the order to a worker', async () => {
    const { adopt, since, sent, allocator } = await openOrder();
    await must(allocator.allocate('CN', { id: 'another', reference: 're_0', from: 0 }));
    expect((await must(adopt(REQUEST))).isNew).to.equal(true);
    const [asked, ...more] = await since(PAID);
    expect(more).to.deep.equal([]);
    expect(asked?.type).to.equal('GatewayComparisonRequested');
    expect(asked?.data).to.deep.include({
      by: 'ada',
      reason: 'given back in the dashboard',
      series: 'CN',
      seriesFrom: 1,
    });
    expect(sent()).to.deep.equal([RESUME]);
  });

  it('records it once while it is not done, and sends it again', async () => {
    const { adopt, since, sent } = await openOrder();
    await must(adopt(REQUEST));
    expect((await must(adopt({ ...REQUEST, by: 'bob' }))).isNew).to.equal(false);
    expect(await since(PAID)).to.have.length(1);
    expect(sent()).to.deep.equal([RESUME, RESUME]);
  });

  it('refuses an order that is not there, and one of which nothing was captured', async () => {
    const { adopt, sent } = await openOrder(orderLife().placed());
    expect((await adopt({ ...REQUEST, orderId: 'o-2' })).mapErr(({ type }) => type)).to.deep.equal(
      err('UnknownOrder'),
    );
    expect((await adopt(REQUEST)).mapErr(({ type }) => type)).to.deep.equal(err('NotComparable'));
    expect(sent()).to.deep.equal([]);
  });

  it('refuses texts that must not stand in the log, and repeats none', async () => {
    const { adopt, since } = await openOrder();
    const refused = await adopt({ orderId: 'o 1', by: '', reason: '4242 4242 4242 4242' });
    expect(refused).to.deep.equal(
      err({
        type: 'InvalidDecision',
        reasons: [
          'the order: is not an order id',
          'by: is not 1 to 64 characters',
          'reason: holds a card number',
        ],
      }),
    );
    expect(await since(PAID)).to.deep.equal([]);
  });
});
