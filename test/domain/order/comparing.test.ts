import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { firstIllegal } from '../../../src/domain/history/legality.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { declined, moved } from '../../support/evidence.ts';
import { CLOCK_SKEW_MS, CLOSE_MS, GIVE_UP_MS, NOON, numbered } from '../../support/orderContext.ts';
import {
  closed as disputeClosed,
  differenceFound,
  opened,
  withdrawn,
} from '../../support/gatewayEvents.ts';
import { given } from '../../support/given.ts';
import { orderLife, type OrderLife } from '../../support/orderLife.ts';
import { creditLine } from '../../support/documents/versionOne.ts';

const paid = orderLife().placed().captured();
const part = { type: 'Amount', amountMinor: 1_000 } as const;

/** As somebody makes it in the gateway's dashboard. */
const byHand = (changes: Partial<Order.ListedRefund> = {}): Order.ListedRefund => ({
  reference: 're_9',
  amountMinor: 1_000,
  currency: 'EUR',
  status: 'moved',
  ...changes,
});
const ours = (refundId: string, changes: Partial<Order.ListedRefund> = {}): Order.ListedRefund =>
  byHand({ refundId, deployment: 'dep1', ...changes });

const ASKED = { by: 'ada', reason: 'ticket 42', at: NOON, series: 'CN', seriesFrom: 3 };
const wanted = (life: OrderLife): OrderLife['events'] => [
  ...life.events,
  ...Order.askToCompare(ASKED, life.state)._unsafeUnwrap(),
];
const found = (refund: string): Order.StreamEvent =>
  differenceFound({ event: '', refund, seriesFrom: paid.context.creditNotes.from });
const subjectOf = ({ state }: Pick<OrderLife, 'state'>): Order.Subject =>
  `comparison#${state.comparison?.version ?? expect.fail('nothing is to be compared')}`;
const refundsOf = ({ state }: OrderLife) =>
  state.refunds.map((refund) =>
    refund.status === 'rejected'
      ? `${refund.refundId} rejected`
      : `${refund.refundId} ${refund.status} ${refund.amountMinor}`,
  );

