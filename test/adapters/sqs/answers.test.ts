import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { createSqsMessageQueue } from '../../../src/adapters/sqs/messageQueue.ts';
import type { MessageQueue } from '../../../src/application/ports/messageQueue.ts';
import { startScriptedServer, type SeenRequest } from '../../support/scriptedServer.ts';
import { localSqsClients } from '../../support/sqs.ts';

type Answer = { readonly status?: number; readonly body: object };

const DONE = { type: 'Done' };
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const sent = (at: number, body: string) => ({
  Id: String(at),
  MessageId: `m-${at}`,
  MD5OfMessageBody: md5(body),
});
const failed = (at: number, SenderFault: boolean, Code = 'InternalError') => ({
  Id: String(at),
  SenderFault,
  Code,
});
const failure = (name: string, status: number): Answer => ({
  status,
  body: { __type: `com.amazonaws.sqs#${name}`, message: 'as scripted' },
});

/** Runs against a server that gives these answers in turn, the last one again and again. */
const withAnswers = async (
  answers: readonly Answer[],
  run: (queue: MessageQueue, seen: readonly SeenRequest[]) => Promise<void>,
): Promise<void> => {
  let calls = 0;
  const server = await startScriptedServer((response) => {
    const { status = 200, body } = answers[Math.min(calls, answers.length - 1)] ?? { body: {} };
    calls += 1;
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(body));
  });
  const clients = localSqsClients(server.url);
  try {
    const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/1/payments';
    await run(createSqsMessageQueue(clients, { queueUrl }), server.seen);
  } finally {
    clients.client.destroy();
    clients.receiveClient.destroy();
    await server.close();
  }
};

