import { expect } from 'chai';
import { ok, ResultAsync } from 'neverthrow';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createAllocator } from '../../../src/application/series/allocator.ts';
import { anyRegistry } from '../../support/orderContext.ts';
import { CANCEL, order, refundOf, setUp } from './payments.ts';

const outcomeOf = ({ outcome }: { readonly outcome: string }): string => outcome;
const UNLUCKY = { ...order, paymentMethod: 'pm_sandbox_refund_fails' };

const notMade = (refundId: string): string =>
  `{"type":"RefundNotMade","v":1,"orderId":"o-1","refundId":"${refundId}"}`;

describe('a client’s refund that fails', () => {
  it('is its message’s outcome, an alarm with its code, and a notice to the customer', async () => {
    const world = setUp();
    await world.place(UNLUCKY);
    expect((await world.handle(refundOf('r-1'))).map(outcomeOf)).to.deep.equal(ok('refund failed'));
    expect(world.stored().slice(-3)).to.deep.equal([
      'RefundRequested',
      'RefundFailed',
      'GatewayCompared',
    ]);
    const alarms = world.records('refund.failed');
    expect(alarms).to.have.length(1);
    expect(alarms[0]).to.deep.include({ level: 'error', orderId: 'o-1' });
    expect(alarms[0]?.outcome).to.be.a('string').and.not.equal('');
    expect(alarms[0]?.facts).to.deep.equal({ refundId: 'r-1' });
    expect(world.notified()).to.include(notMade('r-1'));
  });

  it('is not numbered by a worker that has seen it made, once it is closed (R25)', async () => {
    let close = async (): Promise<unknown> => undefined;
    const world = setUp({
      gateway: (real) => ({
        refund: (post) =>
          real.refund(post).andThen((made) => ResultAsync.fromSafePromise(close()).map(() => made)),
      }),
    });
    await world.place();
    // It comes back at once, and another worker is the first in the series.
    close = async () => {
      const { store, clock, gateway } = world;
      gateway.endRefund('re_memory_1', 'failed');
      const other = { store, clock, ids: createMemoryIds(99), registry: anyRegistry() };
      const entry = { id: 'o-1#r-1', reference: 're_memory_1', from: 0 };
      const closed = await createAllocator(other).close('CN', entry);
      expect(closed).to.deep.equal(ok(undefined));
    };
    expect((await world.handle(refundOf('r-1'))).map(outcomeOf)).to.deep.equal(ok('refund failed'));
    expect(world.stored()).to.include('RefundFailed').and.not.include('CreditNoteIssued');
  });

  it('is answered alike under its id, and may be asked for under another', async () => {
    const world = setUp();
    await world.place(UNLUCKY);
    for (let times = 0; times < 3; times += 1) {
      expect((await world.handle(refundOf('r-1'))).map(outcomeOf)).to.deep.equal(
        ok('refund failed'),
      );
    }
    expect(world.records('refund.failed')).to.have.length(1);
    await world.handle(refundOf('r-2'));
    expect(world.stored().filter((types) => types === 'RefundRequested')).to.have.length(2);
  });

  it('that is rejected is the outcome of its message too, and has its record', async () => {
    const world = setUp();
    await world.place();
    expect((await world.handle(refundOf('r-1', 1_000_000))).map(outcomeOf)).to.deep.equal(
      ok('refund rejected'),
    );
    const [{ level, facts } = {}] = world.records('refund.rejected');
    expect([level, facts]).to.deep.equal(['warn', { refundId: 'r-1' }]);
    expect(world.notified()).to.not.include(notMade('r-1'));
  });

  it('that is refused as a whole has a record that says why: it stands nowhere else', async () => {
    const world = setUp();
    await world.place({ ...order, paymentMethod: 'pm_card_visa_chargeDeclined' });
    expect((await world.handle(refundOf('r-1'))).map(outcomeOf)).to.deep.equal(ok('refused'));
    const [{ level, outcome } = {}] = world.records('command.refused');
    expect([level, outcome]).to.deep.equal(['warn', 'the payment was declined']);
  });

  it('is no alarm where a cancellation asked for it, which asks again by itself', async () => {
    const world = setUp();
    await world.place(UNLUCKY);
    await world.handle(CANCEL);
    const levels = world.records('refund.failed').map(({ level }) => level);
    expect(levels).to.have.length.above(1);
    expect(new Set(levels)).to.deep.equal(new Set(['warn']));
    expect(world.notified().join()).to.not.contain('RefundNotMade');
  });
});
