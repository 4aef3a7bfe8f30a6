import { expect } from 'chai';
import { fingerprint } from '../../../src/adapters/system/ids.ts';
import { refusalOf } from '../../../src/adapters/sqs/limits.ts';
import {
  deadLetterOf as copyOf,
  type DeadLetterCause,
  receivesInAll,
  redriveMessage,
} from '../../../src/application/delivery/deadLetterMessage.ts';
import {
  messageBytes,
  QUEUE_ATTRIBUTES_MAX,
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
/** Five hundred receipts of four bytes, the error's type, and both names with theirs. */
const REASON_BYTES = messageBytes({
  body: '',
  attributes: { Reason: '🧾'.repeat(500), ErrorType: FAILURE.errorType },
});

const deadLetterOf = (message: ReceivedMessage, failure: DeadLetterCause) =>
  copyOf(message, failure, { fingerprint });
const attributesOf = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`own${at}`, `value ${at}`]));

describe('a message for the dead-letter queue', () => {
  it('keeps its body as it came, the digits of its ids too', () => {
    const body = '{"type":"PlaceOrder","orderId":"4242424242424242","note":"GTIN 4006381333931"}';
    expect(deadLetterOf({ ...MESSAGE, body }, FAILURE).body).to.equal(body);
  });

  it('keeps of a body that held a card number its hash, its size and its order (S13)', () => {
    const note = '4242 4242 4242 4242';
    const json = JSON.stringify({ type: 'CancelOrder', v: 1, orderId: 'o-7', reason: note });
    const escaped = json.replace(note, '\\u0034242 4242 4242 4242');
    const wrapped = JSON.stringify({ Type: 'Notification', Message: escaped });
    const long = json.replace(`"${note}"`, '6205500000000000004');
    for (const body of [
      json,
      escaped,
      wrapped,
      long,
      `no JSON: ${note}`,
      '{"a":"\\u0034242424242424242',
    ]) {
      const copy = deadLetterOf({ ...MESSAGE, body }, { ...FAILURE, orderId: undefined });
      const named = body.includes('o-7') ? { orderId: 'o-7' } : {};
      expect(JSON.parse(copy.body), body).to.deep.equal({
        paidonceRemoved: 'held a card number',
        fingerprint: fingerprint(body),
        bytes: Buffer.byteLength(body),
        ...named,
      });
      expect(copy.attributes?.['OrderId']).to.equal(named.orderId);
    }
  });

  it('masks a card number in its reason and its attributes, but not in those that are ids', () => {
    const card = '4242424242424242';
    const own = {
      note: `card ${card}`,
      data: '{"a":"\\u0034242424242424242"}',
      correlationId: card,
    };
    const reason = `declined ${card}`;
    const { attributes } = deadLetterOf({ ...MESSAGE, attributes: own }, { ...FAILURE, reason });
    expect(attributes).to.include({
      Reason: 'declined ****************',
      OriginalAttributes: JSON.stringify({
        note: 'card ****************',
        data: '[held a card number]',
        correlationId: card,
      }),
    });
  });

  it('has no group and no trace that could not be sent, or have no bounds', () => {
    const odd = { groupId: 'g'.repeat(129), traceHeader: 'x'.repeat(400_000) };
    const copy = deadLetterOf({ ...MESSAGE, ...odd }, FAILURE);
    expect(copy).to.not.have.property('groupId');
    expect(copy.attributes).to.not.have.property('TraceHeader');
    expect(refusalOf(copy)).to.equal(undefined);
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

  it('reports the newest failure of a message that was redriven and failed again', () => {
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
      // Beside its reason, which comes first, all that there is room for.
      expect(body.startsWith(copy.body)).to.equal(true);
      expect(copy.body.length).to.equal(
        room < 5_000 ? QUEUE_BYTES_MAX - REASON_BYTES : body.length,
      );
      expect(copy.attributes?.['Reason']).to.equal('🧾'.repeat(500));
      expect(messageBytes(copy)).to.be.at.most(QUEUE_BYTES_MAX);
      expect(refusalOf(copy)).to.equal(undefined);
    }
    const withControl = deadLetterOf(MESSAGE, { ...FAILURE, reason: 'a\u0000b\uD83D' });
    expect(withControl.attributes?.['Reason']).to.equal('a?b?');
  });
});

describe('a dead letter that is sent again', () => {
  const receivedAgain = (message: ReceivedMessage): ReceivedMessage => ({
    ...MESSAGE,
    ...deadLetterOf(message, FAILURE),
    messageId: 'l-1',
  });

  it('F37: has its body, its group and all its own attributes back, however many they were', () => {
    for (let count = 0; count <= QUEUE_ATTRIBUTES_MAX; count += 1) {
      const own = attributesOf(count);
      const message = { ...MESSAGE, body: `${count}`, groupId: 'c-1', attributes: own };
      const again = redriveMessage(receivedAgain(message));
      expect(refusalOf(again)).to.equal(undefined);
      expect([again.body, again.groupId]).to.deep.equal([`${count}`, 'c-1']);
      expect(again.attributes).to.include(own);
      const more = Object.keys(again.attributes ?? {}).filter((name) => !(name in own));
      const life = ['OriginalMessageId', 'ReceiveCount'].slice(0, QUEUE_ATTRIBUTES_MAX - count);
      expect(more).to.deep.equal(life);
    }
  });

  it('names the message that it first was, however often it is a dead letter', () => {
    let message: ReceivedMessage = { ...MESSAGE, messageId: 'm-first' };
    for (let times = 0; times < 3; times += 1) {
      const deadLetter = deadLetterOf(message, FAILURE);
      expect(deadLetter.attributes?.['OriginalMessageId']).to.equal('m-first');
      const again = redriveMessage({ ...MESSAGE, ...deadLetter, messageId: `l-${times}` });
      message = { ...MESSAGE, ...again, messageId: `again-${times}` };
    }
  });

  it('is known by its own id where somebody wrote another that cannot be one', () => {
    for (const OriginalMessageId of ['', 'x'.repeat(101), 'a\u0000b', '\ud800', 'é']) {
      const message = { ...MESSAGE, messageId: 'm-own', attributes: { OriginalMessageId } };
      expect(deadLetterOf(message, FAILURE).attributes?.['OriginalMessageId']).to.equal('m-own');
    }
  });

  it('goes on counting its receives', () => {
    const again = redriveMessage(receivedAgain(MESSAGE));
    expect(receivesInAll({ ...MESSAGE, ...again, receiveCount: 2 })).to.equal(3 + 2);
  });

  it('is as it was, with its id, where its queue gave it up, or where others imitate ours', () => {
    const first = { OriginalMessageId: MESSAGE.messageId };
    const own = { OriginalAttributes: '{"a":1}', correlationId: 'chain' };
    expect(redriveMessage({ ...MESSAGE, attributes: own })).to.deep.equal({
      body: MESSAGE.body,
      attributes: { ...own, ...first },
    });
    const text = { OriginalAttributes: 'no JSON' };
    expect(redriveMessage({ ...MESSAGE, attributes: text }).attributes).to.deep.equal({
      ...text,
      ...first,
    });
  });
});
