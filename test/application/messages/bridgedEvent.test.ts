import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { readEvent } from '../../../src/adapters/stripe/events.ts';
import {
  correlationOf,
  decodePaymentMessage,
  ignoredEventIn,
  withoutEventDetail,
} from '../../../src/application/messages/index.ts';

const READER = { read: readEvent };

const CHARGEBACK = {
  id: 'evt_1',
  object: 'event',
  type: 'charge.dispute.created',
  created: 1_800_000_000,
  livemode: true,
  data: {
    object: {
      id: 'du_1',
      object: 'dispute',
      status: 'needs_response',
      payment_intent: 'pi_1',
      evidence: { customer_email_address: 'ada@example.com', customer_name: 'Ada' },
      metadata: {},
    },
  },
};

const bridged = (detail: unknown, changes: object = {}): string =>
  JSON.stringify({
    version: '0',
    id: '5a1f',
    'detail-type': 'charge.dispute.created',
    source: 'aws.partner/stripe.com/ed_test_1',
    account: '123456789012',
    time: '2026-11-29T12:00:00Z',
    region: 'eu-central-1',
    resources: [],
    detail,
    ...changes,
  });

const received = (body: string) => ({ messageId: 'm-1', body, attributes: {} });

describe('an event that came by EventBridge', () => {
  it('is the small message that a webhook makes of it, in every place that keeps it', () => {
    const message = withoutEventDetail(received(bridged(CHARGEBACK)), READER);
    expect(message.body).not.to.contain('ada@example.com').and.not.to.contain('Ada');
    expect(decodePaymentMessage(message.body)).to.deep.equal(
      ok({
        type: 'GatewayEvent',
        v: 1,
        event: 'evt_1',
        at: 1_800_000_000_000,
        mode: 'live',
        kind: 'dispute',
        payment: 'pi_1',
        id: 'du_1',
        says: 'needs_response',
      }),
    );
    expect(correlationOf(message)).to.deep.equal({ correlationId: 'evt_1', causationId: 'm-1' });
    expect(withoutEventDetail(message, READER)).to.deep.equal(message);
  });

  for (const [what, detail] of [
    ['a type that says nothing of money', { ...CHARGEBACK, type: 'customer.updated' }],
    ['what was charged without a payment of ours', withoutPayment()],
  ] as const) {
    it(`with ${what} is ignored, and keeps nothing of its content`, () => {
      const message = received(bridged(detail, { 'detail-type': 'customer.updated' }));
      const kept = withoutEventDetail(message, READER);
      expect(kept.body).not.to.contain('ada@example.com');
      expect(ignoredEventIn(kept, READER)).to.equal('customer.updated');
    });
  }

  it('that is none is malformed, and keeps nothing of its content', () => {
    const kept = withoutEventDetail(received(bridged({ ...CHARGEBACK, livemode: 'yes' })), READER);
    expect(kept.body).to.equal(
      '{"source":"aws.partner/stripe.com/ed_test_1","detail-type":"charge.dispute.created"}',
    );
    expect(ignoredEventIn(kept, READER)).to.equal(undefined);
    expect(decodePaymentMessage(kept.body)._unsafeUnwrapErr().type).to.equal('MalformedMessage');
  });

  it('is not seen in what is no envelope of EventBridge', () => {
    const others = [
      '{"type":"ResumeOrder","v":1,"orderId":"o-1"}',
      'no JSON with "detail-type" in it',
      bridged(CHARGEBACK, { source: 'com.example.shop' }),
      bridged(CHARGEBACK, { 'detail-type': 7 }),
    ];
    for (const body of others) {
      const message = received(body);
      expect(withoutEventDetail(message, READER)).to.equal(message);
      expect(ignoredEventIn(message, READER)).to.equal(undefined);
    }
  });
});

function withoutPayment() {
  const { object } = CHARGEBACK.data;
  return { ...CHARGEBACK, data: { object: { ...object, payment_intent: null } } };
}

describe('a message of a gateway event', () => {
  const EVENT = {
    type: 'GatewayEvent',
    v: 1,
    event: 'evt_1',
    at: 1,
    mode: 'test',
    kind: 'payment',
    payment: 'pi_1',
    id: 'pi_1',
    says: 'succeeded',
    orderId: 'o-1',
  };
  const decode = (changes: object) =>
    decodePaymentMessage(JSON.stringify({ ...EVENT, ...changes }));

  it('is taken with ids and words alone', () => {
    expect(decode({})).to.deep.equal(ok(EVENT));
    for (const [changes, reason] of [
      [{ amount: 1 }, 'message: has a part that is not known'],
      [{ orderId: 'o 1' }, 'orderId: is not 1 to 64 printable characters'],
      [{ orderId: 'o#1' }, 'orderId: is not an order id'],
      [{ says: 'Ada said no' }, 'says: is not 1 to 64 printable characters'],
      [{ mode: 'both' }, 'mode: is not one of live, test'],
    ] as const) {
      expect(decode(changes)).to.deep.equal(err({ type: 'MalformedMessage', reasons: [reason] }));
    }
  });

  it('holds no card number', () => {
    expect(decode({ says: '4242424242424242' })).to.deep.equal(
      err({ type: 'MalformedMessage', reasons: ['message: holds a card number'] }),
    );
  });
});
