import { expect } from 'chai';
import fc from 'fast-check';
import { err, ok } from 'neverthrow';
import type { Delivery } from '../../../src/application/delivery/handler.ts';
import {
  correlationOf,
  decodePaymentMessage,
  unwrap,
} from '../../../src/application/messages/index.ts';
import { ORDER_BODY, snsEnvelope } from '../../support/lambda.ts';

const delivery = (body: string, attributes: Delivery['attributes'] = {}) => ({
  messageId: 'm-1',
  body,
  attributes,
  receiveCount: 1,
  sentAt: 0,
  signal: new AbortController().signal,
});

describe('a delivery that came by SNS', () => {
  it('is what was published, with its attributes, whether wrapped or raw', () => {
    const correlationId = { Type: 'String', Value: 'chain-1' };
    const wrapped = unwrap(
      delivery(snsEnvelope(ORDER_BODY, { MessageAttributes: { correlationId } })),
    )._unsafeUnwrap();
    const raw = unwrap(delivery(ORDER_BODY, { correlationId: 'chain-1' }))._unsafeUnwrap();

    for (const { body, attributes, messageId } of [wrapped, raw]) {
      expect(decodePaymentMessage(body).isOk()).to.equal(true);
      expect(correlationOf({ attributes, messageId })).to.deep.equal({
        correlationId: 'chain-1',
        causationId: 'm-1',
      });
    }
  });

  it('is a command as well as an order', () => {
    const commands = [
      { type: 'CancelOrder', v: 1, orderId: 'o-1', reason: 'changed my mind' },
      { type: 'RefundPayment', v: 1, orderId: 'o-1', refundId: 'r-1', amountMinor: 100 },
      { type: 'ResumeOrder', v: 1, orderId: 'o-1' },
    ];
    for (const command of commands) {
      const opened = unwrap(delivery(snsEnvelope(JSON.stringify(command))));
      const decoded = opened.andThen(({ body }) => decodePaymentMessage(body));
      expect(decoded.map(({ type }) => type)).to.deep.equal(ok(command.type));
    }
  });

  it("believes the queue's own attributes before those inside", () => {
    const correlationId = { Type: 'String', Value: 'inside' };
    const opened = unwrap(
      delivery(snsEnvelope('{}', { MessageAttributes: { correlationId } }), {
        correlationId: 'outside',
      }),
    );
    expect(opened.map(({ attributes }) => attributes)).to.deep.equal(
      ok({ correlationId: 'outside' }),
    );
  });

  it('is malformed where the envelope is not one of a notification (Q11)', () => {
    const envelope = JSON.parse(snsEnvelope('{}')) as Record<string, unknown>;
    for (const wrong of [
      { ...envelope, Type: 'SubscriptionConfirmation' },
      { ...envelope, Type: 7 },
      { ...envelope, TopicArn: 'arn:aws:sqs:eu-central-1:1:topic' },
      { ...envelope, Message: { type: 'PlaceOrder' } },
      { ...envelope, MessageId: undefined },
      { ...envelope, MessageAttributes: { correlationId: 'chain-1' } },
      { ...(JSON.parse(ORDER_BODY) as object), Type: 'Notification' },
    ]) {
      expect(unwrap(delivery(JSON.stringify(wrong))), JSON.stringify(wrong)).to.deep.equal(
        err({
          type: 'MalformedMessage',
          reasons: ['message: has a Type, but is no notification of SNS'],
        }),
      );
    }
  });

  it('is unwrapped once: what is within two envelopes is not taken', () => {
    const opened = unwrap(delivery(snsEnvelope(snsEnvelope(ORDER_BODY))))._unsafeUnwrap();

    expect(decodePaymentMessage(opened.body)._unsafeUnwrapErr().type).to.equal('MalformedMessage');
  });

  it('is not taken for one with a card number because of the ids that SNS gives (S13)', () => {
    const MessageId = '4242-4242-4242-4242';
    const envelope = snsEnvelope(ORDER_BODY, { MessageId });
    const decode = (body: string) =>
      unwrap(delivery(body)).andThen((opened) => decodePaymentMessage(opened.body));

    expect(decode(envelope).isOk()).to.equal(true);
    expect(decode(snsEnvelope('card 4242 4242 4242 4242'))._unsafeUnwrapErr()).to.deep.include({
      reasons: ['message: holds a card number'],
    });
  });

  it('leaves every other delivery as it is, whatever it holds', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        const plain = delivery(body.replaceAll('"Type"', '"type"'));
        expect(unwrap(plain)).to.deep.equal(ok(plain));
      }),
    ));

  it('leaves one that speaks of a "Type" somewhere within', () => {
    for (const body of ['{"a":{"Type":"Notification"}}', '"\\"Type\\""', '["Type"]', '"Type" {']) {
      expect(unwrap(delivery(body))).to.deep.equal(ok(delivery(body)));
    }
  });
});
