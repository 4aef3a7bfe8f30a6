import { expect } from 'chai';
import { err, ok, okAsync, ResultAsync } from 'neverthrow';
import type {
  CapturedOutcome,
  ChargeOutcome,
  UnknownOutcome,
} from '../../../src/application/ports/paymentGateway.ts';
import { CLOSE_MS, RESEND_HORIZON_MS } from '../../support/orderContext.ts';
import { CANCEL, refundOf, RESUME, setUp } from './payments.ts';

const LOST: UnknownOutcome = { type: 'Unknown', cause: 'the answer was lost' };
/** A look-up that still fails then makes a person look. */
const GIVE_UP_MS = CLOSE_MS + RESEND_HORIZON_MS;
const PLACED = 'OrderPlaced+PaymentRequested';
const INVOICED = 'PaymentCaptured+InvoiceIssued';

describe('the payment service, not knowing what became of a payment', () => {
  for (const wrong of [{ amountMinor: 1 }, { currency: 'USD' }]) {
    it(`asks for a review of the capture ${JSON.stringify(wrong)}, once (G13, S2)`, async () => {
      const captured: CapturedOutcome = {
        type: 'Captured',
        reference: 'pi',
        amountMinor: 119,
        currency: 'EUR',
        ...wrong,
      };
      const { place, stored, alarms, invoices, notified } = setUp({
        gateway: () => ({ charge: () => okAsync(captured), find: () => okAsync(captured) }),
      });
      const reason = 'payment#1 is in review: amount';
      const review = err({ type: 'ReviewRequired', orderId: 'o-1', reason });
      expect(await place()).to.deep.equal(review);
      // One dead letter stands for it, and that is the first message's.
      expect((await place()).map(({ outcome }) => outcome)).to.deep.equal(ok('in review'));
      expect(stored()).to.deep.equal([PLACED, 'PaymentReviewRequired']);
      expect(alarms()).to.deep.equal([{ level: 'error', outcome: 'amount', facts: {} }]);
      expect(await invoices.get('o-1')).to.deep.equal(ok(undefined));
      expect(notified()).to.deep.equal([]);
    });
  }

  it('asks for a review when the gateway has several payments of one attempt', async () => {
    const found = [119, 119].map((amountMinor, at) => ({
      reference: `pi_${at}`,
      amountMinor,
      currency: 'EUR',
    }));
    const { place, clock, stored, alarms } = setUp({
      gateway: () => ({
        charge: () => okAsync<ChargeOutcome>(LOST),
        find: () => okAsync({ type: 'Several', found }),
      }),
    });
    await place();
    clock.pass(CLOSE_MS);
    expect((await place()).mapErr(({ type }) => type)).to.deep.equal(err('ReviewRequired'));
    expect(stored()).to.deep.equal([PLACED, 'PaymentReviewRequired']);
    expect(alarms().map(({ outcome }) => outcome)).to.deep.equal(['several']);
  });

  it('looks up a payment with too old a key, and waits until close (G8, G10, R5)', async () => {
    let sent = 0;
    const { place, clock, stored } = setUp({
      gateway: () => ({
        charge: () => {
          sent += 1;
          return okAsync<ChargeOutcome>(LOST);
        },
      }),
    });
    await place();
    clock.pass(CLOSE_MS - 1);
    expect((await place()).mapErr(({ type }) => type)).to.deep.equal(err('NotYet'));
    expect(stored()).to.deep.equal([PLACED]);
    clock.pass(1);
    expect((await place()).map(({ outcome }) => outcome)).to.deep.equal(ok('failed'));
    expect(stored()).to.deep.equal([PLACED, 'PaymentFailed']);
    expect(sent).to.equal(1);
  });

  it('believes a look-up that finds the money, at any time', async () => {
    const { place, clock, gateway, stored } = setUp({
      gateway: (real) => ({ charge: (request) => real.charge(request).map(() => LOST) }),
    });
    await place();
    clock.pass(CLOSE_MS - 1);
    expect((await place()).map(({ outcome }) => outcome)).to.deep.equal(ok('paid'));
    expect(stored()).to.deep.equal([PLACED, INVOICED]);
    expect(gateway.ledger().charges).to.have.length(1);
  });

  it('takes no failed look-up for a decline (F24); later evidence ends the review', async () => {
    let isDown = true;
    const { place, handle, clock, stored, alarms } = setUp({
      gateway: (real) => ({
        charge: (request) => real.charge(request).map(() => LOST),
        find: (reference) => (isDown ? okAsync(LOST) : real.find(reference)),
      }),
    });
    await place();
    clock.pass(GIVE_UP_MS);
    expect((await place()).mapErr(({ type }) => type)).to.deep.equal(err('ReviewRequired'));
    expect(alarms().map(({ outcome }) => outcome)).to.deep.equal(['unresolved']);
    isDown = false;
    expect((await handle(RESUME)).map(({ outcome }) => outcome)).to.deep.equal(ok('paid'));
    expect(stored()).to.deep.equal([PLACED, 'PaymentReviewRequired', INVOICED]);
  });

  it('voids a cancelled order that is absent after close; another is tried again', async () => {
    const limited: ChargeOutcome = { type: 'NotExecuted', reason: 'rate limit' };
    const never = () => ({ charge: () => okAsync<ChargeOutcome>(limited) });
    const cancelled = setUp({ gateway: never });
    await cancelled.place();
    await cancelled.handle(CANCEL);
    cancelled.clock.pass(CLOSE_MS);
    expect((await cancelled.place()).map(({ outcome }) => outcome)).to.deep.equal(ok('cancelled'));
    expect(cancelled.stored().at(-1)).to.equal('PaymentFailed+OrderCancelled');

    const anew = setUp({ gateway: never, rules: { attemptsMax: 2 } });
    await anew.place();
    anew.clock.pass(CLOSE_MS);
    expect((await anew.place()).mapErr(({ type }) => type)).to.deep.equal(err('NotExecuted'));
    expect(anew.stored()).to.deep.equal([PLACED, 'PaymentFailed+PaymentRequested']);
  });

  it('keeps the amount of a refund reserved that is in review, and rings for it', async () => {
    const { place, handle, clock, stored, alarms } = setUp({
      gateway: () => ({ refund: () => okAsync(LOST), findRefund: () => okAsync(LOST) }),
    });
    await place();
    await handle(refundOf('r-1', 100));
    clock.pass(GIVE_UP_MS);
    expect(await handle(RESUME)).to.deep.equal(
      err({
        type: 'ReviewRequired',
        orderId: 'o-1',
        reason: 'refund#r-1 is in review: unresolved',
      }),
    );
    const facts = { refundId: 'r-1' };
    expect(alarms()).to.deep.equal([{ level: 'error', outcome: 'unresolved', facts }]);
    await handle(refundOf('r-2', 20));
    expect(stored().slice(2)).to.deep.equal([
      'RefundRequested',
      'RefundReviewRequired',
      'RefundRejected',
    ]);
  });

  it('puts a refund aside whose order is in review', async () => {
    const { place, handle, clock } = setUp({
      gateway: () => ({
        charge: () => okAsync<ChargeOutcome>(LOST),
        find: () => okAsync(LOST),
      }),
    });
    await place();
    expect((await handle(refundOf('r-1'))).mapErr(({ type }) => type)).to.deep.equal(err('NotYet'));
    clock.pass(GIVE_UP_MS);
    await place();
    expect(await handle(refundOf('r-1'))).to.deep.equal(
      err({ type: 'ReviewRequired', orderId: 'o-1', reason: 'order-in-review' }),
    );
  });

  it('asks a person where money moved that is recorded as not (a late request)', async () => {
    let isFirst = true;
    const { place, handle, clock, stored } = setUp({
      gateway: (real) => ({
        charge: (request) => {
          if (!isFirst) return real.charge(request);
          isFirst = false;
          clock.pass(CLOSE_MS);
          return ResultAsync.fromSafePromise(handle(CANCEL)).andThen(() =>
            real.charge({ ...request, notAfter: Infinity }),
          );
        },
      }),
    });
    const reason = 'contradiction: payment#1 moved money as pi_memory_1, and is recorded as failed';
    expect(await place()).to.deep.equal(err({ type: 'Contradiction', orderId: 'o-1', reason }));
    expect(stored()).to.deep.equal([
      PLACED,
      'CancellationRequested',
      'PaymentFailed+OrderCancelled',
    ]);
  });
});
