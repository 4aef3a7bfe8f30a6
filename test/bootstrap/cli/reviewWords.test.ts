import { expect } from 'chai';
import { reviewCases } from '../../../src/application/review/reviews.ts';
import { deadLetterValue } from '../../../src/bootstrap/cli/dlq/text.ts';
import { notInReview } from '../../../src/bootstrap/cli/review/resolveFailure.ts';
import { nextText } from '../../../src/bootstrap/cli/review/text.ts';
import { orderLife, type OrderLife } from '../../support/orderLife.ts';

const placed = orderLife().placed();
const paid = placed.captured();
const ADOPT = '`paidonce review adopt o-1 --by WHO --reason TEXT`';

describe('what is said of money that was refunded at the gateway by hand', () => {
  const nextOf = (life: OrderLife): string => {
    const [review] = reviewCases('o-1', life.events);
    if (review === undefined) return expect.fail('it is not in review');
    const known = { gateway: undefined, entry: undefined, closesAt: 0, now: Infinity };
    return nextText(review, known).join('\n');
  };
  it('names the command that records it, where a refund is in review', () => {
    expect(nextOf(paid.asked('r-1').refundInReview('r-1'))).to.include(ADOPT);
    expect(nextOf(placed.inReview())).not.to.include('review adopt');
  });

  it('names it where nothing is in review, unless nothing was captured', () => {
    const { details } = notInReview('the order o-1', { orderId: 'o-1', state: paid.state });
    expect(details?.join()).to.include(ADOPT);
    const nothing = notInReview('the order o-1', { orderId: 'o-1', state: placed.state });
    expect(nothing.details).to.deep.equal([]);
  });

  const wouldOf = (reason: string): string => {
    const deadLetter = {
      messageId: 'm-1',
      originalId: 'm-0',
      queue: 'payments',
      orderId: 'o-1',
      errorType: 'ReviewRequired',
      reason: `ReviewRequired; ${reason}`,
      receives: 1,
      correlationId: 'c-1',
      sentAt: 0,
    } as const;
    const next = { type: 'DeadLetter', reason } as const;
    const prediction = { type: 'Drives', records: [], standing: 'review', next } as const;
    return deadLetterValue({ deadLetter, prospect: prediction, message: MESSAGE }, 0).would;
  };
  it('names it for a dead letter that a comparison may end, and for no other', () => {
    expect(wouldOf('cancel-refund-exhausted')).to.include(ADOPT);
    expect(wouldOf('contradiction: refund#r-1 moved money as re_1')).to.include(ADOPT);
    expect(wouldOf('contradiction: payment#1 moved money as pi_1')).not.to.include('adopt');
  });
});

const MESSAGE = {
  messageId: 'm-1',
  receipt: 'r',
  body: '{}',
  attributes: {},
  receiveCount: 1,
  sentAt: 0,
  damaged: false,
};
