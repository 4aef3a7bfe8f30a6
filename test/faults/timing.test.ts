import { expect } from 'chai';
import { returned } from '../support/gatewayEvents.ts';
import { orderLife, type OrderLife } from '../support/orderLife.ts';
import { timesOf, timingOf } from './timing.ts';

const paid = orderLife().placed().captured();
const reviewed = orderLife().placed().inReview();
const asked = paid.asked('r-1', { type: 'Amount', amountMinor: 1_000 });

/** Each event so many seconds after the one before, from the epoch on. */
const ended = ({ events, state }: OrderLife, everyMs: number) => ({
  state,
  history: events.map((event, index) => ({ event, version: index + 1, at: index * everyMs })),
});

const timingFor = (
  lives: readonly (readonly [OrderLife, number])[],
  since?: Readonly<Record<string, number>>,
) => {
  const orders = lives.map(([life, everyMs], at) => [`o-${at}`, ended(life, everyMs)] as const);
  const sentAt = new Map(orders.map(([orderId]) => [orderId, 0]));
  const doubts = { since: (orderId: string, subject: string) => since?.[`${orderId} ${subject}`] };
  return timingOf([timesOf(new Map(orders), sentAt, doubts)]);
};

describe('how long orders take in a fault run', () => {
  it('counts from the sending to the end of the payment, and has the slowest as its max', () => {
    // OrderPlaced, PaymentRequested, PaymentCaptured, InvoiceIssued.
    const { settled, placed } = timingFor([1, 2, 3].map((seconds) => [paid, seconds * 1_000]));
    expect(placed).to.equal(3);
    expect(settled).to.deep.equal({ count: 3, median: 4_000, p95: 6_000, p99: 6_000, max: 6_000 });
  });

  it('counts an order in review, and why, and until then instead of its end', () => {
    const lives = [
      [paid, 1_000],
      [reviewed, 1_000],
      [asked.refunded('r-1').adding([returned()]), 1_000],
    ] as const;
    const { reviewed: orders, reviewShare, reviews, ...timing } = timingFor(lives);
    expect({ orders, reviewShare }).to.deep.equal({ orders: 2, reviewShare: 2 / 3 });
    expect(Object.keys(reviews)).to.have.lengthOf(2);
    expect(reviews['refund: refund-returned']).to.equal(1);
    expect(timing.settled.count).to.equal(2);
    expect(timing.settledOrReviewed.count).to.equal(3);
  });

  it('counts as ended by evidence what ended after its review, and no attempt before it', () => {
    const { state, events } = reviewed;
    const failed = (at: number): OrderLife['events'] => [
      ...events.slice(0, at),
      {
        type: 'PaymentFailed',
        data: { attempt: 1, proof: 'absent after close', code: '', at: 0 },
      },
      ...events.slice(at),
    ];
    const endedOf = (at: number) =>
      timingFor([[{ ...reviewed, state, events: failed(at) }, 1_000]]);
    expect(endedOf(events.length)).to.deep.include({ reviewed: 1, endedByEvidence: 1 });
    expect(endedOf(events.length - 1)).to.deep.include({ reviewed: 1, endedByEvidence: 0 });
    expect(endedOf(events.length - 1).settled.count).to.equal(0);
  });

  it('counts a doubt from the first answer that said nothing, and no order without one', () => {
    const lives = [
      [paid, 1_000],
      [paid, 1_000],
    ] as const;
    const { doubt } = timingFor(lives, { 'o-1 payment#1': 500 });
    expect(doubt).to.deep.include({ count: 1, max: 1_500 });
  });
});
