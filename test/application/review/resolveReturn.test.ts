import { expect } from 'chai';
import type { ListedRefund } from '../../../src/application/ports/paymentGateway.ts';
import type { ResultAsync } from 'neverthrow';
import type { ResolveError } from '../../../src/application/review/resolveReview.ts';
import type { ReturnRequest } from '../../../src/application/review/resolveReturn.ts';
import { must } from '../../support/commits.ts';
import { NOON, PENDING_MAX_MS } from '../../support/orderContext.ts';
import { paymentPending, returned } from '../../support/gatewayEvents.ts';
import { orderLife } from '../../support/orderLife.ts';
import { AFTER_CLOSE, CAPTURED, createReviewWorld, NOT_CAPTURED } from './world.ts';

const failureOf = async (result: ResultAsync<unknown, ResolveError>): Promise<ResolveError> =>
  (await result)._unsafeUnwrapErr();

const refunded = orderLife().placed().captured().asked('r-1').refunded('r-1');
const BACK = refunded.adding([returned()]);

const AGAIN: ReturnRequest = {
  orderId: 'o-1',
  refundId: 'r-1',
  verdict: 'refunded again',
  reference: 're_again',
  evidence: 'the dashboard shows it',
  by: 'ada',
};
const OTHERWISE: ReturnRequest = {
  ...AGAIN,
  verdict: 'paid otherwise',
  reference: 'transfer of 30 November',
};
const RESUME = { type: 'ResumeOrder', v: 1, orderId: 'o-1' };

const other = (changes: Partial<ListedRefund> = {}): ListedRefund => ({
  reference: 're_again',
  amountMinor: 4_758,
  currency: 'EUR',
  status: 'moved',
  ...changes,
});

const world = async (...refunds: readonly ListedRefund[]) => {
  const made = await createReviewWorld([BACK]);
  made.refundsAre({ type: 'Listed', refunds });
  return made;
};

