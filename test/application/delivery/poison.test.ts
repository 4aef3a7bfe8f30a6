import { expect } from 'chai';
import { refusalOf } from '../../../src/adapters/sqs/limits.ts';
import { deadLetterOf } from '../../../src/application/delivery/poison.ts';
import {
  messageBytes,
  QUEUE_BYTES_MAX,
  type ReceivedMessage,
} from '../../../src/application/ports/messageQueue.ts';

const MESSAGE: ReceivedMessage = {
  messageId: 'm-1',
  receipt: 'r-1',
  body: '{}',
  attributes: {},
  traceHeader: 'Root=1-5e3d83c1-e6a0db584850d61342823d4c',
  receiveCount: 3,
  sentAt: 0,
  damaged: false,
};
const FAILURE = {
  reason: 'MalformedMessage; currency',
  errorType: 'MalformedMessage',
  orderId: 'o-1',
  failedAt: 0,
  service: { name: 'payments', version: '1.2.3' },
};
const attributesOf = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`own${at}`, `value ${at}`]));

describe('a message for the dead-letter queue', () => {
  it('keeps its body, but no card number that stands in it (S13)', () => {
    const body = '{"note":"card 4242 4242 4242 4242, order 1234567890123456"}';
    expect(deadLetterOf({ ...MESSAGE, body }, FAILURE).body).to.equal(
      '{"note":"card *******************, order 1234567890123456"}',
    );
  });

  it('keeps its own attributes where there is room, the trace too', () => {
    const { attributes } = deadLetterOf({ ...MESSAGE, attributes: attributesOf(2) }, FAILURE);
    expect(attributes).to.include({ ...attributesOf(2), TraceHeader: MESSAGE.traceHeader });
    expect(Object.keys(attributes ?? {})).to.have.length(10);
  });

  it('F37: keeps all ten attributes of a message that used them up', () => {
    const copy = deadLetterOf({ ...MESSAGE, attributes: attributesOf(10) }, FAILURE);
    expect(refusalOf(copy)).to.equal(undefined);
    expect(JSON.parse(copy.attributes?.['OriginalAttributes'] ?? '')).to.deep.equal(
      attributesOf(10),
    );
  });

  it('tells the newest failure of a message that was redriven and failed again', () => {
    const first = deadLetterOf(MESSAGE, { ...FAILURE, reason: 'first' });
    const again = deadLetterOf(
      { ...MESSAGE, attributes: first.attributes ?? {} },
      { ...FAILURE, reason: 'again' },
    );
    expect(again.attributes?.['Reason']).to.equal('again');
    expect(again.attributes).not.to.have.property('OriginalAttributes');
  });

  it('Q13: can always be sent: long reasons, foreign characters, no order, a body of 1 MiB', () => {
    const reason = `${'🧾'.repeat(5_000)}\u0000`;
    for (const room of [0, 10, 60, 200, 5_000]) {
      const body = 'x'.repeat(QUEUE_BYTES_MAX - room);
      const copy = deadLetterOf(
        { ...MESSAGE, body, attributes: attributesOf(10) },
        { ...FAILURE, reason, orderId: undefined },
      );
      expect(copy.body).to.equal(body);
      expect(messageBytes(copy)).to.be.at.most(QUEUE_BYTES_MAX);
      expect(refusalOf(copy)).to.equal(undefined);
    }
    const withControl = deadLetterOf(MESSAGE, { ...FAILURE, reason: 'a\u0000b\uD83D' });
    expect(withControl.attributes?.['Reason']).to.equal('a?b?');
  });
});