describe('what SQS answers', () => {
  it('Q7, S18: is looked at entry by entry, also where the call as a whole succeeded', () =>
    withAnswers(
      [
        {
          body: {
            Successful: [{ Id: '2' }],
            Failed: [failed(0, true, 'ReceiptHandleIsInvalid'), failed(1, false)],
          },
        },
      ],
      async (queue) => {
        const expected = ok([
          { type: 'Failed', code: 'ReceiptHandleIsInvalid', retryable: false },
          { type: 'Failed', code: 'InternalError', retryable: true },
          DONE,
          { type: 'Failed', code: 'NoAnswer', retryable: true },
        ]);
        const receipts = ['a', 'b', 'c', 'd'];
        expect(await queue.delete(receipts)).to.deep.equal(expected);
        const entries = receipts.map((receipt) => ({ receipt, visibilityMs: 0 }));
        expect(await queue.changeVisibility(entries)).to.deep.equal(expected);
      },
    ));

  it('Q7, S18: keeps the answers of one batch when the next one fails as a whole', () =>
    withAnswers(
      [
        { body: { Successful: Array.from({ length: 10 }, (_, at) => sent(at, 'x')), Failed: [] } },
        failure('AccessDenied', 403),
      ],
      async (queue) => {
        const messages = Array.from({ length: 12 }, () => ({ body: 'x' }));
        const unsent = {
          type: 'Failed',
          code: 'Misconfigured',
          retryable: false,
          trouble: 'Misconfigured',
        };
        expect(await queue.send(messages)).to.deep.equal(
          ok([...Array.from({ length: 10 }, () => DONE), unsent, unsent]),
        );
      },
    ));

  it('Q9: with a wrong checksum for what was sent makes it be sent again', () =>
    withAnswers(
      [{ body: { Successful: [sent(0, 'other')] } }, { body: { Successful: [sent(0, 'x')] } }],
      async (queue, seen) => {
        expect(await queue.send([{ body: 'x' }])).to.deep.equal(ok([DONE]));
        expect(seen).to.have.length(2);
      },
    ));

  it('Q9: with wrong checksums only is Unavailable, since nobody knows what SQS holds', () =>
    withAnswers([{ body: { Successful: [sent(0, 'other')] } }], async (queue, seen) => {
      const result = await queue.send([{ body: 'x' }]);
      expect(result.isErr() && result.error.type).to.equal('Unavailable');
      expect(seen).to.have.length(2);
    }));

  it('Q10: marks the one damaged message of a batch, and gives the nine others', () => {
    const Messages = Array.from({ length: 10 }, (_, at) => ({
      MessageId: `m-${at}`,
      ReceiptHandle: `r-${at}`,
      Body: `body ${at}`,
      MD5OfBody: md5(at === 3 ? 'what was sent' : `body ${at}`),
      Attributes: { ApproximateReceiveCount: '2', SentTimestamp: '7', AWSTraceHeader: 'Root=1' },
    }));
    return withAnswers([{ body: { Messages } }], async (queue) => {
      const received = await queue.receive({ max: 10, waitMs: 0, visibilityMs: 1_000 });
      expect(received.map((all) => all.map(({ damaged }) => damaged))).to.deep.equal(
        ok(Array.from({ length: 10 }, (_, at) => at === 3)),
      );
      const [first] = received.unwrapOr([]);
      expect(first).to.include({ receiveCount: 2, sentAt: 7, traceHeader: 'Root=1' });
    });
  });

  it('A4: counts at most the one message as damaged that cannot be read', () => {
    const sound = { MessageId: 'm', ReceiptHandle: 'r', Body: 'x', MD5OfBody: md5('x') };
    const odd: readonly (readonly [odd: object, receipt: string])[] = [
      [{ ReceiptHandle: 'r-1', MessageAttributes: { a: null } }, 'r-1'],
      [{ ReceiptHandle: 'r-2', Attributes: null, MessageAttributes: 7, Body: 7 }, 'r-2'],
      [{ Body: 'x' }, ''],
      [{ ...sound, MD5OfBody: undefined }, 'r'],
    ];
    return withAnswers(
      [{ body: { Messages: [...odd.map(([message]) => message), sound] } }],
      async (queue) => {
        const received = await queue.receive({ max: 10, waitMs: 0, visibilityMs: 1_000 });
        const messages = received._unsafeUnwrap();
        expect(messages.map(({ receipt, damaged }) => [receipt, damaged])).to.deep.equal([
          ...odd.map(([, receipt]) => [receipt, true]),
          ['r', false],
        ]);
      },
    );
  });

  it('A4: takes counts and times that are none for the least there can be', () =>
    withAnswers(
      [
        {
          body: {
            Messages: ['x', '-3', '1e999'].map((odd) => ({
              MessageId: 'm',
              ReceiptHandle: 'r',
              Body: 'x',
              MD5OfBody: md5('x'),
              Attributes: { ApproximateReceiveCount: odd, SentTimestamp: odd },
            })),
          },
        },
      ],
      async (queue) => {
        const received = await queue.receive({ max: 10, waitMs: 0, visibilityMs: 1_000 });
        for (const message of received._unsafeUnwrap()) {
          expect(message).to.include({ receiveCount: 1, sentAt: 0, damaged: false });
        }
      },
    ));

  for (const [what, body] of [
    ['a list that is none', { Messages: 7, Successful: 7, Failed: 7 }],
    ['entries that are none', { Messages: [], Successful: [null, 7], Failed: [null] }],
  ] as const) {
    it(`A4: never throws over ${what}`, () =>
      withAnswers([{ body }], async (queue) => {
        for (const answer of [
          await queue.receive({ max: 1, waitMs: 0, visibilityMs: 1_000 }),
          await queue.delete(['a']),
          await queue.changeVisibility([{ receipt: 'a', visibilityMs: 0 }]),
          await queue.send([{ body: 'x' }]),
        ]) {
          if (answer.isErr()) expect(answer.error.type).to.equal('Unavailable');
        }
      }));
  }

  it('A2: is about one entry where it is refused for what it is, and the others are sent', () =>
    withAnswers(
      [
        failure('InvalidMessageContents', 400),
        failure('InvalidMessageContents', 400),
        { body: { Successful: [sent(0, 'y')] } },
      ],
      async (queue, seen) => {
        expect(await queue.send([{ body: 'x' }, { body: 'y' }])).to.deep.equal(
          ok([{ type: 'Failed', code: 'InvalidMessageContents', retryable: false }, DONE]),
        );
        expect(seen).to.have.length(3);
      },
    ));

  it('A2: is about the queue where any other entry would be refused alike', () =>
    withAnswers(
      [{ body: { Failed: [failed(0, true, 'KmsAccessDenied'), failed(1, true, 'OverLimit')] } }],
      async (queue) => {
        expect(await queue.delete(['a', 'b'])).to.deep.equal(
          ok([
            { type: 'Failed', code: 'KmsAccessDenied', retryable: true, trouble: 'Misconfigured' },
            { type: 'Failed', code: 'OverLimit', retryable: true, trouble: 'Throttled' },
          ]),
        );
      },
    ));

  it('asks for whole seconds, rounded up, and for all that the port promises', () =>
    withAnswers([{ body: {} }], async (queue, seen) => {
      await queue.receive({ max: 3, waitMs: 4_001, visibilityMs: 59_001 });
      expect(JSON.parse(seen[0]?.body ?? '')).to.deep.include({
        MaxNumberOfMessages: 3,
        WaitTimeSeconds: 5,
        VisibilityTimeout: 60,
        MessageAttributeNames: ['All'],
      });
      expect(seen[0]?.headers.host).to.contain('127.0.0.1');
    }));

  for (const [name, status] of [
    ['QueueDoesNotExist', 400],
    ['AccessDenied', 403],
    ['AccessDeniedException', 400],
    ['KmsAccessDenied', 400],
    ['KmsDisabled', 400],
    ['InvalidClientTokenId', 403],
    ['SignatureDoesNotMatch', 403],
  ] as const) {
    it(`Q18: ${name} is Misconfigured, distinguished from what only time fixes`, () =>
      withAnswers([failure(name, status)], async (queue) => {
        const result = await queue.receive({ max: 1, waitMs: 0, visibilityMs: 1_000 });
        expect(result).to.deep.equal(
          err({ type: 'Misconfigured', dependency: 'MessageQueue', cause: `${name}: as scripted` }),
        );
      }));
  }

  for (const [name, status, throttled] of [
    ['OverLimit', 403, true],
    ['KmsThrottled', 400, true],
    ['InternalError', 500, false],
    ['ServiceUnavailable', 503, false],
  ] as const) {
    it(`Q14: ${name} is Unavailable, throttled: ${throttled}`, () =>
      withAnswers([failure(name, status)], async (queue) => {
        const result = await queue.receive({ max: 1, waitMs: 0, visibilityMs: 1_000 });
        expect(result.isErr() && result.error).to.include({ type: 'Unavailable', throttled });
      }));
  }

  it('is Unavailable where nobody listens', async () => {
    const clients = localSqsClients('http://127.0.0.1:1');
    const queue = createSqsMessageQueue(clients, { queueUrl: 'http://127.0.0.1:1/0/x' });
    const result = await queue.delete(['x']);
    expect(result.isErr() && result.error).to.include({ type: 'Unavailable', throttled: false });
  });
});
