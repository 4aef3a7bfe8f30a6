import { expect } from 'chai';
import { ok } from 'neverthrow';
import {
  createListReviews,
  type ListReviewsOptions,
  type ReviewListProgress,
} from '../../../src/application/review/listReviews.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { must } from '../../support/commits.ts';
import { NOON } from '../../support/orderContext.ts';
import { closed, opened, withdrawn } from '../../support/gatewayEvents.ts';
import { anOrder, orderLife } from '../../support/orderLife.ts';
import { createReviewWorld } from './world.ts';

const clock = createVirtualClock();
const OPTIONS: ListReviewsOptions = { segments: 3 };

const placed = (orderId: string) => orderLife().placed(anOrder({ orderId }));
const refundOf = (orderId: string) =>
  ({ ...NOTHING, type: 'RefundPayment', orderId, refundId: 'r-1', fingerprint: 'f' }) as const;
const NOTHING = { wanted: { type: 'Rest' } } as const;

const APPEAL = opened({ stage: 'appeal', dueBy: NOON + 3 });

/** As long ago as one likes: what is open in the log is open. */
const disputed = (orderId: string, dueBy: number) =>
  placed(orderId)
    .captured()
    .adding([opened({ dueBy, at: NOON - 90 * 86_400_000 })]);

/**
 * Everything that an order may be, in review and not; `since` is given by the facts of its life.
 */
const LIVES = [
  placed('paid').captured(),
  placed('open'),
  placed('amount')
    .with({ now: NOON + 3 })
    .inReview(),
  placed('unresolved')
    .with({ now: NOON + 2 })
    .unresolved(),
  placed('ended').inReview().resolved({ moved: false, reference: '' }),
  placed('decided')
    .with({ now: NOON + 4 })
    .inReview()
    .resolved({}),
  placed('settled').inReview().captured(),
  placed('refund')
    .captured()
    .commanded(refundOf('refund'))
    .with({ now: NOON + 1 })
    .refundInReview('r-1'),
  placed('back').captured().commanded(refundOf('back')).refundInReview('r-1').refunded('r-1'),
  placed('both').inReview().captured().commanded(refundOf('both')).refundInReview('r-1'),
  disputed('asked', 0),
  disputed('later', NOON + 2),
  disputed('first', NOON + 1),
  disputed('won', NOON).adding([closed('won')]),
  disputed('lost', NOON).adding([withdrawn(), closed('lost')]),
  disputed('appealed', NOON).adding([closed('lost'), APPEAL]),
];

