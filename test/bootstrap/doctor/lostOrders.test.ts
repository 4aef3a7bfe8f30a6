import { expect } from 'chai';
import { errAsync, ok, okAsync, err } from 'neverthrow';
import type { LedgerPage, LedgerPayment } from '../../../src/application/ports/gatewayLedger.ts';
import type { EventStore, RecordedCommit } from '../../../src/application/ports/eventStore.ts';
import { findLostOrders } from '../../../src/bootstrap/doctor/deploymentCheck.ts';

const payment = (orderId: string, changes: Partial<LedgerPayment> = {}): LedgerPayment => ({
  kind: 'payment',
  reference: `pi_${orderId}`,
  status: 'moved',
  amountMinor: 1_999,
  currency: 'EUR',
  at: 1_000,
  orderId,
  deployment: 'ours',
  ...changes,
});

const UNAVAILABLE = {
  type: 'Unavailable',
  dependency: 'PaymentGateway',
  cause: 'no answer',
  throttled: false,
} as const;

/** Of a log that has order o-1 alone. */
const found = (page: LedgerPage, restoredAt?: number, tipFails = false) => {
  async function* list(): AsyncGenerator<LedgerPage, void, void> {
    yield page;
    throw new Error('it asks for no second page');
  }
  const head: EventStore['head'] = (streamId) =>
    tipFails
      ? errAsync({ ...UNAVAILABLE, dependency: 'EventStore' })
      : okAsync(streamId === 'order#o-1' ? ({} as RecordedCommit) : undefined);
  return findLostOrders({ gatewayLedger: { list }, store: { head } }, { id: 'ours', restoredAt });
};

describe('The doctor, of a log that has lost its newest orders', () => {
  it('says so where the gateway has a payment of this deployment without its order', async () => {
    const [only, ...more] = await found(ok([payment('o-1'), payment('o-2'), payment('o-3')]));

    expect(more).to.deep.equal([]);
    expect(only).to.include({ status: 'problem', subject: 'log' });
    expect(only?.what).to.equal('lacks order o-2, which the gateway has as pi_o-2');
  });

  it('notes it once the restore is recorded, and not of what was paid later', async () => {
    const [known] = await found(ok([payment('o-2')]), 1_000);
    expect(known).to.include({ status: 'note' });
    const [later] = await found(ok([payment('o-2', { at: 1_001 })]), 1_000);
    expect(later).to.include({ status: 'problem' });
  });

  it('says nothing of others’ payments, nor where it has every order', async () => {
    const foreign = payment('o-2', { deployment: 'theirs' });
    expect(await found(ok([payment('o-1'), foreign]))).to.deep.equal([]);
  });

  it('claims nothing where gateway or log cannot be asked', async () => {
    expect(await found(err(UNAVAILABLE))).to.deep.equal([
      { status: 'note', subject: 'gateway payments', what: 'cannot be listed: no answer' },
    ]);
    expect(await found(ok([payment('o-2')]), undefined, true)).to.deep.equal([]);
  });
});
