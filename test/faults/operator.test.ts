import { expect } from 'chai';
import { reviewCases } from '../../src/application/review/reviews.ts';
import { orderLife } from '../support/orderLife.ts';
import type { Ledger } from './ledgers.ts';
import { decide, paidOtherwise } from './operator.ts';

/** As the sandbox shows a payment of another amount, which the bank has withdrawn. */
const ledgerOf = (status: string, held: number): Ledger =>
  ({
    charges: [
      {
        order_id: 'o-1',
        payment_intent: 'pi_1',
        status: 'succeeded',
        currency: 'eur',
        amount: 4_759,
        captured: 4_759,
        held,
      },
    ],
    refunds: [],
    disputes: [{ payment_intent: 'pi_1', status }],
  }) as unknown as Ledger;

describe('the person of a fault run', () => {
  const [review] = reviewCases('o-1', orderLife().placed().inReview().events);

  const decided = async (status: string, held: number) => {
    const refunded: string[] = [];
    const sandbox = {
      refundRest: async (payment: string) => void refunded.push(payment),
    };
    if (review === undefined) return expect.fail('nothing is in review');
    const decision = await decide(
      review,
      { ledger: ledgerOf(status, held), named: new Map() },
      sandbox,
    );
    return [decision?.moved, refunded];
  };

  it('decides about another amount that is disputed once the dispute has ended', async () => {
    expect(await decided('needs_response', 0)).to.deep.equal([undefined, []]);
    expect(await decided('warning_under_review', 4_759)).to.deep.equal([undefined, []]);
    expect(await decided('lost', 0)).to.deep.equal([false, []]);
    expect(await decided('won', 4_759)).to.deep.equal([false, ['pi_1']]);
  });

  it('has paid otherwise what a bank returns for ever, of orders that it decided itself', () => {
    const { charges, ...rest } = ledgerOf('won', 4_759);
    const returning = charges.map((one) => ({ ...one, payment_method: 'pm_card_refundFail' }));
    const decidedBy = orderLife().placed().inReview().resolved({ moved: false }).state;
    const of = (state: typeof decidedBy, charged = returning) => [
      ...paidOtherwise(new Map([['o-1', state]]), { ...rest, charges: charged }),
    ];
    expect(of(decidedBy)).to.deep.equal(['o-1']);
    expect(of(decidedBy, charges as typeof returning)).to.deep.equal([]);
    expect(
      of(
        decidedBy,
        returning.map((one) => ({ ...one, held: 0 })),
      ),
    ).to.deep.equal([]);
    expect(of(orderLife().placed().declined().state)).to.deep.equal([]);
  });
});
