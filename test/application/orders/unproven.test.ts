import { expect } from 'chai';
import { describe, it } from 'mocha';
import { okAsync } from 'neverthrow';
import type {
  ChargeOutcome,
  PaymentLookUp,
} from '../../../src/application/ports/paymentGateway.ts';
import { RESEND_HORIZON_MS } from '../../support/orderContext.ts';
import { setUp } from './payments.ts';

describe('the record of a call that proves nothing', () => {
  const unproven = ({ records }: ReturnType<typeof setUp>) =>
    records('gateway.unproven').map(({ level, outcome, facts, durationMs }) => ({
      level,
      outcome,
      facts,
      durationMs,
    }));
  const charging = (outcome: ChargeOutcome) =>
    setUp({
      gateway: (_, clock) => ({
        charge: () => {
          clock.pass(30);
          return okAsync(outcome);
        },
      }),
    });

  it('reports each request that is unknown or not executed, with its duration (F23)', async () => {
    const lost = charging({ type: 'Unknown', cause: 'no answer in time' });
    await lost.place();
    await lost.place();
    const refused = charging({ type: 'NotExecuted', reason: '429' });
    await refused.place();

    const of = { call: 'charge', subject: 'payment#1' };
    const unanswered = { ...of, cause: 'no answer in time' };
    expect(unproven(lost)).to.deep.equal([
      { level: 'warn', outcome: 'Unknown', facts: unanswered, durationMs: 30 },
      { level: 'warn', outcome: 'Unknown', facts: unanswered, durationMs: 30 },
    ]);
    expect(unproven(refused)).to.deep.equal([
      { level: 'warn', outcome: 'NotExecuted', facts: { ...of, cause: '429' }, durationMs: 30 },
    ]);
  });

  it('rings where another has used the key, once a handling, and takes no evidence', async () => {
    const other = charging({ type: 'Unknown', cause: 'parameter mismatch', keyOfAnother: true });
    for (const handlings of [1, 2]) {
      expect((await other.place()).isErr()).to.equal(true);
      const conflicts = other.records('gateway.key_conflict');
      expect(conflicts).to.have.length(handlings);
      expect(conflicts.at(-1)).to.deep.include({
        level: 'error',
        orderId: 'o-1',
        facts: { call: 'charge', subject: 'payment#1' },
      });
    }
    expect(other.stored()).to.deep.equal(['OrderPlaced+PaymentRequested']);
    const lost = charging({ type: 'Unknown', cause: 'parameter mismatch' });
    await lost.place();
    expect(lost.records('gateway.key_conflict')).to.deep.equal([]);
  });

  it('reports a look-up that found nothing or failed', async () => {
    let found: PaymentLookUp = { type: 'Absent' };
    const payments = setUp({
      gateway: () => ({
        charge: () => okAsync({ type: 'Unknown', cause: 'reset' }),
        find: () => okAsync(found),
      }),
    });
    await payments.place();
    payments.clock.pass(RESEND_HORIZON_MS);
    await payments.place();
    found = { type: 'Unknown', cause: '500' };
    await payments.place();

    const of = { call: 'look-up', subject: 'payment#1' };
    expect(unproven(payments).slice(1)).to.deep.equal([
      { level: 'info', outcome: 'Absent', facts: of, durationMs: 0 },
      { level: 'warn', outcome: 'Unknown', facts: { ...of, cause: '500' }, durationMs: 0 },
    ]);
  });

  it('costs nothing where the answer is evidence: an order paid at once has none', async () => {
    const paid = setUp();
    await paid.place();
    const declined = charging({ type: 'Declined', code: 'card_declined' });
    await declined.place();

    expect([...unproven(paid), ...unproven(declined)]).to.deep.equal([]);
  });
});
