import { expect } from 'chai';
import { firstIllegal } from '../../../src/domain/history/legality.ts';
import * as Order from '../../../src/domain/order/index.ts';
import {
  REFUSAL_REASON_CHARACTERS_MAX,
  REFUSAL_REASONS_MAX,
  UNPLACED_EVENTS_MAX,
} from '../../../src/domain/order/refusal.ts';
import { NOON } from '../../support/orderContext.ts';
import { anOrder, orderLife, placeOrder, refundPayment } from '../../support/orderLife.ts';

const empty = orderLife();
const typesOf = (events: readonly Order.StreamEvent[]) => events.map(({ type }) => type);

describe('an order that is refused at the door', () => {
  it('is a fact of its stream, with whose it is and why, and nothing more (I8)', () => {
    const life = empty.refused();
    expect(life.events).to.deep.equal([
      {
        type: 'OrderRefused',
        data: {
          customerId: 'c-1',
          email: 'ada@example.com',
          reasons: ['lines: is empty'],
          fingerprint: 'refused',
          at: NOON,
        },
      },
    ]);
    expect(firstIllegal(life.commits)).to.equal(undefined);
  });

  it('is not recorded again when the same comes again, and is when another does', () => {
    const twice = empty.refused().refused();
    expect(typesOf(twice.events)).to.deep.equal(['OrderRefused']);
    expect(typesOf(twice.refused({ fingerprint: 'other' }).events)).to.have.length(2);
  });

  it('touches nothing of an order that was placed under its id, whatever became of it', () => {
    const placed = [empty.placed(), empty.placed().captured(), empty.cancelled().placed()];
    for (const life of placed) expect(life.refused().events).to.deep.equal(life.events);
  });

  it('is placed and charged like any order once a valid one comes under its id', () => {
    const life = empty.refused().placed();
    expect(typesOf(life.events).slice(1)).to.deep.equal(['OrderPlaced', 'PaymentRequested']);
    expect(firstIllegal(life.commits)).to.equal(undefined);
    expect(firstIllegal(life.captured().commits)).to.equal(undefined);
  });

  it('keeps an earlier cancellation: a valid order that comes later charges nobody', () => {
    const life = empty.cancelled().refused();
    expect(typesOf(life.events)).to.deep.equal(['CancellationRequested', 'OrderRefused']);
    expect(firstIllegal(life.commits)).to.equal(undefined);
    expect(typesOf(life.placed().events).slice(2)).to.deep.equal(['OrderPlaced', 'OrderCancelled']);
    const after = empty.refused().cancelled();
    expect(typesOf(after.placed().events).slice(2)).to.deep.equal([
      'OrderPlaced',
      'OrderCancelled',
    ]);
  });

  it('refunds nothing: a refund of it is answered at once', () => {
    const { state, context } = empty.refused();
    const refused = Order.decide(refundPayment('r-1'), state, context);
    expect(refused._unsafeUnwrapErr()).to.deep.equal({
      type: 'Refused',
      reason: 'the order was refused at the door',
    });
    const placed = empty.refused().placed();
    expect(
      Order.decide(refundPayment('r-1'), placed.state, context)._unsafeUnwrapErr(),
    ).to.deep.equal({ type: 'NotCapturedYet' });
  });

  it('keeps so many reasons, and so much of each, that they always fit', () => {
    const reasons = Array.from({ length: 500 }, () => 'x'.repeat(10_000));
    const [refused] = empty.refused({ reasons }).events;
    const kept = refused?.type === 'OrderRefused' ? refused.data.reasons : [];
    expect(kept).to.have.length(REFUSAL_REASONS_MAX + 1);
    expect(kept.at(-1)).to.equal('and 480 more');
    expect(kept[0]).to.have.length(REFUSAL_REASON_CHARACTERS_MAX);
  });

  it('is recorded so often at most, whoever sends nonsense under one id for ever', () => {
    let life = empty;
    for (let sent = 0; sent < 2 * UNPLACED_EVENTS_MAX; sent += 1) {
      life = life.refused({ fingerprint: `f-${sent}` });
    }
    expect(life.events).to.have.length(UNPLACED_EVENTS_MAX);
    expect(typesOf(life.placed().events).at(-2)).to.equal('OrderPlaced');
  });
});

describe('whose order was refused', () => {
  const customer = { id: 'c-1', email: 'ada@example.com' };

  it('is read from what breaks other rules', () => {
    expect(Order.customerIn({ ...anOrder(), lines: [] })).to.deep.equal(customer);
  });

  for (const [what, draft] of [
    ['nothing', undefined],
    ['a text', 'order'],
    ['no customer', {}],
    ['a customer that is a list', { customer: [1, 2] }],
    ['parts of other types', { customer: { id: 7, email: { at: 'x@y' } } }],
    ['what breaks their own rules', { customer: { id: 'a b', email: 'no address' } }],
    ['half a surrogate pair', { customer: { id: '\uD800', email: '\uD800@example.com' } }],
    ['a card number', { customer: { id: '4242424242424242', email: '4242424242424242@x.com' } }],
  ] as const) {
    it(`is nobody for ${what}`, () => {
      expect(Order.customerIn(draft)).to.deep.equal({ id: '', email: '' });
    });
  }
});

describe('the reasons of a refusal', () => {
  it('never repeat a value, not even a number that may be a card’s', () => {
    const hostile = 4_242_424_242_424_242;
    const lines = [
      { ...anOrder().lines[0], quantity: hostile, unitPriceMinor: 4_242.5, taxRateBps: hostile },
    ];
    const refused = Order.parseV1({ ...anOrder(), currency: 'QQQ', lines });
    const { reasons } = refused._unsafeUnwrapErr();
    expect(reasons).to.have.length.above(3);
    expect(reasons.join('; ')).to.not.match(/4242|QQQ/);
  });
});

// `placeOrder` is used by the lives above; a refused fingerprint is never taken for a placed one's.
describe('a valid order with the fingerprint of a refused one', () => {
  it('is placed', () => {
    const life = empty.refused({ fingerprint: 'f' }).commanded(placeOrder(anOrder(), 'f'));
    expect(typesOf(life.events)).to.include('OrderPlaced');
  });
});
