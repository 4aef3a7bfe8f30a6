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
        const unsent = { type: 'Failed', code: 'Misconfigured', retryable: false };
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
    it(`Q18: ${name} is Misconfigured, told from what only time mends`, () =>
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
