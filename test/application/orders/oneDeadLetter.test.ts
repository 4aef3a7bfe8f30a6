import { expect } from 'chai';
import { okAsync } from 'neverthrow';
import { isStillNeeded } from '../../../src/application/deadLetters/prediction.ts';
import type { PaymentGateway } from '../../../src/application/ports/paymentGateway.ts';
import { PUSH_AGAIN_MS } from '../../../src/application/reconcile/pushes.ts';
import { must } from '../../support/commits.ts';
import { anOrder } from '../../support/orderLife.ts';
import { createDeadLetterWorld, outcomesOf, type DeadLetterWorld } from '../deadLetters/world.ts';

/** It captured another amount than it was asked for, and says so whenever it is asked. */
const WRONG = { type: 'Captured', reference: 'pi_1', amountMinor: 1, currency: 'EUR' } as const;
const WRONG_AMOUNT: Partial<PaymentGateway> = {
  charge: () => okAsync(WRONG),
  find: () => okAsync(WRONG),
};
const REFUNDED = { type: 'Refunded', reference: 're_1', amountMinor: 1, currency: 'EUR' } as const;
const WRONG_REFUND: Partial<PaymentGateway> = {
  refund: () => okAsync(REFUNDED),
  findRefund: () => okAsync(REFUNDED),
};
const SILENT: Partial<PaymentGateway> = {
  charge: () => okAsync({ type: 'Unknown', cause: 'lost' }),
  find: () => okAsync({ type: 'Unknown', cause: 'lost' }),
};
const GIVE_UP_MS = 4_500_000;
/** Longer than any message of an order in review is backed off. */
const WORK_MS = 60_000;

const ORDER = anOrder();
const PLACE = { type: 'PlaceOrder', ...ORDER };
const CANCEL = { type: 'CancelOrder', reason: 'r' };
const RESUME = { type: 'ResumeOrder' };
const CORRECT = { type: 'CorrectEmail', email: 'a@example.org', by: 'kim', reason: 'r' };
const refund = (refundId: string) => ({ type: 'RefundPayment', refundId, amountMinor: 10 });

