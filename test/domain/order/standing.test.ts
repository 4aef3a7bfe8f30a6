import { expect } from 'chai';
import * as Order from '../../../src/domain/order/index.ts';
import { NOON, numbered } from '../../support/orderContext.ts';
import {
  closed,
  differenceFound,
  hintOfDispute,
  hintOfRefund,
  listedDispute,
  listedRefund,
  opened,
  refundPending,
  reinstated,
  returned,
  withdrawn,
} from '../../support/gatewayEvents.ts';
import { given } from '../../support/given.ts';
import { orderLife, type OrderLife } from '../../support/orderLife.ts';

const hinted = { hint: hintOfDispute('of_tomorrow') } as const;
const paid = orderLife().placed().captured();
const part = { type: 'Amount', amountMinor: 1_000 } as const;
const NONE: Order.PaymentStanding = { refunds: [], disputes: [] };

const subjectOf = ({ state }: OrderLife): Order.Subject => `standing#${state.version}`;

/** The next step once this was found for the version of the order as it is. */
const found = (life: OrderLife, standing: Partial<Order.PaymentStanding>) =>
  given(life.context.hint === undefined ? life.with(hinted) : life).knowing(subjectOf(life), {
    standing: { ...NONE, ...standing },
  });

const recordedOf = (life: OrderLife, dispute: Partial<Order.ListedDispute>) => {
  const { step } = found(life, { disputes: [listedDispute(dispute)] });
  return step.type === 'Append' ? step.events.map(textOf) : [];
};

const textOf = ({ type, data }: Order.StreamEvent): string => {
  if ('stage' in data) return `${type} ${data.stage}`;
  if ('verdict' in data) return `${type} ${data.verdict}`;
  return 'amountMinor' in data ? `${type} ${data.amountMinor}` : type;
};

