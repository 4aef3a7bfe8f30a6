import { expect } from 'chai';
import { ok } from 'neverthrow';
import { stripeRequests } from '../../../src/adapters/stripe/requests.ts';
import { dryContext } from '../../../src/application/ingest/dryContext.ts';
import { createCurrentContext } from '../../../src/application/orders/context.ts';
import type * as Order from '../../../src/domain/order/index.ts';
import { contextAt, SEALS } from '../../support/orderContext.ts';

/** A gateway of another make than ours: its calls are those of a class, and use its state. */
class OwnGateway implements Order.GatewayRequests {
  readonly #body = 'a body of its own';
  readonly limitsOf = stripeRequests.limitsOf;
  readonly isPrepared = stripeRequests.isPrepared;
  readonly isPreparedConfirm = stripeRequests.isPreparedConfirm;
  readonly isPreparedCapture = stripeRequests.isPreparedCapture;
  readonly isPreparedRefund = stripeRequests.isPreparedRefund;
  readonly charge = () => 'money has moved';

  prepare() {
    return ok(this.#body);
  }
  prepareCapture() {
    return this.prepare();
  }
  prepareVoid() {
    return this.prepare();
  }
  prepareConfirm() {
    return this.prepare();
  }
  prepareRefund() {
    return this.prepare();
  }
}

const CHARGE: Order.ChargeRequest = {
  deployment: 'd',
  orderId: 'o-1',
  attempt: 1,
  amountMinor: 1_000,
  currency: 'EUR',
  paymentMethod: 'pm_card_visa',
};
const gateway = new OwnGateway();

describe('the context of a decision', () => {
  for (const [what, context] of Object.entries({
    'to be carried out': createCurrentContext({
      allocator: { head: () => 0 },
      gateway,
      clock: { now: () => 0 },
      rules: contextAt(),
      seals: SEALS,
    })({ deployment: contextAt().deployment, letter: '', viewedAt: 0 }),
    'not to be carried out': dryContext(gateway),
  })) {
    it(`${what} prepares as the gateway does, and has nothing that moves money`, () => {
      expect(context.prepare(CHARGE)).to.deep.equal(ok('a body of its own'));
      expect(context).not.to.have.property('charge');
    });
  }
});
