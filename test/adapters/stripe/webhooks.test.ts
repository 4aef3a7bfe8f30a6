import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { readEvent, STRIPE_EVENT_TYPES } from '../../../src/adapters/stripe/events.ts';
import { createStripeWebhooks } from '../../../src/adapters/stripe/webhooks.ts';
import { fixedSecret } from '../../../src/application/ports/liveSecret.ts';
import { signatureOf, stripeEvent, WEBHOOK_SECRET } from '../../support/stripeEvents.ts';

const NOW = Date.UTC(2026, 10, 29, 12);
const OTHER = 'whsec_test_fedcba9876543210';
const PAYMENT = {
  id: 'pi_1234567',
  object: 'payment_intent',
  status: 'succeeded',
  metadata: { order_id: 'o-1', deployment: 'dep1' },
};
const TEXT = JSON.stringify(stripeEvent('payment_intent.succeeded', PAYMENT));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('A call of Stripe', () => {
  const { receive } = createStripeWebhooks(fixedSecret([WEBHOOK_SECRET]));
  const call = (text: string, signature: string | undefined, receivedAt = NOW) =>
    receive({ body: bytes(text), signature, receivedAt });

  it('is read for its ids, its status and our own metadata, and for nothing else', async () => {
    const secret = { ...PAYMENT, receipt_email: 'ada@example.com', client_secret: 'x' };
    const text = JSON.stringify(stripeEvent('payment_intent.succeeded', secret));
    const received = await call(text, signatureOf(text, { at: NOW }));

    expect(received._unsafeUnwrap()).to.deep.equal({
      type: 'Reported',
      event: {
        event: 'evt_0000000000000001',
        at: 1_790_000_000_000,
        mode: 'test',
        kind: 'payment',
        payment: 'pi_1234567',
        id: 'pi_1234567',
        says: 'succeeded',
        orderId: 'o-1',
        deployment: 'dep1',
      },
    });
  });

  it('is refused without a signature, with another secret’s, and for other bytes', async () => {
    const signature = signatureOf(TEXT, { at: NOW });
    const foreign = signatureOf(TEXT, { at: NOW, secret: OTHER });
    const why = async (answer: ReturnType<typeof call>) => (await answer)._unsafeUnwrapErr().why;

    expect(await why(call(TEXT, undefined))).to.equal('there is no signature');
    expect(await why(call(TEXT, ''))).to.equal('the signature is of no secret that is known here');
    expect(await why(call(TEXT, foreign))).to.equal(
      'the signature is of no secret that is known here',
    );
    expect(await why(call(`${TEXT} `, signature))).to.equal(
      'the signature is of no secret that is known here',
    );
    expect((await call(TEXT, signature)).isOk()).to.equal(true);
  });

  it('is taken with any of several secrets, so that one can be rolled', async () => {
    const rolled = createStripeWebhooks(fixedSecret([OTHER, WEBHOOK_SECRET]));
    for (const secret of [OTHER, WEBHOOK_SECRET]) {
      const signature = signatureOf(TEXT, { at: NOW, secret });
      const received = await rolled.receive({ body: bytes(TEXT), signature, receivedAt: NOW });
      expect(received.isOk()).to.equal(true);
    }
  });

  it('is taken by a secret that has come since, which is asked for once it is needed', async () => {
    let secrets = [WEBHOOK_SECRET];
    let refreshes = 0;
    const live = createStripeWebhooks({
      ...fixedSecret(secrets),
      current: () => secrets,
      refresh: () => {
        refreshes += 1;
        const isAnother = !secrets.includes(OTHER);
        secrets = [OTHER, WEBHOOK_SECRET];
        return Promise.resolve(isAnother);
      },
    });
    const calls = (secret: string, receivedAt = NOW) =>
      live.receive({
        body: bytes(TEXT),
        signature: signatureOf(TEXT, { at: NOW, secret }),
        receivedAt,
      });

    expect((await calls(WEBHOOK_SECRET)).isOk()).to.equal(true);
    expect((await calls(WEBHOOK_SECRET, NOW + 301_000)).isErr()).to.equal(true);
    expect(refreshes).to.equal(0);
    expect((await calls(OTHER)).isOk()).to.equal(true);
    expect(refreshes).to.equal(1);
    expect((await calls('whsec_test_of_somebody_more')).isErr()).to.equal(true);
    expect(refreshes).to.equal(2);
  });

  it('is taken for five minutes after it was signed, and refused before and later', async () => {
    const signature = signatureOf(TEXT, { at: NOW });

    expect((await call(TEXT, signature, NOW + 300_000)).isOk()).to.equal(true);
    expect((await call(TEXT, signature, NOW + 301_000))._unsafeUnwrapErr().why).to.equal(
      'the signature is too old',
    );
    expect((await call(TEXT, signature, NOW - 300_000)).isOk()).to.equal(true);
    expect((await call(TEXT, signature, NOW - 301_000))._unsafeUnwrapErr().why).to.equal(
      'the signature is of a time to come',
    );
  });

  it('that is signed and no event is refused with a fixed reason', async () => {
    const why = async (text: string) =>
      (await call(text, signatureOf(text, { at: NOW })))._unsafeUnwrapErr().why;

    expect(await why('{')).to.equal('the body is not JSON');
    expect(await why('[]')).to.equal('the event names no type');
  });
});