describe('how a payment stands at the gateway', () => {
  it('is asked for the version of the order as it is, and for no other (R18, hole 30)', () => {
    const of = { type: 'Standing', paymentReference: 'pi_1' } as const;
    const subject = subjectOf(paid);
    given(paid.with(hinted)).next().thenStep('LookUp', { subject, of });
    const asked = paid.asked('r-1', part);
    const old = { standing: { ...NONE, disputes: [listedDispute()] } };
    given(asked.with(hinted))
      .knowing(subject, old)
      .thenStep('LookUp', { subject: subjectOf(asked), of });
  });

  it('is asked again until nothing in it is new, although the event is known by then', () => {
    const life = paid.with({ hint: hintOfDispute('needs_response') });
    const first = { standing: { ...NONE, disputes: [listedDispute()] } };
    const recorded = life.learned(subjectOf(life), first);
    expect(Order.isKnownHint(hintOfDispute('needs_response'), recorded.state)).to.equal(true);
    given(recorded).next().thenStep('Settled');
    given(recorded)
      .knowing(subjectOf(life), first)
      .thenStep('LookUp', { subject: subjectOf(recorded) });
  });

  it('is asked before a refund is sent, and waits where that fails', () => {
    const asked = paid.asked('r-1', part).with(hinted);
    given(asked)
      .next()
      .thenStep('LookUp', { subject: subjectOf(asked) });
    const failed = { answer: { type: 'LookUpFailed', lookedUpAt: NOON } } as const;
    given(paid.with(hinted)).knowing(subjectOf(paid), failed).thenStep('RetryLater');
  });

  it('is not asked without an event, or for an event of another payment', () => {
    given(paid).next().thenStep('Settled');
    const other = { ...hintOfDispute('lost'), payment: 'pi_2' };
    given(paid.with({ hint: other }))
      .knowing('payment#1', { heard: true })
      .thenStep('Settled');
  });

  describe('says of a dispute (R20)', () => {
    const inquiry = paid.adding([opened({ stage: 'inquiry' })]);
    const open = paid.adding([opened()]);
    const taken = open.adding([withdrawn(3_000)]);
    const lost = taken.adding([closed('lost')]);
    const back = taken.adding([reinstated(1_000)]);

    for (const [what, life, dispute, events] of [
      ['an inquiry', paid, { stage: 'inquiry' }, ['DisputeOpened inquiry']],
      ['a chargeback', paid, {}, ['DisputeOpened chargeback']],
      ['a chargeback that was an inquiry', inquiry, {}, ['DisputeOpened chargeback']],
      ['what is open in that stage', open, {}, []],
      ['an inquiry, after the chargeback', open, { stage: 'inquiry' }, []],
      ['an appeal', lost, { stage: 'appeal', withdrawnMinor: 3_000 }, ['DisputeOpened appeal']],
      ['more withdrawn', open, { withdrawnMinor: 3_000 }, ['DisputeFundsWithdrawn 3000']],
      ['still more withdrawn', taken, { withdrawnMinor: 4_758 }, ['DisputeFundsWithdrawn 1758']],
      ['less withdrawn than is recorded', taken, {}, []],
      [
        'more reinstated',
        back,
        { withdrawnMinor: 3_000, reinstatedMinor: 3_000 },
        ['DisputeFundsReinstated 2000'],
      ],
      [
        'more reinstated than was withdrawn',
        taken,
        { withdrawnMinor: 3_000, reinstatedMinor: 4_758 },
        ['DisputeFundsReinstated 3000'],
      ],
      ['its end', taken, { status: 'won', withdrawnMinor: 3_000 }, ['DisputeClosed won']],
      [
        'its end, of which nothing is recorded',
        paid,
        { status: 'lost', withdrawnMinor: 4_758 },
        ['DisputeOpened chargeback', 'DisputeFundsWithdrawn 4758', 'DisputeClosed lost'],
      ],
      [
        'the end of a chargeback that was an inquiry',
        inquiry,
        { status: 'lost' },
        ['DisputeOpened chargeback', 'DisputeClosed lost'],
      ],
      ['that end, again', lost, { status: 'lost', withdrawnMinor: 3_000 }, []],
      [
        'another end',
        lost,
        { status: 'won', withdrawnMinor: 3_000 },
        ['DisputeOpened appeal', 'DisputeClosed won'],
      ],
      [
        'that it came to nothing',
        inquiry,
        { stage: 'inquiry', status: 'warning closed' },
        ['DisputeClosed warning closed'],
      ],
    ] as const) {
      it(what, () => expect(recordedOf(life, dispute)).to.deep.equal(events));
    }

    it('no more than twenty of one order', () => {
      const many = (count: number) => ({
        disputes: Array.from({ length: count }, (_, at) =>
          listedDispute({ dispute: `du_${at + 1}` }),
        ),
      });
      found(paid, many(20)).thenStep('Append');
      found(paid, many(21)).thenStep('DeadLetter');
      found(open, many(21)).thenStep('DeadLetter');
    });
  });

  describe('says of refunds', () => {
    const asked = paid.asked('r-1', part);
    const made = asked.refunded('r-1');
    const ours = (parts: Partial<Order.ListedRefund> = {}) =>
      listedRefund({ reference: 're_r-1', refundId: 'r-1', deployment: 'dep1', ...parts });

    it('disputes first, then one that came back, then one that others have made', () => {
      const all = {
        disputes: [listedDispute()],
        refunds: [ours({ status: 'failed', code: 'lost_or_stolen_card' }), listedRefund()],
      };
      found(made, all).thenAppends('DisputeOpened');
      found(made.adding([opened()]), all).thenIs({ type: 'Append', events: [returned()] });
      found(made.adding([opened(), returned()]), all).thenAppends('GatewayDifferenceFound');
    });

    it('that one of others is a finding before it is numbered (R22, hole 33)', () => {
      const life = paid.with({
        creditNotes: { ...paid.context.creditNotes, from: 7 },
      });
      found(life, { refunds: [listedRefund()] }).thenIs({
        type: 'Append',
        events: [differenceFound({ refund: 're_9', seriesFrom: 7 })],
      });
      const finding = life
        .adding([differenceFound({ refund: 're_9', seriesFrom: 7 })])
        .with(hinted);
      const { version } = finding.state;
      given(finding)
        .knowingAll(
          [`standing#${version - 1}`, { standing: { ...NONE, refunds: [listedRefund()] } }],
          [`comparison#${version}`, { listed: [listedRefund()] }],
        )
        .thenStep('AllocateNumber', {
          series: 'CN',
          entry: { id: 'o-1#gateway#re_9', reference: 're_9', from: 7 },
        });
    });

    it('that one of others is credited once, and then nothing is new (I21)', () => {
      const finding = paid.adding([differenceFound()]);
      const credited = finding.compared([listedRefund()]);
      expect(credited.events.map(({ type }) => type).slice(-3)).to.deep.equal([
        'RefundAdopted',
        'CreditNoteIssued',
        'GatewayCompared',
      ]);
      found(credited, { refunds: [listedRefund()] }).thenStep('Settled');
    });

    it('nothing of one of others that has not moved, or has failed', () => {
      for (const status of ['open', 'failed'] as const) {
        found(paid, { refunds: [listedRefund({ status })] }).thenStep('Settled');
      }
      // It does not wait for one that is open: that one has an event of its own.
      const finding = paid.adding([differenceFound()]);
      given(finding.with(hinted))
        .knowingAll(
          [`standing#${finding.state.version}`, { standing: NONE }],
          [`comparison#${finding.state.version}`, { listed: [listedRefund({ status: 'open' })] }],
        )
        .thenAppends('GatewayCompared');
    });

    it('a contradiction where more went back than is left, or what is recorded as failed', () => {
      found(made, { refunds: [ours(), listedRefund({ amountMinor: 3_759 })] }).thenStep(
        'DeadLetter',
        { isContradiction: true },
      );
      const failed = asked.refundFailed('r-1').compared();
      found(failed, { refunds: [ours()] }).thenStep('DeadLetter', { isContradiction: true });
    });

    it('that ours has moved, is under way, or has failed, as an answer of its own would', () => {
      const { series } = asked.context.creditNotes;
      found(asked, { refunds: [ours()] }).thenStep('AllocateNumber', { subject: 'refund#r-1' });
      given(asked.with(hinted))
        .knowingAll(
          [subjectOf(asked), { standing: { ...NONE, refunds: [ours()] } }],
          ['refund#r-1', { number: numbered(1, { series }) }],
        )
        .thenAppends('RefundSucceeded', 'CreditNoteIssued');
      found(asked, { refunds: [ours({ status: 'open' })] }).thenIs({
        type: 'Append',
        events: [refundPending()],
      });
      found(asked, { refunds: [ours({ status: 'failed' })] }).thenStep('CloseDocument');
    });

    it('is asked where our refund was refused for a dispute that nobody knows of', () => {
      const refused = { answer: { type: 'Refused', code: 'charge_disputed' } } as const;
      const life = asked;
      const subject = subjectOf(asked);
      given(life).knowing('refund#r-1', refused).thenStep('LookUp', { subject });
      given(life)
        .knowingAll(
          ['refund#r-1', refused],
          [subject, { standing: { ...NONE, disputes: [listedDispute()] } }],
        )
        .thenAppends('DisputeOpened');
      given(life)
        .knowingAll(['refund#r-1', refused], [subject, { standing: NONE }])
        .thenAppends('SendingStopped');
      given(life)
        .knowingAll(
          ['refund#r-1', refused],
          [subject, { answer: { type: 'LookUpFailed', lookedUpAt: NOON } }],
        )
        .thenStep('RetryLater');
      given(life.adding([opened()]))
        .knowing('refund#r-1', refused)
        .thenStep('LookUp', { subject: 'refund#r-1' });
    });

    it('is known of a refund that waits by another message, without a look-up', () => {
      const waiting = asked.adding([refundPending()]).with({
        letter: 'm-2',
        hint: hintOfRefund('succeeded'),
      });
      given(waiting)
        .next()
        .thenStep('LookUp', { subject: subjectOf(waiting) });
      found(waiting, { refunds: [ours()] }).thenStep('AllocateNumber', { subject: 'refund#r-1' });
      found(waiting, { refunds: [ours({ status: 'open' })] }).thenStep('Settled');
    });
  });
});
