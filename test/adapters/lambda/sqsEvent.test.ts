import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { fromSqsEvent, toSqsEvent } from '../../../src/adapters/lambda/sqsEvent.ts';
import type { ReceivedMessage } from '../../../src/application/ports/messageQueue.ts';
import { sqsRecord } from '../../support/lambda.ts';

describe('an event of SQS', () => {
  const read = (event: unknown) => fromSqsEvent(event, 'my-queue');

  it('is read as the messages that the queue would have given', () => {
    const record = sqsRecord('{"a":"ü"}', {
      attributes: {
        ApproximateReceiveCount: '3',
        SentTimestamp: '1545082649183',
        SenderId: 'AIDAIENQZJOLO23YVJ4VO',
        ApproximateFirstReceiveTimestamp: '1545082649185',
        MessageGroupId: 'c-1',
        AWSTraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
      },
      messageAttributes: {
        correlationId: {
          stringValue: 'chain-1',
          stringListValues: [],
          binaryListValues: [],
          dataType: 'String',
        },
        picture: { binaryValue: 'MTEwMA==', dataType: 'Binary' },
      },
      md5OfMessageAttributes: '582c92c5c5b6ac403040a4f3ab3115c9',
    });

    expect(read({ Records: [record] })).to.deep.equal(
      ok([
        {
          messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
          receipt: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...',
          body: '{"a":"ü"}',
          attributes: { correlationId: 'chain-1', picture: 'MTEwMA==' },
          groupId: 'c-1',
          traceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
          senderId: 'AIDAIENQZJOLO23YVJ4VO',
          receiveCount: 3,
          sentAt: 1545082649183,
          damaged: false,
        },
      ]),
    );
  });

  it('reports which message is damaged (Q10)', () => {
    const md5OfBody = 'e4e68fb7bd0e697a0ae8f1bb342846b3';
    const damaged = read({ Records: [sqsRecord('a', { md5OfBody }), sqsRecord('b')] }).map(
      (messages) => messages.map((message) => message.damaged),
    );
    expect(damaged).to.deep.equal(ok([true, false]));
  });

  it("is sound when its checksum is AWS's own", () => {
    const Records = [sqsRecord('Test message.', { md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3' })];

    expect(read({ Records }).map(([message]) => message?.damaged)).to.deep.equal(ok(false));
  });

  it('says who sent a message only where the queue does, never the message itself', () => {
    const senderOf = (SenderId: unknown) => {
      const attributes = { ApproximateReceiveCount: '1', SentTimestamp: '1', SenderId };
      const own = { SenderId: { stringValue: 'AROAFORGED', dataType: 'String' } };
      const record = sqsRecord('a', { attributes, messageAttributes: own });
      return read({ Records: [record] }).map(([message]) => message?.senderId);
    };

    expect(senderOf('AROA1:a')).to.deep.equal(ok('AROA1:a'));
    for (const nobody of [undefined, '', null, 7, ['AROA1'], { toString: () => 'AROA1' }]) {
      expect(senderOf(nobody)).to.deep.equal(ok(undefined));
    }
  });

  it('may be empty', () => expect(read({ Records: [] })).to.deep.equal(ok([])));

  it('is refused when it is anything else', () => {
    for (const event of [
      undefined,
      null,
      'text',
      {},
      { Records: 'all' },
      { Records: [null] },
      { Records: [sqsRecord('a', { eventSource: 'aws:sns' })] },
      { Records: [sqsRecord('a', { messageId: undefined })] },
      { Records: [sqsRecord('a', { attributes: null })] },
      { Records: [sqsRecord('a'), { kinesis: {} }] },
    ]) {
      expect(read(event)._unsafeUnwrapErr(), JSON.stringify(event)).to.include({
        type: 'NotFromQueue',
      });
    }
  });

  it('is refused when it comes from another queue, or from a FIFO queue', () => {
    for (const name of ['other-queue', 'my-queue.fifo']) {
      const eventSourceARN = `arn:aws:sqs:us-east-2:123456789012:${name}`;

      expect(read({ Records: [sqsRecord('a', { eventSourceARN })] })).to.deep.equal(
        err({
          type: 'NotFromQueue',
          why: `a record comes from ${eventSourceARN}, not from my-queue`,
        }),
      );
    }
  });

  it('can be made of received messages, and reads as they were', () => {
    const message: ReceivedMessage = {
      messageId: 'm-1',
      receipt: 'r-1',
      body: 'b',
      attributes: { correlationId: 'chain-1' },
      groupId: 'c-1',
      traceHeader: 'Root=1',
      receiveCount: 2,
      sentAt: 1545082649183,
      damaged: false,
    };
    const messages = [message, { ...message, damaged: true }];
    const event = toSqsEvent(messages, { queueName: 'my-queue', region: 'us-east-2' });

    expect(read(JSON.parse(JSON.stringify(event)))).to.deep.equal(ok(messages));
  });
});
