import { expect } from 'chai';
import type { InspectedPayment } from '../../../src/application/ports/paymentGateway.ts';
import { must } from '../../support/commits.ts';
import { AUTHENTICATION_MAX_MS, NOON, RESEND_HORIZON_MS } from '../../support/orderContext.ts';
import {
  authenticationAwaited,
  authenticationRequested,
  LINKABLE,
} from '../../support/gatewayEvents.ts';
import { orderLife } from '../../support/orderLife.ts';
import { createReviewWorld, NOT_CAPTURED } from './world.ts';

const LATE = NOON + AUTHENTICATION_MAX_MS + RESEND_HORIZON_MS;

const REVIEW = orderLife()
  .placed(LINKABLE)
  .adding([authenticationRequested(), authenticationAwaited()])
  .with({ now: LATE })
  .learned('payment#1', { answer: { type: 'NoAnswer' }, voided: true, searched: true });

const OPEN: InspectedPayment = {
  type: 'Inspected',
  reference: 'pi_1',
  status: 'open',
  currency: 'EUR',
  amountMinor: 4_758,
  capturableMinor: 0,
  capturedMinor: 0,
  refundedMinor: 0,
  createdAt: NOON,
};

describe('a review of a payment that its customer may complete (R24)', () => {
  it('is not decided as not captured while it stands, whatever the reason', async () => {
    const { resolve, inspects } = await createReviewWorld([REVIEW], { now: LATE });
    for (const found of [OPEN, { ...OPEN, failed: 'payment_intent_authentication_failure' }]) {
      inspects(found);
      const decided = await resolve({ ...NOT_CAPTURED, forcedBecause: 'it is late' });
      const types = decided.match(
        () => ['taken'],
        (error) => (error.type === 'Contradicted' ? error.against.map(({ type }) => type) : []),
      );
      expect(types).to.deep.equal(['Authorised']);
    }
  });

  it('is decided once it is cancelled there', async () => {
    const { resolve, inspects } = await createReviewWorld([REVIEW], { now: LATE });
    inspects({ ...OPEN, status: 'cancelled' });
    const { resolved } = await must(resolve(NOT_CAPTURED));
    expect(resolved).to.include({ verdict: 'not captured' });
  });
});
