import { expect } from 'chai';
import { closed, opened, reinstated, returned, withdrawn } from '../support/gatewayEvents.ts';
import { orderLife, type OrderLife } from '../support/orderLife.ts';
import { compareLedgers, type Ledger } from './ledgers.ts';

const paid = orderLife().placed().captured();
const refunded = paid.asked('r-1', { type: 'Amount', amountMinor: 1_000 }).refunded('r-1');
const disputed = refunded.adding([opened(), withdrawn(3_758)]);

type Moved = Partial<
  Record<'captured' | 'refunded' | 'withdrawn' | 'reinstated' | 'held', number>
> & { readonly refund?: 'succeeded' | 'failed'; readonly dispute?: string };

/** As the sandbox shows the one payment of the order, its refund and its dispute. */
const ledgerOf = (moved: Moved = {}): Ledger => {
  const { captured = 4_758, withdrawn: taken = 0, reinstated: back = 0 } = moved;
  const { refund, dispute } = moved;
  const given = moved.refunded ?? (refund === 'succeeded' ? 1_000 : 0);
  const held = moved.held ?? captured - given - taken + back;
  const shared = {
    charge: 'ch_1',
    payment_intent: 'pi_1',
    currency: 'eur',
    created_at: '2026-11-29T12:00:00.000Z',
    order_id: 'o-1',
  } as const;
  const charge = {
    ...shared,
    id: 'ch_1',
    idempotency_key: 'k',
    status: 'succeeded',
    amount: captured,
    attempt: '1',
    payment_method: 'pm_card_visa',
    decline_code: null,
    captured,
    refunded: given,
    withdrawn: taken,
    reinstated: back,
    held,
  } as const;
  const made = { ...shared, id: 're_r-1', idempotency_key: 'k', amount: 1_000, refund_id: 'r-1' };
  const opening = { ...shared, id: 'du_1', reason: 'fraudulent', amount: 3_758, due_by: '' };
  return {
    charges: [charge],
    refunds: refund === undefined ? [] : [{ ...made, status: refund, failure_reason: null }],
    disputes:
      dispute === undefined
        ? []
        : [{ ...opening, status: dispute, withdrawn: taken, reinstated: back }],
  } as Ledger;
};

const faultsOf = ({ state }: OrderLife, moved?: Moved): readonly string[] =>
  compareLedgers(new Map([['o-1', state]]), ledgerOf(moved)).faults;

describe('the comparison at the end of a fault run', () => {
  it('finds nothing where both sides agree: paid, refunded, disputed, come back', () => {
    const refund = 'succeeded';
    expect(faultsOf(paid)).to.deep.equal([]);
    expect(faultsOf(refunded, { refund })).to.deep.equal([]);
    const lost = { refund, dispute: 'lost', withdrawn: 3_758 } as const;
    expect(faultsOf(disputed.adding([closed('lost')]), lost)).to.deep.equal([]);
    const won = { ...lost, dispute: 'won', reinstated: 3_758 } as const;
    const ended = disputed.adding([reinstated(3_758), closed('won')]);
    expect(faultsOf(ended, won)).to.deep.equal([]);
  });

  it('finds one minor unit that the gateway holds less, or more, for an order and in sum', () => {
    for (const held of [3_757, 3_759]) {
      expect(faultsOf(refunded, { refund: 'succeeded', held })).to.deep.equal([
        `o-1: ${held} is held there, and not 3758`,
        `EUR: the log has 3758, the gateway ${held}`,
      ]);
    }
  });

  it('finds a charge of another amount, and money of an order that was never paid', () => {
    expect(faultsOf(paid, { captured: 4_757 })).to.include('o-1: charged 4757, not 4758');
    const declined = orderLife().placed().declined();
    expect(faultsOf(declined)).to.include('o-1: declined, and the gateway holds 4758');
    expect(faultsOf(declined, { withdrawn: 4_758 })).to.deep.equal([]);
  });

  it('takes money that nobody could refund for the gateway’s, and no other', () => {
    const { state } = orderLife().placed().declined();
    const among = (otherwise: readonly string[]) =>
      compareLedgers(new Map([['o-1', state]]), ledgerOf(), new Set(otherwise)).faults;
    expect(among(['o-1'])).to.deep.equal([]);
    expect(among(['o-2'])).to.include('o-1: declined, and the gateway holds 4758');
  });

  it('finds a refund without its credit note, and a credit note without its refund', () => {
    expect(faultsOf(paid, { refund: 'succeeded' })).to.include(
      'o-1: refund re_r-1 has no credit note',
    );
    expect(faultsOf(refunded)).to.include('o-1: 0 refunds, 1 credit notes');
    expect(faultsOf(refunded, { refund: 'failed' })).to.include('o-1: 0 refunds, 1 credit notes');
  });

  it('finds a refund that came back, as long as nobody has decided it', () => {
    expect(faultsOf(refunded.adding([returned()]), { refund: 'failed' })).to.deep.equal([
      'o-1: a refund came back, undecided',
    ]);
  });

  it('finds a dispute that the log lacks, and one that ended otherwise', () => {
    const lost = { refund: 'succeeded', dispute: 'lost', withdrawn: 3_758 } as const;
    const line = 'o-1: not in the log: du_1 lost, withdrawn 3758, reinstated 0';
    expect(faultsOf(refunded, lost)).to.include(line);
    expect(faultsOf(disputed, lost)).to.deep.equal([line]);
    expect(faultsOf(disputed.adding([closed('won')]), lost)).to.deep.equal([line]);
  });
});
