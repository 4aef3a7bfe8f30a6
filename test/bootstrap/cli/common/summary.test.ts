import { expect } from 'chai';
import { summaryOf } from '../../../../src/bootstrap/cli/common/summary.ts';
import * as Order from '../../../../src/domain/order/index.ts';
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
    const stopped = asked.learned('refund#r-1', refused('charge_disputed'));
    expect(textOf(stopped)).to.include('; the gateway says charge_disputed (refused)');
    expect(textOf(asked.refundFailed('r-1'))).to.match(
      /r-1 EUR 47\.58 failed: expired_card; this id never works again, ask again under another one$/m,
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
