import { expect } from 'chai';
import { err, errAsync, okAsync } from 'neverthrow';
import { CLOSE_MS, RESEND_HORIZON_MS } from '../../support/orderContext.ts';
import { order as draft, refundOf, RESUME, setUp } from './payments.ts';

const WRONG = { type: 'Captured', reference: 'pi', amountMinor: 1, currency: 'EUR' } as const;
const wrongAmount = () => ({ charge: () => okAsync(WRONG), find: () => okAsync(WRONG) });
const LOST = { type: 'Unknown', cause: 'lost' } as const;
const PLACED = 'OrderPlaced+PaymentRequested';
const REASON = 'payment#1 is in review: amount';

describe('the payment service, before it records a review', () => {
  it('sends the dead letter that the review names, with its message’s reason (R11)', async () => {
    const { place, stored, deadLetters } = setUp({ gateway: wrongAmount });
    const ended = await place();
    expect(deadLetters()).to.deep.equal([{ reason: REASON, stored: [PLACED] }]);
    expect(ended).to.deep.equal(err({ type: 'ReviewRequired', orderId: 'o-1', reason: REASON }));
    expect(stored()).to.deep.equal([PLACED, 'PaymentReviewRequired']);
  });

  it('sends it for a refund too', async () => {
    const { place, handle, clock, stored, deadLetters } = setUp({
      gateway: () => ({ refund: () => okAsync(LOST), findRefund: () => okAsync(LOST) }),
    });
    await place();
    await handle(refundOf('r-1', 100));
    clock.pass(CLOSE_MS + RESEND_HORIZON_MS);
    const before = stored();
    expect((await handle(RESUME)).isErr()).to.equal(true);
    const reason = 'refund#r-1 is in review: unresolved';
    expect(deadLetters()).to.deep.equal([{ reason, stored: before }]);
    expect(stored()).to.deep.equal([...before, 'RefundReviewRequired']);
  });

  it('records nothing while the dead letter cannot be sent, and comes again', async () => {
    const failed = { type: 'SendFailed', code: 'Unavailable' } as const;
    let failures = 1;
    const { place, handle, stored, alarms } = setUp({
      gateway: wrongAmount,
      deadLetter: () => (failures-- > 0 ? errAsync(failed) : okAsync(undefined)),
    });
    expect(await place()).to.deep.equal(err(failed));
    expect([stored(), alarms()]).to.deep.equal([[PLACED], []]);
    expect((await handle(RESUME)).mapErr(({ type }) => type)).to.deep.equal(err('ReviewRequired'));
    expect(stored()).to.deep.equal([PLACED, 'PaymentReviewRequired']);
  });

  it('records the review, its dead letter first, even without the message’s lease', async () => {
    const lost = new AbortController();
    const captured = () => {
      lost.abort();
      return okAsync(WRONG);
    };
    const { place, stored, deadLetters } = setUp({ gateway: () => ({ charge: captured }) });
    await place(undefined, lost.signal);
    expect(deadLetters()).to.deep.equal([{ reason: REASON, stored: [PLACED] }]);
    expect(stored()).to.deep.equal([PLACED, 'PaymentReviewRequired']);
  });

  it('lets a dead letter that hangs hold up no other order', async () => {
    const stuck = Promise.withResolvers<void>();
    let sends = 0;
    const { handle, stored } = setUp({
      gateway: wrongAmount,
      deadLetter: () =>
        (sends += 1) === 1 ? okAsync(undefined).map(() => stuck.promise) : okAsync(undefined),
    });
    const order = (orderId: string) => ({ type: 'PlaceOrder', v: 1, ...draft, orderId });
    const held = handle(order('o-1'));
    expect((await handle(order('o-2'))).isErr()).to.equal(true);
    expect(stored()).to.deep.equal([PLACED, PLACED, 'PaymentReviewRequired']);
    stuck.resolve();
    expect((await held).isErr()).to.equal(true);
  });
});
