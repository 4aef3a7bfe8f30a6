import { expect } from 'chai';
import fc from 'fast-check';
import { ok } from 'neverthrow';
import * as Order from '../../../src/domain/order/index.ts';
import * as Reconcile from '../../../src/domain/reconcile/index.ts';
import { NOON } from '../../support/orderContext.ts';
import { orderLife } from '../../support/orderLife.ts';

describe('the verdict of an order on a number', () => {
  const invoice = { id: 'o-1', year: 2026, number: 7, date: NOON, seriesVersion: 7 };
  const creditNote = { ...invoice, id: 'o-1#r-1' };
  const placed = orderLife().placed();
  const paid = placed.captured(7);
  const { AWAITED_MAX } = Reconcile;

  for (const [what, life, number, verdict] of [
    ['is on the invoice', paid, invoice, 'Documented'],
    ['waits for the invoice of an open payment', placed, invoice, 'Undocumented'],
    ['waits for that of a payment in review', placed.inReview(), invoice, 'Undocumented'],
    ['is on the credit note', paid.asked('r-1').refunded('r-1', 7), creditNote, 'Documented'],
    ['waits for the note of a pending refund', paid.asked('r-1'), creditNote, 'Undocumented'],
    [
      'waits for the note of a cancellation’s own refund',
      paid.cancelled(),
      { ...invoice, id: 'o-1#cancel#1' },
      'Undocumented',
    ],
    [
      'waits for the note of what is being adopted',
      paid.asked('r-2').refundFailed('r-2'),
      { ...invoice, id: 'o-1#gateway#re_9' },
      'Undocumented',
    ],
    [
      'is of nothing that was found when it was compared',
      paid.asked('r-2').refundFailed('r-2').compared(),
      { ...invoice, id: 'o-1#gateway#re_9' },
      'nothing moved: none',
    ],
    [
      'waits for that of a refund in review',
      paid.asked('r-1').refundInReview('r-1'),
      creditNote,
      'Undocumented',
    ],
    ['was given for a declined payment', placed.declined(), invoice, 'nothing moved: declined'],
    [
      'was given for a payment that failed',
      placed.cancelled().absent(),
      invoice,
      'nothing moved: failed',
    ],
    [
      'was given for a refund that failed',
      paid.asked('r-1').refundFailed('r-1'),
      creditNote,
      'nothing moved: failed',
    ],
    ['was given for a refund that nobody asked for', paid, creditNote, 'nothing moved: none'],
    ['is not the invoice’s', paid, { ...invoice, number: 8 }, 'its document is INV-2026-000007'],
    ['is of another year', paid, { ...invoice, year: 2025 }, 'its document is INV-2026-000007'],
    [
      'is printed as its series prints it',
      paid,
      { ...invoice, label: 'INV-2026-000007' },
      'Documented',
    ],
    [
      'is printed otherwise than its series prints it (B9)',
      paid,
      { ...invoice, label: '2026/7' },
      'its document is INV-2026-000007',
    ],
    ['was given twice', paid, { ...invoice, seriesVersion: 9 }, 'its document is INV-2026-000007'],
  ] as const) {
    it(`reports one that ${what}`, () => {
      const series = number.id === 'o-1' ? 'INV' : 'CN';
      const found = Reconcile.verdictOn(number, series, life.events);
      expect(found.type === 'Contradicted' ? found.why : found.type).to.equal(verdict);
    });
  }

  it('reports one for an order that does not exist, or that has two documents', () => {
    const whys = [[], [...paid.events, ...paid.events]].map((events) =>
      Reconcile.verdictOn(invoice, 'INV', events),
    );
    expect(whys).to.deep.equal([
      { type: 'Contradicted', why: 'there is no such order' },
      { type: 'Contradicted', why: 'it has 2 documents' },
    ]);
  });

  it('keeps what is awaited while there is room, and otherwise stays before it', () => {
    const full = Array.from({ length: AWAITED_MAX }, () => invoice);
    const state = Reconcile.advance(Reconcile.initialState, [
      { version: 1, awaited: [] },
      { version: 2, awaited: full },
      { version: 3, awaited: [] },
      { version: 4, awaited: [creditNote] },
      { version: 5, awaited: [] },
    ]);
    expect(state).to.deep.equal({ upTo: 3, awaited: full });
  });

  it('is kept in an event that reads as it was written', () => {
    const whole = fc.nat();
    const parts = {
      id: fc.string(),
      year: whole,
      number: whole,
      date: whole,
      seriesVersion: whole,
    };
    const anyState = fc.record({ upTo: whole, awaited: fc.array(fc.record(parts)) });
    fc.assert(
      fc.property(anyState, (data) => {
        const event = { type: 'NumbersChecked', data } as const;
        const stored = JSON.parse(JSON.stringify(Reconcile.codec.encode(event)));
        expect(Reconcile.codec.decode(stored)).to.deep.equal(ok([event]));
        expect(Reconcile.fold([event])).to.deep.equal(data);
      }),
    );
  });
});

describe('the standing of an order', () => {
  const placed = orderLife().placed();
  const paid = placed.captured();
  const decided = placed.inReview().resolved({ moved: true });

  for (const [what, life, standing] of [
    ['a payment that is open', placed, 'open'],
    ['a payment in review', placed.inReview(), 'review'],
    ['a review that a person has decided, and nobody carried out', decided, 'open'],
    ['a paid order', paid, 'settled'],
    ['a declined order', placed.declined(), 'settled'],
    ['a cancellation that came first', orderLife().cancelled(), 'settled'],
    ['a refund that is pending', paid.asked('r-1'), 'open'],
    ['a failed refund, until it was compared', paid.asked('r-1').refundFailed('r-1'), 'open'],
    ['a failed refund', paid.asked('r-1').refundFailed('r-1').compared(), 'settled'],
    ['a refund in review', paid.asked('r-1').refundInReview('r-1'), 'review'],
    [
      'a refund in review beside one that is pending',
      paid
        .asked('r-1', { type: 'Amount', amountMinor: 1 })
        .refundInReview('r-1')
        .asked('r-2', { type: 'Amount', amountMinor: 1 }),
      'open',
    ],
    [
      'a cancelled order whose money is given back',
      paid.cancelled().refunded('cancel#1'),
      'settled',
    ],
    ['a cancelled order that still holds money', paid.cancelled(), 'open'],
  ] as const) {
    it(`is ${standing} with ${what}`, () => {
      expect(Order.progressOf(life.state)).to.equal(standing);
    });
  }

  it('is open while a cancelled order holds money that no refund could move', () => {
    let life = paid.cancelled();
    for (let tries = 1; tries <= Order.CANCEL_REFUNDS_MAX; tries += 1) {
      life = life.refundFailed(`cancel#${tries}`);
    }
    expect(life.state.refunds.map(({ status }) => status)).not.to.include('pending');
    expect(Order.progressOf(life.state)).to.equal('open');
  });

  it('names each review that waits, and since when', () => {
    const { state } = paid.asked('r-1').refundInReview('r-1');
    expect(Order.openReviews(state)).to.deep.equal([
      { refundId: 'r-1', reason: 'unresolved', since: NOON },
    ]);
    expect(Order.openReviews(decided.state)).to.deep.equal([]);
  });
});
