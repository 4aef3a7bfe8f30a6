import { expect } from 'chai';
import { createAttemptCounts, REMEMBERED_MAX } from '../../../src/application/delivery/settle.ts';
import type { ReceivedMessage } from '../../../src/application/ports/messageQueue.ts';

const received = (
  messageId: string,
  receiveCount: number,
  attributes: ReceivedMessage['attributes'] = {},
): ReceivedMessage => ({
  messageId,
  receipt: 'r',
  body: '',
  attributes,
  receiveCount,
  sentAt: 0,
  damaged: false,
});

describe('the attempt number', () => {
  it('is the receive count less the receives that were no attempts', () => {
    const numbers = createAttemptCounts();
    numbers.discount('m-1');
    numbers.discount('m-1');
    expect(numbers.of(received('m-1', 5))).to.equal(3);
    expect(numbers.of(received('m-2', 5))).to.equal(5);
    expect(numbers.of(received('m-1', 1))).to.equal(1);
    numbers.forget('m-1');
    expect(numbers.of(received('m-1', 5))).to.equal(5);
  });

  it('Q16: goes on from the earlier life of a dead letter that was redriven', () => {
    const numbers = createAttemptCounts();
    const earlier = { OriginalMessageId: 'm-0', ReceiveCount: '7' };
    expect(numbers.of(received('m-1', 2, earlier))).to.equal(9);
  });

  it('is not misled by an attribute that a dead letter would not carry', () => {
    const numbers = createAttemptCounts();
    for (const ReceiveCount of ['-1', '1e9', 'x', '', '9'.repeat(30)]) {
      const attributes = { OriginalMessageId: 'm-0', ReceiveCount };
      expect(numbers.of(received('m-1', 2, attributes))).to.equal(2);
    }
    expect(numbers.of(received('m-1', 2, { ReceiveCount: '7' }))).to.equal(2);
  });

  it('remembers so many messages, those seen last', () => {
    const numbers = createAttemptCounts();
    for (let at = 0; at <= REMEMBERED_MAX; at += 1) {
      numbers.discount(`m-${at}`);
      numbers.discount('m-kept');
    }
    expect(numbers.of(received('m-0', 9))).to.equal(9);
    expect(numbers.of(received(`m-${REMEMBERED_MAX}`, 9))).to.equal(8);
    expect(numbers.of(received('m-kept', REMEMBERED_MAX + 5))).to.equal(4);
  });
});
