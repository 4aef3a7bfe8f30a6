import { expect } from 'chai';
import { ok, okAsync } from 'neverthrow';
import type { ChargeOutcome } from '../../../src/application/ports/paymentGateway.ts';
import { CLOSE_MS, DEPLOYMENT } from '../../support/orderContext.ts';
import { order, RESUME, setUp } from './payments.ts';

const BOB = {
  ...order,
  customer: { id: 'c-2', email: 'bob@example.com' },
  paymentMethod: 'pm_card_mastercard',
};
const LOST: ChargeOutcome = { type: 'Unknown', cause: 'the answer was lost' };

describe('two deployments that number their orders alike, on one account of the gateway', () => {
  const other = () => okAsync({ ...DEPLOYMENT, id: 'dep2' });

  it('charge each its own customer once, with its own means of payment', async () => {
    const a = setUp();
    const b = setUp({ gateway: () => a.gateway, deployment: other });
    for (const placed of [await a.place(), await b.place(BOB), await b.place(BOB)]) {
      expect(placed.map(({ outcome }) => outcome)).to.deep.equal(ok('paid'));
    }
    const { charges } = a.gateway.ledger();
    expect(charges.map(({ deployment, paymentMethod }) => [deployment, paymentMethod])).to.eql([
      ['dep1', 'pm_card_visa'],
      ['dep2', 'pm_card_mastercard'],
    ]);
    const [mine, theirs] = [await a.invoices.get('o-1'), await b.invoices.get('o-1')];
    expect(JSON.stringify(theirs))
      .to.contain(charges[1]?.reference)
      .and.not.to.equal(JSON.stringify(mine));
  });

  it('take nothing of each other’s for their own when their requests are lost', async () => {
    const a = setUp();
    const b = setUp({
      gateway: () => ({ ...a.gateway, charge: () => okAsync(LOST) }),
      deployment: other,
    });
    await a.place();
    await b.place(BOB);
    for (const { clock } of [a, b]) clock.pass(CLOSE_MS);
    expect((await b.handle(RESUME)).map(({ outcome }) => outcome)).to.deep.equal(ok('failed'));
    expect((await b.invoices.get('o-1')).unwrapOr(undefined)).to.equal(undefined);
    expect(a.gateway.ledger().charges).to.have.length(1);
  });
});

describe('an order that was asked of another account', () => {
  it('is neither sent nor given up there, whatever the time, and rings', async () => {
    let account = DEPLOYMENT.account;
    let sent = 0;
    const world = setUp({
      gateway: () => ({ charge: () => ((sent += 1), okAsync(LOST)) }),
      deployment: () => okAsync({ ...DEPLOYMENT, account }),
    });
    await world.place();
    account = 'acct_other:test';
    for (const ms of [1_000, CLOSE_MS, CLOSE_MS]) {
      world.clock.pass(ms);
      expect((await world.handle(RESUME)).isErr()).to.equal(true);
    }
    expect(sent).to.equal(1);
    expect(world.stored()).to.deep.equal(['OrderPlaced+PaymentRequested']);
    expect(world.records('gateway.other_account')).to.have.length(3);
  });
});