describe('listing reviews', () => {
  it('finds what still waits for a person, each once, the oldest first', async () => {
    const { store } = await createReviewWorld(LIVES);
    const { reviews, reviewsTotal } = await must(
      await createListReviews({ store, clock })(OPTIONS),
    );
    expect(reviews.map(({ orderId, subject }) => `${orderId} ${subject}`)).to.deep.equal([
      'both refund#r-1',
      'refund refund#r-1',
      'unresolved payment#1',
      'amount payment#1',
      'decided payment#1',
    ]);
    expect(reviewsTotal).to.equal(5);
  });

  it('reports why, how much, what the gateway had, and what is decided, unrecorded', async () => {
    const { store } = await createReviewWorld(LIVES);
    const { reviews } = await must(await createListReviews({ store, clock })(OPTIONS));
    const [, , unresolved, amount, decided] = reviews;
    expect(unresolved).to.deep.include({ reason: 'unresolved', seen: [], since: NOON + 2 });
    expect(amount).to.deep.include({
      reason: 'amount',
      seen: [{ reference: 'pi_1', amountMinor: 4_759, currency: 'EUR' }],
      wanted: { series: 'INV', id: 'amount', from: 0 },
    });
    expect(amount?.of).to.deep.include({ type: 'Payment', attempt: 1, deployment: 'dep1' });
    expect(amount?.asked).to.deep.include({
      amountMinor: 4_758,
      key: 'paidonce/dep1/amount/payment/1',
    });
    expect(amount).not.to.have.property('resolved');
    expect(decided?.resolved).to.deep.include({ verdict: 'captured', by: 'ada' });
    expect(reviews[1]).to.deep.include({
      of: {
        type: 'Refund',
        deployment: 'dep1',
        refundId: 'r-1',
        paymentReference: 'pi_1',
      },
      wanted: { series: 'CN', id: 'refund#r-1', from: 0 },
    });
  });

  it('does not depend on the order in which a scan shows the commits (F22)', async () => {
    const { store } = await createReviewWorld(LIVES);
    const backwards = {
      ...store,
      scan: async function* (options: Parameters<typeof store.scan>[0]) {
        for await (const page of store.scan(options)) {
          for (const commit of (await must(page)).commits.toReversed()) {
            yield ok({ commits: [commit], corrupt: [], readUnits: 1 });
          }
        }
      },
    };
    const listed = async (from: typeof store) => {
      const list = await must(await createListReviews({ store: from, clock })(OPTIONS));
      return { ...list, reviews: list.reviews.map(({ orderId }) => orderId) };
    };
    expect(await listed(backwards)).to.deep.equal(await listed(store));
  });

  it('holds so many of the oldest, and counts the others', async () => {
    const { store } = await createReviewWorld(LIVES);
    const listed = await createListReviews({ store, clock })({ ...OPTIONS, reviewsMax: 1 });
    const { reviews, reviewsTotal } = await must(listed);
    expect(reviews.map(({ orderId }) => orderId)).to.deep.equal(['both']);
    expect(reviewsTotal).to.equal(5);
  });

  it('finds open disputes by the time for their evidence, and then those lost', async () => {
    const { store } = await createReviewWorld(LIVES);
    const list = await must(await createListReviews({ store, clock })(OPTIONS));
    expect(list.disputes.map(({ orderId, stage, verdict = 'open' }) => [orderId, stage, verdict]))
      .to.deep //
      .equal([
        ['first', 'chargeback', 'open'],
        ['later', 'chargeback', 'open'],
        ['appealed', 'appeal', 'open'],
        ['asked', 'chargeback', 'open'],
        ['lost', 'chargeback', 'lost'],
      ]);
    expect(list).to.deep.include({ disputesOpen: 4, disputesLost: 1 });
    const few = await createListReviews({ store, clock })({ ...OPTIONS, reviewsMax: 1 });
    const { disputes, ...counts } = await must(few);
    expect(disputes.map(({ orderId }) => orderId)).to.deep.equal(['first', 'lost']);
    expect(counts).to.deep.include({ disputesOpen: 4, disputesLost: 1 });
  });

  it('reports how far it has come', async () => {
    const { store } = await createReviewWorld(LIVES);
    const progresses: ReviewListProgress[] = [];
    const { commits } = await must(
      await createListReviews({ store, clock })({
        ...OPTIONS,
        onProgress: (progress) => void progresses.push(progress),
      }),
    );
    expect(progresses.at(-1)).to.deep.equal({ commits, commitsTotal: commits, reviews: 5 });
  });

  it('reports which streams it cannot read, and lists what waits in the others (X13)', async () => {
    const { store, table } = await createReviewWorld(LIVES);
    const key = { streamId: 'order#amount', version: 3 };
    const item = (await table.read(key)).unwrapOr(undefined);
    table.overwrite({ ...item, ...key, events: '[{"type":"PaymentReviewRequired"}]' });
    const skipped: string[] = [];
    const { reviews, unreadable } = await must(
      await createListReviews({ store, clock })({
        ...OPTIONS,
        onUnreadable: ({ streamId }) => void skipped.push(streamId),
      }),
    );
    expect(skipped).to.deep.equal(['order#amount']);
    expect(unreadable).to.equal(1);
    expect(reviews.map(({ orderId }) => orderId)).to.deep.equal([
      'both',
      'refund',
      'unresolved',
      'decided',
    ]);
  });
});
