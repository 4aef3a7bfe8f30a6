import { expect } from 'chai';
import { errAsync, okAsync, type ResultAsync } from 'neverthrow';
import type {
  ListedDispute,
  PaymentLookUp,
  RefundLookUp,
  RetrievedMovement,
} from '../../../src/application/ports/paymentGateway.ts';
import {
  createResolveReview,
  type ResolveError,
} from '../../../src/application/review/resolveReview.ts';
import { must } from '../../support/commits.ts';
import { CLOSE_MS, NOON } from '../../support/orderContext.ts';
import { listedDispute } from '../../support/gatewayEvents.ts';
import { orderLife } from '../../support/orderLife.ts';
import { AFTER_CLOSE, CAPTURED, createReviewWorld, NOT_CAPTURED } from './world.ts';

const OTHER_AMOUNT = orderLife().placed().inReview();
const UNRESOLVED = orderLife().placed().unresolved();
const REFUND = orderLife().placed().captured().asked('r-1').refundInReview('r-1');

const ASKED = { reference: 'pi_1', amountMinor: 4_758, currency: 'EUR' } as const;
const RESUME = { type: 'ResumeOrder', v: 1, orderId: 'o-1' };
const UNKNOWN = { type: 'Unknown', cause: 'status code 500' } as const;

/** As the gateway has what was asked for, under its own name. */
const OURS = {
  type: 'Retrieved',
  ...ASKED,
  isMoved: true,
  refundedMinor: 0,
  deployment: 'dep1',
  orderId: 'o-1',
  attempt: 1,
} as const;

const says: Readonly<Record<string, PaymentLookUp>> = {
  'what was asked for': { type: 'Captured', ...ASKED },
  'another amount': { type: 'Captured', ...ASKED, amountMinor: 4_759 },
  'another currency': { type: 'Captured', ...ASKED, currency: 'USD' },
  several: { type: 'Several', found: [ASKED, { ...ASKED, reference: 'pi_2' }] },
  nothing: { type: 'Absent' },
  'a decline': { type: 'Declined', code: 'card_declined' },
  'that it cannot tell': UNKNOWN,
};