describe('an order in review', () => {
  it('has one dead letter, of the message that found it, whatever else comes for it', async () => {
    const world = createDeadLetterWorld();
    await send(world, PLACE);
    await world.work(WORK_MS, WRONG_AMOUNT);
    const [deadLetter] = originals(world);
    expect(deadLetter).to.equal((await reviewed(world))[0]);
    // 13 of them were there: copies, a cancel, pushes, and each that a person sent.
    for (const message of [PLACE, PLACE, CANCEL, CANCEL, RESUME, RESUME, RESUME, CORRECT]) {
      await send(world, message);
      await world.work(WORK_MS, WRONG_AMOUNT);
    }
    await send(world, PLACE, PLACE, CANCEL, RESUME, CORRECT);
    await world.work(WORK_MS, WRONG_AMOUNT);
    expect(originals(world)).to.deep.equal([deadLetter]);
    expect(world.payments.dump()).to.deep.equal([]);
    const { cancellation, placed } = await world.state('o-1');
    expect([cancellation?.reason, placed?.customer.email]).to.deep.equal(['r', 'a@example.org']);
  });

  it('keeps it over rounds of the reconciler, which looks at it and sends nothing', async () => {
    const world = createDeadLetterWorld();
    const reconcile = world.reconciler();
    await send(world, PLACE);
    await world.work(WORK_MS, WRONG_AMOUNT);
    const [deadLetter] = originals(world);
    for (let rounds = 0; rounds < 4; rounds += 1) {
      await world.clock.advance(PUSH_AGAIN_MS);
      const { pushed, reviews } = await reconcile();
      expect(pushed).to.deep.equal([]);
      expect(reviews).to.have.length(1);
      await world.work(WORK_MS, WRONG_AMOUNT);
      expect(originals(world)).to.deep.equal([deadLetter]);
    }
  });

  it('keeps it however often it is sent again', async () => {
    const world = createDeadLetterWorld();
    await send(world, PLACE);
    await world.work(WORK_MS, WRONG_AMOUNT);
    const [deadLetter] = originals(world);
    for (let times = 0; times < 3; times += 1) {
      await world.dlq().redrive();
      await send(world, RESUME);
      await world.work(WORK_MS, WRONG_AMOUNT);
      expect(originals(world)).to.deep.equal([deadLetter]);
    }
  });

  it('has one of a resume that found it, once every other message is gone', async () => {
    const world = createDeadLetterWorld();
    await send(world, PLACE);
    await world.work(WORK_MS, SILENT);
    await send(world, RESUME, CANCEL);
    await world.work(GIVE_UP_MS, WRONG_AMOUNT);
    await send(world, PLACE, CANCEL, RESUME);
    await world.work(WORK_MS, WRONG_AMOUNT);
    expect(originals(world)).to.deep.equal(await reviewed(world));
    expect(originals(world)).to.have.length(1);
  });

  it('has one of 13 messages that find it at the same time', async () => {
    const world = createDeadLetterWorld();
    await send(world, PLACE);
    await world.work(WORK_MS, SILENT);
    await send(world, ...Array.from({ length: 12 }, () => RESUME));
    await world.work(GIVE_UP_MS, WRONG_AMOUNT);
    expect(originals(world)).to.deep.equal(await reviewed(world));
    expect(originals(world)).to.have.length(1);
    expect(world.records('message.dead_letter_superfluous')).to.deep.equal([]);
  });

  it('shows that nothing is lost with a surplus dead letter, and lets go of it', async () => {
    const world = createDeadLetterWorld();
    await send(world, PLACE);
    await world.work(WORK_MS, WRONG_AMOUNT);
    const [deadLetter] = originals(world);
    // As of a process that lost the race for the review, or died before it.
    const another = { type: 'ResumeOrder', v: 1, orderId: ORDER.orderId };
    const reason = 'ReviewRequired; payment#1 is in review: amount';
    const tooMany = await world.deadLetter('payments', another, { reason });
    const seen = await world.dlq().list();
    expect(seen.map(({ prospect: prediction }) => isStillNeeded(prediction))).to.deep.equal([
      false,
      false,
    ]);
    const selection = { ids: new Set([tooMany]) };
    expect(outcomesOf(await world.dlq().redrive({ selection }))).to.deep.equal(['done']);
    await world.work(WORK_MS, WRONG_AMOUNT);
    expect(originals(world)).to.deep.equal([deadLetter]);
    const again = await world.deadLetter('payments', another, { reason });
    const discarded = await world.dlq().discard({ selection: { ids: new Set([again]) } });
    expect(outcomesOf(discarded)).to.deep.equal(['done']);
    expect(originals(world)).to.deep.equal([deadLetter]);
  });

  it('has one for each refund in review, of its own message, and no more later', async () => {
    const world = createDeadLetterWorld();
    await send(world, PLACE);
    await world.work(WORK_MS);
    for (const refundId of ['r1', 'r2']) {
      await send(world, refund(refundId));
      await world.work(WORK_MS, WRONG_REFUND);
    }
    const deadLetters = originals(world);
    expect(deadLetters).to.deep.equal(await reviewed(world));
    expect(deadLetters).to.have.length(2);
    await send(world, refund('r1'), refund('r2'), PLACE, RESUME, CORRECT);
    await world.work(WORK_MS, WRONG_REFUND);
    expect(originals(world)).to.deep.equal(deadLetters);
    for (let times = 0; times < 2; times += 1) {
      await world.dlq().redrive();
      await world.work(WORK_MS, WRONG_REFUND);
      expect(originals(world)).to.deep.equal(deadLetters);
    }
  });
});

const send = (world: DeadLetterWorld, ...messages: readonly object[]) =>
  must(
    world.payments.send(
      messages.map((message) => ({
        body: JSON.stringify({ v: 1, orderId: ORDER.orderId, ...message }),
      })),
    ),
  );

/** Of each dead letter that is there, the message that it first was. */
const originals = ({ paymentsDlq }: DeadLetterWorld) =>
  paymentsDlq
    .dump()
    .map(({ attributes }) => attributes['OriginalMessageId'] ?? 'none')
    .toSorted();

/** Of each review, the message whose dead letter stands for it. */
const reviewed = async (world: DeadLetterWorld): Promise<readonly string[]> =>
  (await world.history(ORDER.orderId)).flatMap((event) =>
    event.type === 'PaymentReviewRequired' || event.type === 'RefundReviewRequired'
      ? [event.data.letter]
      : [],
  );