describe('the decision about a refund that came back', () => {
  it('that it was refunded again names the other refund, and settles the review', async () => {
    for (const status of ['moved', 'open'] as const) {
      const { resolveReturn, since, sent, asked } = await world(other({ status }));
      const { resolved, isNew } = await must(resolveReturn(AGAIN));
      expect([isNew, resolved.verdict]).to.deep.equal([true, 'refunded again']);
      const [event, ...more] = await since(BACK);
      const { orderId: _, ...decision } = AGAIN;
      expect(event?.data).to.deep.equal({ ...decision, forcedBecause: '', at: AFTER_CLOSE });
      expect(more).to.deep.equal([]);
      expect(sent()).to.deep.equal([RESUME]);
      expect(asked).to.deep.equal(['refunds of pi_1']);
    }
  });

  it('that it was paid otherwise is taken by its word: nobody can be asked', async () => {
    const { resolveReturn, since, asked } = await world();
    await must(resolveReturn(OTHERWISE));
    const [event] = await since(BACK);
    expect(event).to.deep.include({ type: 'RefundReturnResolved' });
    expect(asked).to.deep.equal([]);
  });

  it('is the same when it is given again, and cannot become another', async () => {
    const { resolveReturn, since, sent } = await world(other());
    await must(resolveReturn(AGAIN));
    expect((await must(resolveReturn(AGAIN))).isNew).to.equal(false);
    expect(await failureOf(resolveReturn(OTHERWISE))).to.deep.include({
      type: 'DecidedOtherwise',
    });
    expect(await since(BACK)).to.have.length(1);
    expect(sent()).to.have.length(2);
  });

  for (const [what, found, contradiction, isForced] of [
    ['nothing of that name', undefined, 'NoSuch', false],
    ['the one that came back', other({ reference: 're_r-1' }), 'OfAnother', false],
    ['a refund of ours', other({ refundId: 'r-1' }), 'OfAnother', false],
    ['another amount', other({ amountMinor: 4_757 }), 'OtherAmount', true],
    ['another currency', other({ currency: 'USD' }), 'OtherAmount', true],
    ['one that failed', other({ status: 'failed' }), 'NotHeld', true],
  ] as const) {
    const canBe = isForced ? 'is recorded with its reason when it is forced' : 'is never forced';
    it(`is refused where the gateway has ${what}, and ${canBe}`, async () => {
      const { resolveReturn, since } = await world(...(found ? [found] : []));
      const request = { ...AGAIN, ...(found && { reference: found.reference }) };
      const refused = await failureOf(resolveReturn(request));
      expect(refused).to.have.property('type', 'Contradicted');
      expect(refused).to.have.nested.property('against[0].type', contradiction);
      const forced = await resolveReturn({ ...request, forcedBecause: 'seen by the bank' });
      expect(forced.isOk()).to.equal(isForced);
      expect(await since(BACK)).to.have.length(isForced ? 1 : 0);
    });
  }

  it('names no refund that has a number already, whoever says why (hole 38)', async () => {
    const { resolveReturn, allocator, since } = await world(other());
    const id = 'o-1#gateway#re_again';
    await must(allocator.allocate('CN', { id, reference: 're_again', from: 0 }));
    const refused = await failureOf(resolveReturn({ ...AGAIN, forcedBecause: 'seen' }));
    expect(refused).to.have.nested.property('against[0].type', 'Numbered');
    expect(await since(BACK)).to.have.length(0);
  });

  it('is about a refund that was made elsewhere too, which has no request', async () => {
    const elsewhere = { reference: 're_out', amountMinor: 4_758, currency: 'EUR' } as const;
    const adopted = orderLife()
      .placed()
      .captured()
      .asked('r-1')
      .refundFailed('r-1')
      .compared([{ ...elsewhere, status: 'moved' }], 1);
    const refundId = 'gateway#re_out';
    const back = adopted.adding([returned({ refundId, reference: 're_out' })]);
    const create = async (...credited: readonly string[]) => {
      const made = await createReviewWorld([back]);
      for (const reference of credited) {
        const entry = { id: `o-1#gateway#${reference}`, reference, from: 0 };
        await must(made.allocator.allocate('CN', entry));
      }
      made.refundsAre({ type: 'Listed', refunds: [other()] });
      return made;
    };

    const { resolveReturn, since } = await create('re_out');
    await must(resolveReturn({ ...AGAIN, refundId }));
    expect((await since(back)).map(({ type }) => type)).to.deep.equal(['RefundReturnResolved']);
    const numbered = await create('re_out', 're_again');
    const refused = await failureOf(numbered.resolveReturn({ ...AGAIN, refundId }));
    expect(refused).to.have.nested.property('against[0].type', 'Numbered');
  });

  it('is refused where the gateway cannot show the other refund now', async () => {
    const { resolveReturn, refundsAre } = await world();
    refundsAre({ type: 'Unknown', cause: '503' });
    expect(await failureOf(resolveReturn(AGAIN))).to.have.nested.property(
      'against[0].type',
      'Unverified',
    );
  });

  it('says what is wrong with it, and never of a refund that did not come back', async () => {
    const { resolveReturn } = await world();
    const wrong = await failureOf(resolveReturn({ ...AGAIN, evidence: '', reference: ' ' }));
    expect(wrong).to.deep.equal({
      type: 'InvalidDecision',
      reasons: ['evidence: is not 1 to 500 characters', 'reference: is not 1 to 128 characters'],
    });
    expect(await failureOf(resolveReturn({ ...AGAIN, refundId: 'r-2' }))).to.deep.include({
      type: 'UnknownRefund',
    });
    const made = await createReviewWorld([refunded]);
    expect(await failureOf(made.resolveReturn(AGAIN))).to.have.property('type', 'NotInReview');
  });

  it('is not that of another review: its words are its own', async () => {
    const { resolve } = await world();
    const decision = { ...CAPTURED, refundId: 'r-1', reference: 're_again' };
    expect(await failureOf(resolve(decision))).to.have.property('type', 'NotInReview');
  });
});

describe('a payment that is under way and past its limit', () => {
  const late = orderLife()
    .placed()
    .adding([paymentPending()])
    .adding([
      {
        type: 'PaymentReviewRequired',
        data: { attempt: 1, reason: 'pending', seen: [], at: NOON + PENDING_MAX_MS, letter: 'm-1' },
      },
    ]);

  it('is asked for by its name, and not decided while the gateway has it under way', async () => {
    const { resolve, byName, asked } = await createReviewWorld([late]);
    const found = { reference: 'pi_1', amountMinor: 4_758, currency: 'EUR' };
    byName({ type: 'UnderWay', ...found });
    for (const decision of [NOT_CAPTURED, { ...CAPTURED, reference: 'pi_1' }]) {
      expect(await failureOf(resolve(decision))).to.deep.nested.include({
        type: 'Contradicted',
        'against[0].type': 'UnderWay',
      });
    }
    expect(asked).to.include('payment pi_1 by name');
  });
});