describe('An event of Stripe', () => {
  const read = (type: string, object: object, more = {}) =>
    readEvent(stripeEvent(type, { ...object }, more));

  it('names the payment that a refund or a dispute belongs to', () => {
    const dispute = { object: 'dispute', id: 'du_1', payment_intent: 'pi_1234567', status: 'lost' };
    const expanded = {
      object: 'refund',
      id: 're_1',
      payment_intent: { id: 'pi_1234567' },
      status: 'pending',
      metadata: { refund_id: 'r-1' },
    };

    expect(read('charge.dispute.closed', dispute)._unsafeUnwrap()).to.have.nested.include({
      'event.payment': 'pi_1234567',
      'event.kind': 'dispute',
      'event.id': 'du_1',
      'event.says': 'lost',
    });
    expect(read('refund.updated', expanded)._unsafeUnwrap()).to.have.nested.include({
      'event.payment': 'pi_1234567',
      'event.id': 're_1',
      'event.refundId': 'r-1',
    });
  });

  it('says what happened to the money of a dispute', () => {
    const dispute = { object: 'dispute', id: 'du_1', payment_intent: 'pi_1', status: 'lost' };
    const funds = (type: string) => read(type, dispute)._unsafeUnwrap();

    expect(funds('charge.dispute.funds_withdrawn')).to.have.nested.include({
      'event.funds': 'withdrawn',
    });
    expect(funds('charge.dispute.funds_reinstated')).to.have.nested.include({
      'event.funds': 'reinstated',
    });
    expect(funds('charge.dispute.closed')).not.to.have.nested.property('event.funds');
  });

  it('of what was charged without a payment of ours is ignored', () => {
    const refund = { object: 'refund', id: 're_1', payment_intent: null, status: 'succeeded' };
    expect(read('refund.created', refund)._unsafeUnwrap().type).to.equal('Ignored');
  });

  it('of a type that says nothing of money is ignored, whatever it holds', () => {
    for (const type of ['customer.created', 'payment_intent.created', 'toString', 'v2.core.x']) {
      const ignored = readEvent({ type, object: 'v2.core.event' });
      expect(ignored._unsafeUnwrap()).to.deep.equal({ type: 'Ignored', eventType: type });
    }
  });

  it('that carries another object than its type says is none', () => {
    for (const type of Object.keys(STRIPE_EVENT_TYPES)) {
      const event = read(type, { object: 'customer', id: 'cus_1' });
      expect(event._unsafeUnwrapErr().type).to.equal('NotAnEvent');
    }
  });

  it('whose ids would lead a request elsewhere is none', () => {
    for (const id of ['pi_1/../../v1/refunds', 'pi_1?expand', '', 'pi', `pi_${'x'.repeat(300)}`]) {
      expect(read('payment_intent.succeeded', { ...PAYMENT, id }).isErr()).to.equal(true);
    }
  });

  it('is read without an exception, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(STRIPE_EVENT_TYPES)),
        fc.anything(),
        fc.anything(),
        (type, object, more) => {
          readEvent({ ...stripeEvent(type, {}), ...Object(more), type, data: { object } });
        },
      ),
    );
  });
});
