import { expect } from 'chai';
import { ok } from 'neverthrow';
import { fingerprint } from '../../../src/adapters/system/ids.ts';
import { toLine } from '../../../src/adapters/telemetry/line.ts';
import { deadLetterOf } from '../../../src/application/delivery/deadLetterMessage.ts';
import type { Delivery } from '../../../src/application/delivery/handler.ts';
import { readDeadLetter } from '../../../src/application/deadLetters/deadLetter.ts';
import {
  BODY_BYTES_MAX,
  decodeNotificationMessage,
  decodePaymentMessage,
  unwrap,
  whyNotKept,
  WRAPPED_BYTES_MAX,
} from '../../../src/application/messages/index.ts';
import { messageBytes, QUEUE_BYTES_MAX } from '../../../src/application/ports/messageQueue.ts';
import * as CardNumber from '../../../src/domain/cardNumber/index.ts';
import { order, snsEnvelope } from '../../support/lambda.ts';
import { LARGEST_ORDER } from '../../support/longestLife.ts';
import { runsOf, someOf } from '../../support/runs.ts';

const delivery = (body: string): Omit<Delivery, 'deadLetter'> => ({
  messageId: 'm-1',
  body,
  attributes: {},
  receiveCount: 1,
  sentAt: 0,
  signal: new AbortController().signal,
});

const read = (body: string) => {
  const opened = unwrap(delivery(body));
  return [
    opened.andThen((found) => decodePaymentMessage(found.body)),
    opened.andThen((found) => decodeNotificationMessage(found.body)),
  ] as const;
};

describe('the most that a message can weigh', () => {
  const message = JSON.stringify({ type: 'PlaceOrder', v: 1, ...LARGEST_ORDER }, undefined, 4);
  const escaped = message.replaceAll(
    /[^\n -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

  it('leaves room for the largest order, escaped and indented, also through SNS', () => {
    expect(Buffer.byteLength(escaped)).to.be.greaterThan(300_000);
    for (const body of [message, escaped, snsEnvelope(escaped)]) {
      const { orderId } = LARGEST_ORDER;
      const expected = ok({ type: 'PlaceOrder', orderId, order: LARGEST_ORDER });
      expect(read(body)[0]).to.deep.equal(expected);
    }
    expect(WRAPPED_BYTES_MAX).to.be.at.most(QUEUE_BYTES_MAX);
  });

  it('is a bound in bytes: what weighs more is refused by both services, unread', () => {
    for (const [body, bytesMax] of [
      ['ö'.repeat(BODY_BYTES_MAX / 2 + 1), BODY_BYTES_MAX],
      // Padded with blanks it would be a valid order.
      [message.padEnd(BODY_BYTES_MAX + 1), BODY_BYTES_MAX],
      [snsEnvelope(message).padEnd(WRAPPED_BYTES_MAX + 1), WRAPPED_BYTES_MAX],
      ['4242424242424242 '.repeat(61_681), WRAPPED_BYTES_MAX],
    ] as const) {
      for (const result of read(body)) {
        const { reasons } = result._unsafeUnwrapErr();
        expect(reasons).to.deep.equal([
          `message: has more than ${bytesMax} bytes, and was not read`,
        ]);
      }
    }
    const short = JSON.stringify({ type: 'PlaceOrder', v: 1, ...order('o-1') });
    expect(read(short.padEnd(BODY_BYTES_MAX))[0].isOk()).to.equal(true);
    expect(read(short.padEnd(BODY_BYTES_MAX + 1))[0].isOk()).to.equal(false);
  });

  it('gets few reasons, however many things are wrong', () => {
    const keys = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`k${at}`, 1]));
    const lines = Array.from({ length: 100 }, () => ({}));
    for (const body of [{ ...keys }, { orderId: 'o-1', lines }, { lines: [keys] }]) {
      for (const type of ['PlaceOrder', 'CancelOrder', 'RefundPayment', 'OrderReceived']) {
        for (const result of read(JSON.stringify({ type, v: 1, ...body }))) {
          expect(result._unsafeUnwrapErr().reasons.length).to.be.within(1, 101);
        }
      }
    }
  });
});

/** True matches, each repeated: what made earlier releases copy a text for each of them. */
const REPEATED: Readonly<Record<string, string>> = {
  'card numbers': '4242424242424242 ',
  'card numbers in groups': '4242-4242-4242-4242,',
  'single digits of card numbers': '4 2 ',
  'digits without end': '4',
  'digits of another script': '٤',
  'zero-width characters': '4\u200b',
  'mail addresses': 'a@example.com ',
  'one address without end': 'a@',
  tokens: 'pm_1A ',
  'one token without end': 'pm_',
  types: '"Type":',
  stars: '*',
  quotes: '\\"',
  escapes: '\\u0034',
  UUIDs: '44356100-efd3-4165-8587-265946d043ad ',
  dates: '42 2026-01-05 09:12:16 ',
  lists: '[',
  'lists in lists with a number': '[4242424242424242,',
};

