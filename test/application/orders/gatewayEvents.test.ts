import { expect } from 'chai';
import { err, ok, okAsync } from 'neverthrow';
import type { UnknownOutcome } from '../../../src/application/ports/paymentGateway.ts';
import { order } from './payments.ts';
import { setUpWithEvents } from './paymentsAndEvents.ts';

const outcomeOf = ({ outcome }: { readonly outcome: string }): string => outcome;

describe('an event of the gateway', () => {
  it('that says what is recorded costs one read, and no request, append or message', async () => {
    const world = setUpWithEvents();
    await world.place();
    const before = { notified: world.notified(), stored: world.stored(), loads: world.loads() };
    expect((await world.deliver({ orderId: 'o-1' })).map(outcomeOf)).to.deep.equal(ok('known'));
    expect(world.asked).to.deep.equal([]);
    expect(world.notified()).to.deep.equal(before.notified);
    expect(world.stored()).to.deep.equal(before.stored);
    expect(world.loads()).to.equal(before.loads + 1);
  });

  for (const [why, changes] of [
    ['mode', { mode: 'live' }],
    ['account', { account: 'acct_other' }],
  ] as const) {
    it(`of another ${why} is refused by name, and nothing is read for it`, async () => {
      const world = setUpWithEvents();
      await world.place();
      const loads = world.loads();
      const delivered = await world.deliver({ orderId: 'o-1', ...changes });
      expect(delivered.map(outcomeOf)).to.deep.equal(ok('refused'));
      expect([world.asked, world.loads()]).to.deep.equal([[], loads]);
      const [record] = world.records('gateway_event.refused');
      expect(record).to.deep.include({ level: 'error' });
      expect(record?.facts).to.deep.equal({
        why,
        gatewayEvent: 'evt_1',
        kind: 'payment',
        payment: 'pi_memory_1',
        id: 'pi_memory_1',
        says: 'succeeded',
      });
    });
  }

  it('of the account itself, named or not, is taken', async () => {
    const world = setUpWithEvents();
    await world.place();
    const delivered = await world.deliver({ orderId: 'o-1', account: 'acct_memory' });
    expect(delivered.map(outcomeOf)).to.deep.equal(ok('known'));
  });

  it('of another deployment on the account is none of ours, and nothing is asked', async () => {
    const world = setUpWithEvents();
    const delivered = await world.deliver({ orderId: 'o-1', deployment: 'dep2' });
    expect(delivered.map(outcomeOf)).to.deep.equal(ok('foreign'));
    expect(world.asked).to.deep.equal([]);
  });

  it('that names no order is of the one that its payment names', async () => {
    const world = setUpWithEvents();
    await world.place();
    const charge = world.gateway.ledger().charges[0]?.reference ?? '';
    expect((await world.deliver({ payment: charge })).map(outcomeOf)).to.deep.equal(ok('paid'));
    expect(world.asked[0]).to.equal('inspect');
    expect((await world.deliver({ payment: charge })).map(outcomeOf)).to.deep.equal(ok('known'));
    expect(world.asked.filter((name) => name === 'inspect')).to.have.length(1);
  });

  it('that names an order which another payment has paid is of its own payment’s', async () => {
    const world = setUpWithEvents();
    await world.place();
    await world.place({ ...order, orderId: 'o-2' });
    const second = world.gateway.ledger().charges[1]?.reference ?? '';
    const delivered = await world.deliver({ orderId: 'o-1', payment: second });
    expect(delivered.map(({ orderId }) => orderId)).to.deep.equal(ok('o-2'));
  });

  it('of a payment that somebody else made on the account is none of ours', async () => {
    const world = setUpWithEvents();
    const payment = world.gateway.authorise({ amountMinor: 1, currency: 'EUR' });
    expect((await world.deliver({ payment })).map(outcomeOf)).to.deep.equal(ok('foreign'));
    expect((await world.deliver({ payment: 'pi_nobody' })).map(outcomeOf)).to.deep.equal(
      ok('foreign'),
    );
    expect(world.records('gateway_event.unknown_order')).to.deep.equal([]);
  });

  it('of an order of ours that the log does not have is reported', async () => {
    const world = setUpWithEvents();
    const payment = world.chargeFor('o-lost');
    expect((await world.deliver({ payment })).map(outcomeOf)).to.deep.equal(ok('unknown order'));
    expect(world.records('gateway_event.unknown_order')).to.have.length(1);
  });

  it('waits where the gateway does not say whose it is', async () => {
    const down: UnknownOutcome = { type: 'Unknown', cause: '503', trouble: 'Unavailable' };
    const world = setUpWithEvents({ gateway: () => ({ inspect: () => okAsync(down) }) });
    expect(await world.deliver({ payment: 'pi_1' })).to.deep.equal(
      err({ ...down, type: 'OutcomeUnknown', orderId: 'pi_1' }),
    );
  });

  it('of a payment that another order has claimed is a contradiction', async () => {
    const world = setUpWithEvents();
    await world.place();
    const payment = world.gateway.ledger().charges[0]?.reference ?? '';
    await world.claim('o-2', payment);
    expect((await world.deliver({ payment })).mapErr(({ type }) => type)).to.deep.equal(
      err('Contradiction'),
    );
  });
});

describe('a dispute', () => {
  for (const [what, payment] of [
    ['a payment that somebody else made', 'anybody'],
    ['an order of ours that the log does not have', 'o-lost'],
    ['a payment that the gateway does not have', 'nobody'],
  ] as const) {
    it(`of ${what} is an alarm and a dead letter, not silence`, async () => {
      const world = setUpWithEvents();
      const anybody = { amountMinor: 1, currency: 'EUR', isCaptured: true };
      const reference = {
        anybody: () => world.gateway.authorise(anybody),
        'o-lost': () => world.chargeFor('o-lost'),
        nobody: () => 'pi_nobody',
      }[payment]();
      const dispute = { kind: 'dispute', id: 'du_1', says: 'needs_response' } as const;
      expect(await world.deliver({ ...dispute, payment: reference })).to.deep.equal(
        err({ type: 'DisputeUnknown', dispute: 'du_1', payment: reference }),
      );
      const [record] = world.records('dispute.unknown');
      expect(record).to.deep.include({ level: 'error' });
      expect(record?.facts).to.include({ id: 'du_1', payment: reference });
    });
  }

  it('of another deployment’s payment is theirs to handle', async () => {
    const world = setUpWithEvents();
    const payment = world.chargeFor('o-1', 'dep2');
    const delivered = await world.deliver({ kind: 'dispute', id: 'du_1', says: 'lost', payment });
    expect(delivered.map(outcomeOf)).to.deep.equal(ok('foreign'));
    expect(world.records('dispute.unknown')).to.deep.equal([]);
  });
});
