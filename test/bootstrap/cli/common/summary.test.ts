import { expect } from 'chai';
import { summaryOf } from '../../../../src/bootstrap/cli/common/summary.ts';
import * as Order from '../../../../src/domain/order/index.ts';
import {
  closed,
  opened,
  paymentPending,
  refundPending,
  returnDecided,
  returned,
  withdrawn,
} from '../../../support/gatewayEvents.ts';
import { orderLife, type OrderLife } from '../../../support/orderLife.ts';

const textOf = (life: OrderLife): string => summaryOf('o-1', life.state);
const refused = (code: string) => ({ answer: { type: 'Refused', code } }) as const;
const open = orderLife().placed();

describe('the summary of an order that was refused', () => {
  it('says that it was refused at the door, when, and why', () => {
    const life = orderLife().refused({ reasons: ['lines: is empty', 'currency: is missing'] });
    expect(Order.statusOf(life.state)).to.equal('refused');
    expect(textOf(life)).to.match(/^refused +at .*: lines: is empty; currency: is missing$/m);
    expect(Order.statusOf(life.placed().state)).to.equal('payment open');
  });

  it('gives the gateway’s code for a payment that is sent no more', () => {
    const life = open.learned('payment#1', refused('amount_too_small'));
    expect(life.events.at(-1)?.type).to.equal('SendingStopped');
    expect(textOf(life)).to.include('; the gateway says amount_too_small (refused)');
  });

  it('gives it for a payment that failed for good', () => {
    const failed: Order.StreamEvent = {
      type: 'PaymentFailed',
      data: { attempt: 1, proof: 'refused', code: 'amount_too_small', at: 0 },
    };
    const state = { ...open.state, payment: { status: 'failed', ...failed.data } } as const;
    expect(summaryOf('o-1', state)).to.include(
      'nothing was captured, attempt 1: refused for good, amount_too_small',
    );
  });

  it('gives it for a refund that is sent no more, or failed, and says how to ask again', () => {
    const asked = open.captured().asked('r-1');
    const stopped = asked.learned('refund#r-1', refused('no_such_payment'));
    expect(textOf(stopped)).to.include('; the gateway says no_such_payment (refused)');
    expect(textOf(asked.refundFailed('r-1'))).to.match(
      /r-1 EUR 47\.58 failed: expired_card; this id never works again, ask again under another one$/m,
    );
    const { state } = asked.refundFailed('r-1');
    const refunds = state.refunds.map((refund) => ({ ...refund, code: Order.RECORDED_BEFORE }));
    expect(summaryOf('o-1', { ...state, refunds })).to.match(
      /r-1 EUR 47\.58 failed: recorded before; it was made, and is credited: do not ask again$/m,
    );
    const back = open.captured().cancelled().refundFailed('cancel#1');
    expect(textOf(back)).to.match(/cancel#1 EUR 47\.58 failed: expired_card$/m);
  });
});

describe('the summary of an order of which nothing was to be paid', () => {
  it('names no payment', () => {
    const { payment } = open.captured().state;
    const state = { ...open.state, payment: { ...payment, way: 'none', reference: '' } } as const;
    const text = summaryOf('o-1', state);
    expect(text).to.match(/^payment +nothing was to be paid$/m);
    expect(text).not.to.match(/ as (?:,|$)/m);
  });
});

describe('the summary of what the gateway says later', () => {
  const dueBy = Date.UTC(2026, 11, 24);
  const paid = open.captured();
  const disputed = paid.adding([opened({ dueBy }), withdrawn()]);

  it('has each dispute with its stage, reason, money, and until when evidence is taken', () => {
    expect(textOf(disputed)).to.match(
      /^dispute +du_1 EUR 47\.58, chargeback: fraudulent, open, evidence is due by 2026-12-24.*$/m,
    );
    expect(textOf(disputed)).to.include('; withdrawn EUR 47.58, reinstated EUR 0.00');
    expect(textOf(paid)).not.to.include('dispute');
  });

  it('has its verdict, and asks for no evidence any more', () => {
    const lost = textOf(disputed.adding([closed('lost')]));
    expect(lost).to.include('chargeback: fraudulent, lost; withdrawn');
    expect(lost).not.to.include('evidence is due');
  });

  it('says of what is under way since when, and how long it is waited for', () => {
    const slow = textOf(open.adding([paymentPending({ reference: 'pi_slow' })]));
    expect(slow).to.match(/^payment +under way at the gateway as pi_slow since .*until .*$/m);
    const refund = textOf(paid.asked('r-1').adding([refundPending({ reference: 're_slow' })]));
    expect(refund).to.match(/^refund +r-1 EUR 47\.58 under way at the gateway as re_slow since/m);
  });

  it('says of a refund that came back why, and what was decided', () => {
    const back = paid.asked('r-1').refunded('r-1').adding([returned()]);
    expect(textOf(back)).to.include('came back: lost_or_stolen_card; waits for a person since');
    const decided = textOf(back.adding([returnDecided({ by: 'ada' })]));
    expect(decided).to.match(/came back: lost_or_stolen_card; .*ada/);
  });
});