describe('resolving a review', () => {
  it('records the decision for a worker, in one chain and the customer’s group', async () => {
    const { resolve, since, sent, payments } = await createReviewWorld([OTHER_AMOUNT]);
    const { correlationId, isNew } = await must(resolve(NOT_CAPTURED));

    expect(isNew).to.equal(true);
    const [resolved, failed] = await since(OTHER_AMOUNT);
    expect(resolved).to.deep.include({ type: 'PaymentReviewResolved' });
    expect(resolved?.data).to.deep.equal({
      attempt: 1,
      verdict: 'not captured',
      reference: '',
      evidence: 'the dashboard shows none',
      by: 'ada',
      forcedBecause: '',
      at: AFTER_CLOSE,
    });
    expect(failed).to.deep.include({ type: 'PaymentFailed' });
    expect(sent()).to.deep.equal([RESUME]);
    const [message] = payments.dump();
    expect(message?.groupId).to.equal('c-1');
    expect(message?.attributes).to.deep.equal({ correlationId });
  });

  it('takes the gateway’s name of the money, and needs one where it has none', async () => {
    const { resolve, gatewaySays, since, sent } = await createReviewWorld([UNRESOLVED]);
    gatewaySays(UNKNOWN);
    expect(await failureOf(resolve(CAPTURED))).to.deep.include({ type: 'ReferenceNeeded' });
    expect([await since(UNRESOLVED), sent()]).to.deep.equal([[], []]);

    gatewaySays({ type: 'Captured', ...ASKED, reference: 'pi_9' });
    const { resolved } = await must(resolve(CAPTURED));
    expect(resolved).to.include({ verdict: 'captured', reference: 'pi_9', forcedBecause: '' });
  });

  describe('holds the decision against what the gateway says', () => {
    const rows: readonly (readonly [string, 'captured' | 'not captured', string | undefined])[] = [
      ['what was asked for', 'captured', undefined],
      ['what was asked for', 'not captured', 'Moved'],
      ['another amount', 'captured', 'OtherAmount'],
      ['another amount', 'not captured', 'Moved'],
      ['another currency', 'captured', 'OtherAmount'],
      ['another currency', 'not captured', 'Moved'],
      ['several', 'captured', 'Several'],
      ['several', 'not captured', 'Moved, Moved'],
      ['nothing', 'captured', 'Absent'],
      ['nothing', 'not captured', undefined],
      ['a decline', 'captured', 'Declined'],
      ['a decline', 'not captured', undefined],
      ['that it cannot tell', 'captured', 'Unverified'],
      ['that it cannot tell', 'not captured', undefined],
    ];
    for (const [what, verdict, contradiction] of rows) {
      const decision = verdict === 'captured' ? { ...CAPTURED, reference: 'pi_1' } : NOT_CAPTURED;
      const given = async () => {
        const world = await createReviewWorld([UNRESOLVED]);
        world.gatewaySays(says[what] ?? UNKNOWN);
        if (what === 'nothing' || what === 'a decline') world.named('pi_1', OURS);
        return world;
      };
      if (contradiction === undefined) {
        it(`${what}, decided as ${verdict}: agrees; no reason to force is recorded`, async () => {
          const { resolve } = await given();
          const { resolved, gateway } = await must(
            resolve({ ...decision, forcedBecause: 'to be sure' }),
          );
          expect(resolved).to.include({ verdict, forcedBecause: '' });
          expect(gateway).to.deep.equal(says[what]);
        });
        continue;
      }
      it(`${what}, decided as ${verdict}: refused, and nothing is recorded or sent`, async () => {
        const { resolve, since, sent } = await given();
        const failure = await failureOf(resolve(decision));
        expect(failure.type).to.equal('Contradicted');
        expect(againstOf(failure).join(', ')).to.equal(contradiction);
        expect([await since(UNRESOLVED), sent()]).to.deep.equal([[], []]);
      });
      it(`${what}, decided as ${verdict}: forced, with the reason in the log`, async () => {
        const { resolve, since } = await given();
        await must(resolve({ ...decision, forcedBecause: 'their search is down' }));
        const [resolved] = await since(UNRESOLVED);
        expect(resolved?.data).to.include({ verdict, forcedBecause: 'their search is down' });
      });
    }
  });

  it('takes absence for no proof before the close, unless a result was seen (R5)', async () => {
    for (const answer of [{ type: 'Absent' }, UNKNOWN] as const) {
      const early = await createReviewWorld([UNRESOLVED], { now: NOON + CLOSE_MS - 1 });
      early.gatewaySays(answer);
      expect(againstOf(await failureOf(early.resolve(NOT_CAPTURED)))).to.deep.equal(['NotClosed']);

      const seen = await createReviewWorld([OTHER_AMOUNT], { now: NOON + 1 });
      seen.gatewaySays(answer);
      seen.named('pi_1', { ...OURS, refundedMinor: OURS.amountMinor });
      await must(seen.resolve(NOT_CAPTURED));
    }
  });

  it('refuses "not captured" where a document has a number: proof of money (R8)', async () => {
    const { resolve, allocator, gatewaySays } = await createReviewWorld([UNRESOLVED]);
    await must(allocator.allocate('INV', { id: 'o-1', reference: 'pi_7', from: 0 }));
    gatewaySays(UNKNOWN);

    expect(againstOf(await failureOf(resolve(NOT_CAPTURED)))).to.deep.equal(['Numbered']);
    // Not by force either: the number would never have its document (I5).
    const forced = await failureOf(resolve({ ...NOT_CAPTURED, forcedBecause: 'I know better' }));
    expect(againstOf(forced)).to.deep.equal(['Numbered']);
    const other = resolve({ ...CAPTURED, reference: 'pi_8' });
    expect(againstOf(await failureOf(other))).to.deep.equal(['OtherReference', 'Unverified']);
    const { resolved, entry } = await must(resolve(CAPTURED));
    expect(resolved.reference).to.equal('pi_7');
    expect(entry).to.include({ number: 1, reference: 'pi_7' });
  });

  it('refuses another name of the money than the gateway’s', async () => {
    const { resolve, gatewaySays, named } = await createReviewWorld([UNRESOLVED]);
    gatewaySays({ type: 'Captured', ...ASKED });
    named('pi_2', { ...OURS, reference: 'pi_2' });
    const failure = await failureOf(resolve({ ...CAPTURED, reference: 'pi_2' }));
    expect(againstOf(failure)).to.deep.equal(['OtherReference']);
  });

  describe('holds a name that a person gives against what bears it', () => {
    const rows: readonly (readonly [
      string,
      Partial<RetrievedMovement> | { readonly type: 'Absent' },
      string,
      'forced' | 'never',
    ])[] = [
      ['another order', { orderId: 'o-2' }, 'OfAnother', 'never'],
      ['another deployment', { deployment: 'dep2' }, 'OfAnother', 'never'],
      ['another attempt', { attempt: 2 }, 'OfAnother', 'never'],
      ['nothing, or a refund', { type: 'Absent' }, 'NoSuch', 'never'],
      ['another amount', { amountMinor: 1 }, 'OtherAmount', 'forced'],
      ['another currency', { currency: 'USD' }, 'OtherAmount', 'forced'],
      ['what never moved', { isMoved: false, amountMinor: 0 }, 'NotHeld', 'forced'],
      ['what was given back in part', { refundedMinor: 1 }, 'NotHeld', 'forced'],
    ];
    for (const [what, changes, contradiction, force] of rows) {
      it(`${what}: refused${force === 'never' ? ', whatever reason' : ', no reason'}`, async () => {
        const { resolve, gatewaySays, named, since } = await createReviewWorld([UNRESOLVED]);
        gatewaySays(UNKNOWN);
        named('pi_1', changes.type === 'Absent' ? { type: 'Absent' } : { ...OURS, ...changes });
        const decision = { ...CAPTURED, reference: 'pi_1' };
        expect(againstOf(await failureOf(resolve(decision)))).to.deep.equal([contradiction]);
        const forced = { ...decision, forcedBecause: 'I know better' };
        if (force === 'never') {
          expect(againstOf(await failureOf(resolve(forced)))).to.deep.equal([contradiction]);
          expect(await since(UNRESOLVED)).to.deep.equal([]);
        } else {
          const { resolved } = await must(resolve(forced));
          expect(resolved.forcedBecause).to.equal('I know better');
        }
      });
    }

    it('what bears no reference of ours: refused without a reason', async () => {
      const { resolve, gatewaySays, named } = await createReviewWorld([UNRESOLVED]);
      gatewaySays(UNKNOWN);
      const { deployment: _d, orderId: _o, attempt: _a, ...unmarked } = OURS;
      named('pi_1', unmarked);
      const failure = await failureOf(resolve({ ...CAPTURED, reference: 'pi_1' }));
      expect(againstOf(failure)).to.deep.equal(['Unmarked']);
    });

    it('what fits: taken while the look-up fails', async () => {
      const { resolve, gatewaySays, named } = await createReviewWorld([UNRESOLVED]);
      gatewaySays(UNKNOWN);
      named('pi_1', OURS);
      const { resolved } = await must(resolve({ ...CAPTURED, reference: 'pi_1' }));
      expect(resolved).to.include({ reference: 'pi_1', forcedBecause: '' });
    });

    it('a refund of another payment, or of another id: refused', async () => {
      for (const changes of [{ paymentReference: 'pi_2' }, { refundId: 'r-2' }]) {
        const { resolve, gatewaySays, named } = await createReviewWorld([REFUND]);
        gatewaySays(UNKNOWN);
        const { attempt: _, ...ours } = OURS;
        const back = { ...ours, reference: 're_1', refundId: 'r-1', paymentReference: 'pi_1' };
        named('re_1', { ...back, ...changes });
        const decision = { ...CAPTURED, refundId: 'r-1', reference: 're_1', forcedBecause: 'x' };
        expect(againstOf(await failureOf(resolve(decision)))).to.deep.equal(['OfAnother']);
      }
    });
  });

  it('takes "not captured" once all that was captured was refunded', async () => {
    const { resolve, gatewaySays, named } = await createReviewWorld([OTHER_AMOUNT]);
    gatewaySays(says['another amount'] ?? UNKNOWN);
    const captured = { ...OURS, amountMinor: 4_759 };
    named('pi_1', { ...captured, refundedMinor: 4_758 });
    expect(againstOf(await failureOf(resolve(NOT_CAPTURED)))).to.deep.equal(['Moved']);
    named('pi_1', { ...captured, refundedMinor: 4_759 });
    const { resolved } = await must(resolve(NOT_CAPTURED));
    expect(resolved).to.include({ verdict: 'not captured', forcedBecause: '' });
  });

  it('takes "not captured" once a dispute has taken the money for good (R20)', async () => {
    const { resolve, gatewaySays, stands } = await createReviewWorld([OTHER_AMOUNT]);
    gatewaySays(says['another amount'] ?? UNKNOWN);
    const standing = (parts: Partial<ListedDispute>) =>
      stands({
        type: 'Standing',
        refunds: [],
        disputes: [listedDispute({ withdrawnMinor: 4_759, ...parts })],
      });
    const against = async () => {
      const failure = await failureOf(resolve(NOT_CAPTURED));
      const [found] = failure.type === 'Contradicted' ? failure.against : [];
      return found?.type === 'Moved' ? found.heldMinor : failure.type;
    };
    for (const [parts, heldMinor] of [
      [{ status: 'open' }, 4_759],
      [{ status: 'won' }, 4_759],
      [{ status: 'won', reinstatedMinor: 4_759 }, 4_759],
      [{ status: 'warning closed', withdrawnMinor: 0 }, 4_759],
      [{ status: 'lost', withdrawnMinor: 4_758 }, 1],
    ] as const) {
      standing(parts);
      expect(await against(), JSON.stringify(parts)).to.equal(heldMinor);
    }
    stands(UNKNOWN);
    expect(await against()).to.equal(4_759);
    standing({ status: 'lost' });
    const { resolved } = await must(resolve(NOT_CAPTURED));
    expect(resolved).to.include({ verdict: 'not captured', forcedBecause: '' });
  });

  it('refuses "not captured" while another attempt’s money is held (restored log)', async () => {
    const { resolve, gatewaySays, named } = await createReviewWorld([OTHER_AMOUNT]);
    gatewaySays({ type: 'Absent' });
    const captured = { ...OURS, attempt: 2, amountMinor: 4_759 };
    named('pi_1', captured);
    expect(againstOf(await failureOf(resolve(NOT_CAPTURED)))).to.deep.equal(['Moved']);
    named('pi_1', { ...captured, orderId: 'o-2' });
    const { resolved } = await must(resolve(NOT_CAPTURED));
    expect(resolved).to.include({ verdict: 'not captured', forcedBecause: '' });
  });

  it('decides nothing with a key of another account', async () => {
    for (const decision of [NOT_CAPTURED, { ...CAPTURED, reference: 'pi_1' }]) {
      const { resolve, keyIsOf } = await createReviewWorld([UNRESOLVED]);
      keyIsOf('acct_other:test');
      const failure = await failureOf(resolve({ ...decision, forcedBecause: 'x' }));
      expect(againstOf(failure)).to.deep.equal(['OtherAccount']);
    }
  });

  it('answers the same decision alike, and sends again what a crash kept back', async () => {
    const world = await createReviewWorld([OTHER_AMOUNT]);
    const { dependencies, resolve, since, sent, asked } = world;
    const dies = createResolveReview({
      ...dependencies,
      sendCommand: () => errAsync({ type: 'SendFailed', code: 'InternalError' }),
    });
    expect(await failureOf(dies(NOT_CAPTURED))).to.deep.include({ type: 'NotSent' });
    expect(sent()).to.deep.equal([]);

    const again = await must(resolve({ ...NOT_CAPTURED, by: 'bob', evidence: 'saw it too' }));
    expect(again.isNew).to.equal(false);
    expect(again.resolved).to.include({ by: 'ada', evidence: 'the dashboard shows none' });
    expect(sent()).to.deep.equal([RESUME]);
    expect(await since(OTHER_AMOUNT)).to.have.length(2);
    expect(asked).to.have.length(1);
  });

  it('refuses another decision, before and after a worker has recorded the first', async () => {
    const { resolve, gatewaySays } = await createReviewWorld([UNRESOLVED]);
    gatewaySays({ type: 'Captured', ...ASKED });
    await must(resolve(CAPTURED));
    const others = [NOT_CAPTURED, { ...CAPTURED, reference: 'pi_2' }];
    for (const other of others) {
      const forced = { ...other, forcedBecause: 'I know better' };
      expect((await failureOf(resolve(forced))).type).to.equal('DecidedOtherwise');
    }
    const ended = await createReviewWorld([OTHER_AMOUNT.resolved({ moved: false, reference: '' })]);
    expect((await failureOf(ended.resolve(CAPTURED))).type).to.equal('DecidedOtherwise');
  });

  it('says what is not in review, or not there', async () => {
    const { resolve, sent } = await createReviewWorld([
      orderLife().placed().captured().asked('r-1'),
    ]);
    expect((await failureOf(resolve(NOT_CAPTURED))).type).to.equal('NotInReview');
    const refund = { ...NOT_CAPTURED, refundId: 'r-1' };
    expect((await failureOf(resolve(refund))).type).to.equal('NotInReview');
    expect(await failureOf(resolve({ ...refund, refundId: 'r-2' }))).to.deep.equal({
      type: 'UnknownRefund',
      refundIds: ['r-1'],
    });
    const nobody = { ...NOT_CAPTURED, orderId: 'nobody' };
    expect(await failureOf(resolve(nobody))).to.deep.equal({ type: 'UnknownOrder' });
    expect(sent()).to.deep.equal([]);
  });

  it('decides about a refund by the same rules', async () => {
    const world = await createReviewWorld([REFUND]);
    const { resolve, gatewaySays, since, asked, standingOf } = world;
    const back: RefundLookUp = { type: 'Refunded', ...ASKED, reference: 're_1' };
    gatewaySays(back);
    const notRefunded = { ...NOT_CAPTURED, refundId: 'r-1' };
    expect(againstOf(await failureOf(resolve(notRefunded)))).to.deep.equal(['Moved']);
    const { resolved } = await must(resolve({ ...CAPTURED, refundId: 'r-1' }));
    expect(resolved).to.include({ refundId: 'r-1', verdict: 'refunded', reference: 're_1' });
    expect((await since(REFUND)).map(({ type }) => type)).to.deep.equal(['RefundReviewResolved']);
    expect(asked).to.deep.equal(['refund r-1 of pi_1', 'refund r-1 of pi_1']);
    // A refund has no disputes.
    expect(standingOf).to.deep.equal([]);

    const failing = await createReviewWorld([REFUND]);
    await must(failing.resolve(notRefunded));
    expect((await failing.since(REFUND)).map(({ type }) => type)).to.deep.equal([
      'RefundReviewResolved',
      'RefundFailed',
    ]);
  });

  it('searches the series of credit notes for a refund (R8)', async () => {
    const { resolve, allocator, gatewaySays } = await createReviewWorld([REFUND]);
    await must(allocator.allocate('CN', { id: 'o-1#r-1', reference: 're_7', from: 0 }));
    gatewaySays(UNKNOWN);
    const failure = await failureOf(resolve({ ...NOT_CAPTURED, refundId: 'r-1' }));
    expect(againstOf(failure)).to.deep.equal(['Numbered']);
  });

  it('decides again when another wrote meanwhile, and asks again (R3)', async () => {
    const { dependencies, orders, trace, asked, since } = await createReviewWorld([OTHER_AMOUNT]);
    let races = 0;
    const resolve = createResolveReview({
      ...dependencies,
      orders: {
        append: (orderId, held, commit) => {
          races += 1;
          if (races > 1) return orders.append(orderId, held, commit);
          const cancel = { type: 'CancellationRequested', data: { reason: 'r', at: 1 } } as const;
          return orders
            .append(orderId, held, { events: [cancel], ...trace })
            .andThen(() => orders.append(orderId, held, commit));
        },
      },
    });
    await must(resolve(NOT_CAPTURED));
    expect((await since(OTHER_AMOUNT)).map(({ type }) => type)).to.deep.equal([
      'CancellationRequested',
      'PaymentReviewResolved',
      'PaymentFailed',
      'OrderCancelled',
    ]);
    expect(asked).to.have.length(2);
  });

  it('gives up after so many lost races, with nothing recorded', async () => {
    const { dependencies, asked, since, sent } = await createReviewWorld([OTHER_AMOUNT]);
    const conflict = { type: 'Conflict', streamId: 'order#o-1', version: 4 } as const;
    const resolve = createResolveReview({
      ...dependencies,
      orders: { append: () => errAsync(conflict) },
    });
    expect(await failureOf(resolve(NOT_CAPTURED))).to.deep.equal({ type: 'ConflictsExhausted' });
    expect(asked).to.have.length(6);
    expect([await since(OTHER_AMOUNT), sent()]).to.deep.equal([[], []]);
  });

  it('reports every reason why this is no decision, and repeats none of its texts', async () => {
    const { resolve, asked } = await createReviewWorld([OTHER_AMOUNT]);
    const failure = await failureOf(
      resolve({
        orderId: 'no id',
        refundId: 'cancel#x',
        moved: false,
        reference: 'pi 1',
        evidence: 'paid with 4242 4242 4242 4242',
        by: 'a\u0007b',
        forcedBecause: 'x'.repeat(501),
      }),
    );
    expect(failure).to.deep.equal({
      type: 'InvalidDecision',
      reasons: [
        'the order: is not an order id',
        'the refund: is not a refund id',
        'evidence: holds a card number',
        'by: has control characters',
        'reason: is not 1 to 500 characters',
        'reference: is not 1 to 128 printable ASCII characters without blanks',
        'reference: there is none where nothing moved',
      ],
    });
    expect(asked).to.deep.equal([]);
    const empty = { ...NOT_CAPTURED, evidence: ' ', by: 'x'.repeat(65) };
    expect(await failureOf(resolve(empty)))
      .to.have.property('reasons')
      .with.length(2);
  });

  it('decides about a cancellation’s own refund too', async () => {
    const life = orderLife().placed().captured().cancelled().refundInReview('cancel#1');
    const { resolve, since } = await createReviewWorld([life]);
    await must(resolve({ ...NOT_CAPTURED, refundId: 'cancel#1' }));
    expect((await since(life)).map(({ type }) => type)).to.deep.equal([
      'RefundReviewResolved',
      'RefundFailed',
    ]);
  });

  it('records nothing where the series cannot be read', async () => {
    const { dependencies, since } = await createReviewWorld([OTHER_AMOUNT]);
    const down = {
      type: 'Unavailable',
      dependency: 'EventStore',
      cause: 'x',
      throttled: false,
    } as const;
    const resolve = createResolveReview({
      ...dependencies,
      askGateway: {
        asked: () => okAsync(UNKNOWN),
        named: () => okAsync(UNKNOWN),
        takenForGood: () => okAsync(0),
        refunds: () => okAsync(UNKNOWN),
      },
      findNumber: () => errAsync(down),
    });
    expect((await failureOf(resolve(NOT_CAPTURED))).type).to.equal('Unavailable');
    expect(await since(OTHER_AMOUNT)).to.deep.equal([]);
  });
});

const failureOf = async (result: ResultAsync<unknown, ResolveError>) =>
  (await result).match(
    (value) => expect.fail(`it was resolved: ${JSON.stringify(value)}`),
    (error) => error,
  );

const againstOf = (failure: ResolveError): readonly string[] =>
  failure.type === 'Contradicted' ? failure.against.map(({ type }) => type) : [failure.type];