describe('comparing an order with the gateway', () => {
  it('case 10: a cancelled order that was refunded in the dashboard is credited and ends', () => {
    const life = paid
      .cancelled()
      .refundFailed('cancel#1')
      .compared([byHand({ amountMinor: 4_758 })], 8);
    expect(life.state).to.include({ cancelled: true });
    expect(life.state.comparison).to.equal(undefined);
    expect(refundsOf(life)).to.deep.equal(['cancel#1 failed 4758', 'gateway#re_9 succeeded 4758']);
    expect(life.commits.at(-1)?.map(({ type }) => type)).to.deep.equal([
      'RefundAdopted',
      'CreditNoteIssued',
      'OrderCancelled',
    ]);
    expect(Order.noticesOf(life.state)).to.deep.equal([
      { kind: 'receipt' },
      { kind: 'credit', refundId: 'gateway#re_9' },
      { kind: 'cancelled' },
    ]);
    expect(firstIllegal(life.commits, { closeMs: CLOSE_MS })).to.equal(undefined);
  });

  it('case 10: of one that was refunded in part, the cancellation asks for the rest', () => {
    const life = paid.cancelled().refundFailed('cancel#1').compared([byHand()]);
    expect(refundsOf(life)).to.deep.equal([
      'cancel#1 failed 4758',
      'gateway#re_9 succeeded 1000',
      'cancel#2 pending 3758',
    ]);
  });

  it('is due after a failed refund of ours, for any reason, before anything is asked', () => {
    for (const life of [
      paid.asked('r-1', part).refundFailed('r-1'),
      paid.cancelled().refundFailed('cancel#1'),
    ]) {
      given(life)
        .next()
        .thenIs({
          type: 'LookUp',
          subject: subjectOf(life),
          of: { type: 'Refunds', paymentReference: 'pi_1' },
        });
      given(life.compared())
        .next()
        .thenStep(life.state.cancellation ? 'Send' : 'Settled');
    }
  });

  it('takes the number of the failed request, also when it is asked for later', () => {
    const failed = paid.with({ creditNotes: { ...paid.context.creditNotes, from: 5 } });
    const life = failed.asked('r-1', part).refundFailed('r-1');
    const later = { ...life.context, creditNotes: { ...life.context.creditNotes, from: 9 } };
    for (const one of [life.events, wanted(life)]) {
      const events = [...one, found('re_9')];
      const state = Order.fold(events);
      given({ events, context: later })
        .knowing(subjectOf({ state }), { listed: [byHand()] })
        .thenStep('AllocateNumber', {
          series: 'CN',
          entry: { id: 'o-1#gateway#re_9', reference: 're_9', from: 5 },
        });
    }
  });

  it('credits by the rule of allocation, one after the other, each once (R3, S4)', () => {
    const listed = [byHand(), byHand({ reference: 're_10', amountMinor: 3_758 })];
    const life = paid.asked('r-1', part).refundFailed('r-1').compared(listed);
    const lines = life.events.flatMap((event) =>
      event.type === 'RefundAdopted' ? [event.data.lines] : [],
    );
    expect(lines).to.deep.equal([
      [creditLine({ line: 1, quantity: 0, netMinor: 840, taxMinor: 160 })],
      [creditLine({ line: 1, quantity: 0, netMinor: 3_158, taxMinor: 600 })],
    ]);
    expect(Order.sumsOf(life.state)).to.include({ refunded: 4_758, rest: 0 });
    const again = Order.fold(wanted(life));
    given({ events: wanted(life), context: life.context })
      .knowing(subjectOf({ state: again }), { listed })
      .thenAppends('GatewayCompared');
    given(life)
      .when({
        type: 'RefundPayment',
        orderId: 'o-1',
        refundId: 'r-2',
        wanted: part,
        fingerprint: 'f',
      })
      .thenTypes('RefundRejected');
    expect(firstIllegal(life.commits)).to.equal(undefined);
  });

  describe('numbers what it has found, one after the other (R27)', () => {
    const other = byHand({ reference: 're_10', amountMinor: 2_000 });
    const failed = { status: 'failed', code: 'c' } as const;
    const life = paid.asked('r-1', part).refundFailed('r-1');
    const finding = life.adding([found('re_9')]);
    const known = (listed: readonly Order.ListedRefund[], from: OrderLife = finding) =>
      given(from).knowing(subjectOf(from), { listed });

    it('once a finding names it', () => {
      known([byHand()], life).thenIs({ type: 'Append', events: [found('re_9')] });
      known([byHand()]).thenStep('AllocateNumber', { subject: 'refund#gateway#re_9' });
      // One that an earlier release has found is named by none.
      known([byHand()], life.adding([found('')])).thenIs({
        type: 'Append',
        events: [found('re_9')],
      });
    });

    it('and another one only once that one is credited or closed (hole 46)', () => {
      known([other, byHand()]).thenStep('AllocateNumber', { subject: 'refund#gateway#re_9' });
      known([other, byHand(failed)]).thenStep('CloseDocument', {
        subject: 'refund#gateway#re_9',
      });
      known([byHand({ reference: 're_8', ...failed }), byHand()]).thenStep('AllocateNumber', {
        subject: 'refund#gateway#re_9',
      });
      given(finding)
        .knowingAll(
          [subjectOf(finding), { listed: [other, byHand(failed)] }],
          ['refund#gateway#re_9', { closed: true }],
        )
        .thenIs({ type: 'Append', events: [found('re_10')] });
      const credited = finding.compared([byHand()]);
      known([other, byHand()], credited.adding([found('re_9')])).thenIs({
        type: 'Append',
        events: [found('re_10')],
      });
    });

    it('and does not end before (hole 47)', () => {
      for (const listed of [[], [byHand({ status: 'open' })]]) {
        known(listed).thenStep('RetryLater');
        known(listed, paid.adding([found('re_9')])).thenStep('RetryLater');
      }
      given(finding)
        .knowingAll(
          [subjectOf(finding), { listed: [byHand(failed)] }],
          ['refund#gateway#re_9', { closed: true }],
        )
        .thenAppends('GatewayCompared');
    });

    it('nor with an order that ends, as a dispute has taken its money', () => {
      const lost = paid.adding([opened(), withdrawn(), disputeClosed('lost')]);
      const ended = lost.adding([found('re_9')]).cancelled();
      expect(ended.state.cancelled).to.equal(true);
      known([byHand()], ended).thenStep('AllocateNumber');
      const compared = ended.compared([byHand()]);
      expect(compared.state.comparison).to.equal(undefined);
      expect(firstIllegal(compared.commits)).to.equal(undefined);
    });
  });

  it('leaves what is ours to its own request, and waits for what has taken the place', () => {
    const life = paid.asked('r-2').with({});
    const events = wanted(life);
    const subject = subjectOf({ state: Order.fold(events) });
    given({ events, context: life.context })
      .knowing(subject, { listed: [ours('r-2', { amountMinor: 4_758 })] })
      .thenAppends('GatewayCompared');
    given({ events, context: life.context })
      .knowing(subject, { listed: [byHand()] })
      .thenStep('Send', { subject: 'refund#r-2' });
  });

  it('is no contradiction while our refund in review takes the place of it', () => {
    const life = paid.asked('r-2').refundInReview('r-2');
    const state = Order.fold(wanted(life));
    const evidence = Order.learn(
      Order.learn(Order.NO_EVIDENCE, subjectOf({ state }), { listed: [byHand()] }),
      'refund#r-2',
      { answer: { type: 'LookUpFailed', lookedUpAt: NOON + GIVE_UP_MS }, searched: true },
    );
    const step = Order.nextStep(state, evidence, life.context);
    expect(step).to.deep.include({ type: 'DeadLetter' });
    expect(step.type === 'DeadLetter' && step.reason).to.match(/^refund#r-2 is in review/);
  });

  it('is not done while a refund of others is under way, and leaves alone what failed', () => {
    const life = paid.asked('r-1', part).refundFailed('r-1');
    const subject = subjectOf(life);
    given(life)
      .knowing(subject, { listed: [byHand({ status: 'open' })] })
      .thenStep('RetryLater', { subject });
    const failed = Order.learn(Order.NO_EVIDENCE, subject, {
      listed: [byHand({ status: 'failed' })],
    });
    const closed = Order.learn(failed, 'refund#gateway#re_9', { closed: true });
    const step = Order.nextStep(life.state, closed, life.context);
    expect(step).to.deep.include({ type: 'Append' });
    expect(step.type === 'Append' && step.events.map(({ type }) => type)).to.deep.equal([
      'GatewayCompared',
    ]);
  });

  it('uses a list for what was due when it was made, and for nothing later (R3)', () => {
    const once = paid.asked('r-1', part).asked('r-2', part).refundFailed('r-1');
    const listed = { listed: [] };
    given(once).knowing(subjectOf(once), listed).thenAppends('GatewayCompared');
    const twice = once.refundFailed('r-2');
    expect(subjectOf(twice)).not.to.equal(subjectOf(once));
    given(twice)
      .knowing(subjectOf(once), listed)
      .thenStep('LookUp', { subject: subjectOf(twice) });
  });

  it('takes another deployment’s refund under the same id for no refund of ours', () => {
    const life = paid.asked('r-1', part).refundFailed('r-1');
    const listed = [byHand({ refundId: 'r-1', deployment: 'another' })];
    expect(refundsOf(life.compared(listed))).to.include('gateway#re_9 succeeded 1000');
  });

  for (const [what, listed, recorded] of [
    ['ours, recorded as failed', ours('r-1'), 'failed'],
    ['of another currency', byHand({ currency: 'USD' }), 'no amount of it'],
    ['of no amount', byHand({ amountMinor: 0 }), 'no amount of it'],
    ['more than was captured', byHand({ amountMinor: 4_759 }), 'refunded as a whole'],
  ] as const) {
    it(`is a contradiction where it finds money ${what}`, () => {
      const life = paid.asked('r-1', part).refundFailed('r-1');
      const { step } = given(life).knowing(subjectOf(life), { listed: [listed] });
      expect(step).to.deep.include({ type: 'DeadLetter', isContradiction: true });
      expect(step.type === 'DeadLetter' && step.reason).to.match(
        new RegExp(`^contradiction: .*re_9, and is recorded as ${recorded}$`),
      );
    });
  }

  it('credits what is ours and is recorded as failed once a person wants it', () => {
    const life = paid.asked('r-1', part).refundFailed('r-1');
    const events = [...wanted(life), found('re_9')];
    const subject = subjectOf({ state: Order.fold(events) });
    given({ events, context: life.context })
      .knowing(subject, { listed: [ours('r-1')] })
      .thenStep('AllocateNumber', { subject: 'refund#gateway#re_9' });
  });

  it('is asked for by a person once while it is due, of a captured order alone', () => {
    const { state } = paid;
    const asked = Order.askToCompare(ASKED, state);
    expect(asked.map((events) => events.map(({ type }) => type))).to.deep.equal(
      ok(['GatewayComparisonRequested']),
    );
    expect(Order.askToCompare(ASKED, Order.fold(wanted(paid)))).to.deep.equal(ok([]));
    expect(Order.askToCompare(ASKED, orderLife().placed().state)).to.deep.equal(
      err({ type: 'NotComparable' }),
    );
  });

  it('may be asked for after the order has ended, and then finds nothing more', () => {
    const life = paid.cancelled().refunded('cancel#1');
    const events = wanted(life);
    const state = Order.fold(events);
    given({ events, context: life.context }).next().thenStep('LookUp');
    given({ events, context: life.context })
      .knowing(subjectOf({ state }), { listed: [ours('cancel#1', { reference: 're_cancel#1' })] })
      .thenAppends('GatewayCompared');
  });

  it('of an older release’s failed refund is not due, but for a cancellation’s', () => {
    const old = { deployment: { ...paid.context.deployment, id: '' } };
    expect(paid.with(old).asked('r-1', part).refundFailed('r-1').state.comparison).to.equal(
      undefined,
    );
    const cancelled = paid.with(old).cancelled().refundFailed('cancel#1');
    expect(cancelled.state.comparison).not.to.equal(undefined);
  });

  it('credits no money twice that is asked for again after it was adopted', () => {
    const life = paid.asked('r-1', part).refundFailed('r-1').compared([byHand()]);
    const again = life.asked('r-2', part);
    given(again)
      .knowing('refund#r-2', { answer: moved({ reference: 're_9', amountMinor: 1_000 }) })
      .thenIs({
        type: 'Append',
        events: [
          {
            type: 'RefundFailed',
            data: { refundId: 'r-2', code: 'recorded before', reference: 're_9' },
          },
        ],
      });
    given(again)
      .knowing('refund#r-2', { ...declined() })
      .thenAppends('RefundFailed');
  });

  it('credits no refund again by which a person compensated one of another amount', () => {
    const life = paid.asked('r-1', part).refunded('r-1');
    const comparing = { events: wanted(life), context: life.context };
    const subject = subjectOf({ state: Order.fold(comparing.events) });
    const short = ours('r-1', { reference: 're_r-1', amountMinor: 400 });
    const difference = byHand({ amountMinor: 600 });
    given(comparing)
      .knowing(subject, { listed: [short, difference] })
      .thenAppends('GatewayCompared');
    // Another one beside it is credited, and a person must see one that cannot be distinguished
    // from it.
    given(comparing)
      .knowing(subject, {
        listed: [short, difference, byHand({ reference: 're_8', amountMinor: 70 })],
      })
      .thenIs({ type: 'Append', events: [found('re_8')] });
    given(comparing)
      .knowing(subject, { listed: [short, byHand({ amountMinor: 700 })] })
      .thenStep('DeadLetter');
  });
});

describe('an order of a restored log', () => {
  const restored = { deployment: { ...paid.context.deployment, restoredAt: NOON - 1_000 } };
  const placed = orderLife().with(restored).placed();
  const P = 'payment#1';

  it('is looked up before its payment is first sent, at any attempt and from any time', () => {
    const { step } = given(placed).next();
    expect(step).to.deep.include({ type: 'LookUp', subject: P });
    expect(step.type === 'LookUp' && step.of).to.include({ attempt: 'any', since: 0 });
    given(placed)
      .knowing(P, { answer: { type: 'Absent', lookedUpAt: NOON } })
      .thenStep('Send', { subject: P });
    given(placed)
      .knowing(P, { answer: { type: 'LookUpFailed', lookedUpAt: NOON } })
      .thenStep('RetryLater');
    given(placed)
      .knowing(P, { answer: moved({ source: 'look-up' }), number: numbered(2) })
      .thenAppends('PaymentCaptured', 'InvoiceIssued');
  });

  it('is looked up first also where the clock of whoever restored it was ahead of this one', () => {
    const { deployment } = paid.context;
    const restoredAt = NOON + CLOCK_SKEW_MS;
    const ahead = orderLife().with({ deployment: { ...deployment, restoredAt } });
    given(ahead.placed()).next().thenStep('LookUp', { subject: P });
  });

  it('is not looked up first if asked for before the restore, or 30 days after', () => {
    const days = 86_400_000;
    for (const restoredAt of [NOON + CLOCK_SKEW_MS + 1, NOON - 30 * days]) {
      const { deployment } = paid.context;
      given(
        orderLife()
          .with({ deployment: { ...deployment, restoredAt } })
          .placed(),
      )
        .next()
        .thenStep('Send', { subject: P });
    }
  });

  it('is sent no charge after a cancellation, whatever the look-up says', () => {
    given(placed.cancelled())
      .knowing(P, { answer: { type: 'Absent', lookedUpAt: NOON } })
      .thenStep('RetryLater', { subject: P });
  });

  it('has its refunds looked up first as well', () => {
    const life = paid.with(restored).asked('r-1', part);
    given(life).next().thenStep('LookUp', { subject: 'refund#r-1' });
    given(life)
      .knowing('refund#r-1', { answer: { type: 'Absent', lookedUpAt: NOON } })
      .thenStep('Send', { subject: 'refund#r-1' });
  });
});