const SHAPES: Readonly<Record<string, (text: string) => string>> = {
  'in a text': (text) =>
    JSON.stringify({ type: 'CancelOrder', v: 1, orderId: 'o-1', reason: text }),
  'in a text by way of SNS': (text) => snsEnvelope(JSON.stringify({ note: text })),
  'in many parts': (text) =>
    JSON.stringify(
      Object.fromEntries(text.match(/.{1,20}/gsu)?.map((part, at) => [`${at}${part}`, part]) ?? []),
    ),
  'in many attributes': (text) =>
    snsEnvelope('{}', {
      MessageAttributes: Object.fromEntries(
        text.match(/.{1,20}/gsu)?.map((part, at) => [`a${at}`, { Value: part }]) ?? [],
      ),
    }),
};

/**
 * Everything that a message passes on its way to its order, into the log or to the dead-letter
 * queue.
 */
const PATH: Readonly<Record<string, (body: string) => unknown>> = {
  'unwrap and decode': read,
  holdsCardNumber: CardNumber.holdsCardNumber,
  whyNotKept,
  messageBytes: (body) => messageBytes({ body }),
  fingerprint,
  toLine: (body) =>
    toLine(
      { level: 'error', event: 'e', outcome: 'e', facts: { reason: body } },
      { time: 0, id: 'i', service: 's' },
    ),
  'a dead letter': (body) =>
    deadLetterOf(
      { ...received(body), attributes: { own: body }, traceHeader: body, groupId: body },
      {
        reason: body,
        errorType: 'E',
        orderId: undefined,
        failedAt: 0,
        service: { name: 's', version: '1' },
      },
      { fingerprint },
    ),
  readDeadLetter: (body) => readDeadLetter(received(body), 'payments'),
};

const received = (body: string) => ({ ...delivery(body), receipt: 'r', damaged: false });

/** As much as the queue takes, or a quarter of it. */
const WHOLE_BYTES = runsOf(QUEUE_BYTES_MAX / 4, QUEUE_BYTES_MAX);
/** The whole is four times the quarter: 4 where the work is linear, 16 where it is not. */
const GROWTH_MAX = 10;
/** What takes less shows nothing. */
const NOISE_US = 20_000;

const timeOf = (run: () => unknown): number => {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return user + system;
};

/** Of six runs at most, the one that was disturbed least; usually the first will do. */
const growthOf = (
  run: (body: string) => unknown,
  bodyOf: (bytes: number) => string,
  wholeBytes = WHOLE_BYTES,
): number => {
  const [quarter, whole] = [bodyOf(wholeBytes / 4), bodyOf(wholeBytes)];
  let least = Infinity;
  for (let tries = 0; tries < 6 && least > GROWTH_MAX; tries += 1) {
    const small = Math.max(
      NOISE_US,
      timeOf(() => run(quarter)),
    );
    least = Math.min(least, timeOf(() => run(whole)) / small);
  }
  return least;
};

const repeated = (unit: string, bytes: number): string =>
  unit.repeat(Math.floor(bytes / Buffer.byteLength(unit)));

describe(`a message of ${WHOLE_BYTES / 1_024} KiB takes four times as long as a quarter`, () => {
  for (const [what, unit] of someOf(5, Object.entries(REPEATED))) {
    it(`where it repeats ${what}`, () => {
      for (const [step, run] of Object.entries(PATH)) {
        const growth = growthOf(run, (bytes) => repeated(unit, bytes));
        expect(growth, step).to.be.at.most(GROWTH_MAX);
      }
    });
  }

  for (const [shape, bodyOf] of Object.entries(SHAPES)) {
    it(`where it has them ${shape}`, () => {
      for (const what of someOf(1, ['card numbers', 'lists', 'escapes'])) {
        for (const step of ['a dead letter', 'readDeadLetter']) {
          const growth = growthOf(
            PATH[step] ?? expect.fail(step),
            // Room for what JSON puts around it.
            (bytes) => bodyOf(repeated(REPEATED[what] ?? '', bytes / 2)),
          );
          expect(growth, `${step} of ${what}`).to.be.at.most(GROWTH_MAX);
        }
      }
    });
  }

  it('also where it is just short enough to be read', () => {
    for (const unit of someOf(3, Object.values(REPEATED))) {
      // Within a text some units take twice their room.
      const scale = (BODY_BYTES_MAX / QUEUE_BYTES_MAX) * 0.4;
      const bodyOf = (bytes: number): string =>
        JSON.stringify({
          type: 'CancelOrder',
          v: 1,
          orderId: 'o-1',
          reason: repeated(unit, bytes * scale),
        });
      expect(growthOf(read, bodyOf, QUEUE_BYTES_MAX)).to.be.at.most(GROWTH_MAX);
    }
  });
});
