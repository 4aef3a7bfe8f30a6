import { expect } from 'chai';
import { errAsync, okAsync } from 'neverthrow';
import { createPatientReads } from '../../../src/application/log/patientReads.ts';
import { THROTTLES_MAX } from '../../../src/application/log/rateLimit.ts';
import type { PaymentLookUp } from '../../../src/application/ports/paymentGateway.ts';
import { createAskGateway } from '../../../src/application/review/askGateway.ts';
import { reviewCases } from '../../../src/application/review/reviews.ts';
import { orderLife } from '../../support/orderLife.ts';
import { AFTER_CLOSE, CAPTURED, createReviewWorld, MARKED } from './world.ts';

const THROTTLED = { type: 'Unknown', cause: 'rate limited', trouble: 'Throttled' } as const;
const DOWN = { type: 'Unknown', cause: 'no answer', trouble: 'Unavailable' } as const;

describe('a look at a review that is throttled', () => {
  const [review] = reviewCases('o-1', orderLife().placed().inReview().events);
  if (review === undefined) throw new Error('nothing is in review');

  const asking = async (answers: readonly PaymentLookUp[]) => {
    const pauses: number[] = [];
    let asked = 0;
    const find = () => okAsync(answers[Math.min(asked++, answers.length - 1)] ?? DOWN);
    const none = () => okAsync(DOWN);
    const says = await createAskGateway({
      gateway: {
        find,
        findRefund: none,
        inspect: none,
        retrieve: none,
        retrievePayment: none,
        listRefunds: none,
        standing: none,
        identify: () => okAsync('acct_1:test'),
      },
      clock: {
        sleep: (ms) => {
          pauses.push(ms);
          return Promise.resolve();
        },
      },
    }).asked({ ...review, asked: { ...review.asked, account: 'acct_1:test' } });
    return { says: says._unsafeUnwrap(), asked, pauses };
  };

  it('asks the gateway again, with growing pauses, until it answers', async () => {
    const absent = { type: 'Absent' } as const;
    const { says, pauses } = await asking([THROTTLED, THROTTLED, absent]);
    expect(says).to.deep.equal(absent);
    expect(pauses).to.deep.equal([1_000, 2_000]);
  });

  it('ends after some tries, and does not repeat what is no throttling', async () => {
    const throttled = await asking([THROTTLED]);
    expect([throttled.says, throttled.asked]).to.deep.equal([THROTTLED, 6]);
    const down = await asking([DOWN]);
    expect([down.says, down.asked]).to.deep.equal([DOWN, 1]);
  });

  it('loads a stream again, as a scan reads a page again', async () => {
    let loads = 0;
    const clock = { now: () => 0, sleep: () => Promise.resolve() };
    const error = { type: 'Unavailable', dependency: 'EventStore', cause: 'x' } as const;
    const load = (times: number) =>
      createPatientReads({
        clock,
        store: {
          load: () => {
            loads += 1;
            return loads <= times
              ? errAsync({ ...error, throttled: true })
              : okAsync({ commits: [], position: { version: 0, hash: '' } });
          },
        },
      }).load('order#o-1');
    expect((await load(3)).isOk()).to.equal(true);
    expect(loads).to.equal(4);
    loads = 0;
    expect((await load(100)).isErr()).to.equal(true);
    expect(loads).to.equal(THROTTLES_MAX + 1);
  });

  it('takes the reference that the review shows, where the gateway cannot say it now', async () => {
    const world = await createReviewWorld([orderLife().placed().inReview()], { now: AFTER_CLOSE });
    world.gatewaySays({ type: 'Unknown', cause: 'the search is down' });
    const [seen] = review.seen;
    const reference = seen?.reference ?? '';
    const named = {
      type: 'Retrieved',
      reference,
      amountMinor: 4_758,
      currency: 'EUR',
      isMoved: true,
      refundedMinor: 0,
      ...MARKED,
    } as const;
    world.named(reference, named);
    const decided = await world.resolve(CAPTURED);
    expect(decided._unsafeUnwrap().resolved).to.include({ verdict: 'captured', reference });
  });
});
