import { expect } from 'chai';
import { readEntry } from '../../../src/adapters/evidence/ledger.ts';
import type { LedgerDispute } from '../../../src/application/ports/gatewayLedger.ts';

describe('the gateway’s list in an export', () => {
  const dispute: LedgerDispute = {
    kind: 'dispute',
    reference: 'du_1',
    stage: 'chargeback',
    status: 'warning closed',
    amountMinor: 4_758,
    withdrawnMinor: 4_758,
    reinstatedMinor: 0,
    currency: 'EUR',
    at: 1_700_000_000_000,
    paymentReference: 'pi_1',
  };

  it('has disputes as they were listed', () => {
    expect(readEntry(JSON.stringify(dispute))._unsafeUnwrap()).to.deep.equal(dispute);
    const { paymentReference: _, ...unnamed } = dispute;
    expect(readEntry(JSON.stringify(unnamed))._unsafeUnwrap()).to.deep.equal(unnamed);
  });

  it('refuses one in a stage that nobody knows', () => {
    expect(readEntry(JSON.stringify({ ...dispute, stage: 'dream' })).isErr()).to.equal(true);
  });
});
