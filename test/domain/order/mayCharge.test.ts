import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import * as Order from '../../../src/domain/order/index.ts';
import { mayCharge } from '../../../src/domain/order/mayCharge.ts';
import { paymentRequest } from '../../../src/domain/order/payment.ts';
import { DEPLOYMENT, NOON, QUIET_MS, RESEND_HORIZON_MS } from '../../support/orderContext.ts';
import { orderLife, type OrderLife } from '../../support/orderLife.ts';

const SUBJECT = 'payment#1';
const REFUSED = { answer: { type: 'Refused', code: 'resource_missing' } } as const;
const STORED = { answer: { type: 'StoredFailure', code: '500' } } as const;

const open = orderLife().placed();
const stopped = open.learned(SUBJECT, REFUSED);
const claimed = stopped.with({ now: NOON + QUIET_MS }).learned(SUBJECT, {});

const asksWith = (life: OrderLife, known: Order.RequestKnowledge = {}) => {
  const { state, context } = life;
  const { payment, placed } = state;
  if (payment.status !== 'requested' && payment.status !== 'review') return payment.status;
  if (placed === undefined) return 'not placed';
  const evidence = Order.learn(Order.NO_EVIDENCE, SUBJECT, known);
  return mayCharge(paymentRequest(payment, { placed, state, evidence, context }), context);
};

describe('may the gateway be asked to move money', () => {
  it('young, wanted, sealed and ours: for 10 s after the order was read', () =>
    expect(asksWith(open)).to.deep.equal(ok(NOON + 10_000)));

  it('never past its horizon, however late the order was read', () => {
    const now = NOON + RESEND_HORIZON_MS - 1;
    expect(asksWith(open.with({ now }))).to.deep.equal(ok(NOON + RESEND_HORIZON_MS));
  });

  for (const [obstacle, life] of [
    ['other account', open.with({ deployment: { ...DEPLOYMENT, account: 'acct_2:test' } })],
    ['not wanted', open.cancelled()],
    ['not wanted', open.inReview()],
    ['not young', open.with({ now: NOON + RESEND_HORIZON_MS })],
    ['not young', open.with({ now: NOON - 60_001 })],
    ['not looked up', open.with({ deployment: { ...DEPLOYMENT, restoredAt: NOON } })],
    ['stopped for good', open.learned(SUBJECT, STORED)],
    ['stopped for good', stopped.with({ resendHorizonMs: QUIET_MS, closeMs: QUIET_MS })],
    ['not quiet', stopped],
    ['not claimed', stopped.with({ now: NOON + QUIET_MS })],
    ['no seal', open.with({ isSeal: () => false })],
    ['not itself', open.with({ isPrepared: () => false })],
  ] as const) {
    it(`not while there is an obstacle: ${obstacle}`, () =>
      expect(asksWith(life)).to.deep.equal(err(obstacle)));
  }

  it('after a refusal: by the process that holds the claim, for 10 s after it', () => {
    const claim = { claim: claimed.state.version };
    const now = NOON + QUIET_MS;
    expect(asksWith(claimed, claim)).to.deep.equal(ok(now + 10_000));
    expect(asksWith(claimed)).to.deep.equal(err('not quiet'));
  });
});
