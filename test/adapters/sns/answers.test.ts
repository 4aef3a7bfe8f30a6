import { expect } from 'chai';
import { ok } from 'neverthrow';
import { createSnsOrderEvents } from '../../../src/adapters/sns/orderEvents.ts';
import type { OrderEvents } from '../../../src/application/ports/orderEvents.ts';
import { eventOf } from '../../contracts/orderEvents.contract.ts';
import { localSns } from '../../support/orderEvents.ts';
import { startScriptedServer, type SeenRequest } from '../../support/scriptedServer.ts';

type Answer = { readonly status?: number; readonly body: string };

const taken = (at: number): string =>
  `<member><Id>${at}</Id><MessageId>m-${at}</MessageId></member>`;
const refused = (at: number, code: string, isSendersFault: boolean): string =>
  `<member><Id>${at}</Id><Code>${code}</Code><Message>as scripted</Message>` +
  `<SenderFault>${isSendersFault}</SenderFault></member>`;
const published = (successful: readonly string[], failed: readonly string[] = []): Answer => ({
  body:
    '<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>' +
    `<Successful>${successful.join('')}</Successful><Failed>${failed.join('')}</Failed>` +
    '</PublishBatchResult></PublishBatchResponse>',
});
const failure = (code: string, status: number, message = 'as scripted'): Answer => ({
  status,
  body:
    '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>' +
    `<Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

const topicArn = 'arn:aws:sns:us-east-1:111122223333:order-events';
const DONE = { type: 'Done' };

/** Runs against a server that gives these answers in turn, the last one again and again. */
const withAnswers = async (
  answers: readonly Answer[],
  run: (topic: OrderEvents, seen: readonly SeenRequest[]) => Promise<void>,
): Promise<void> => {
  let calls = 0;
  const server = await startScriptedServer((response) => {
    const { status = 200, body } = answers[Math.min(calls, answers.length - 1)] ?? { body: '' };
    calls += 1;
    response.writeHead(status, { 'content-type': 'text/xml' });
    response.end(body);
  });
  const sns = await localSns(server.url);
  try {
    await run(
      createSnsOrderEvents(() => Promise.resolve(sns), { topicArn }),
      server.seen,
    );
  } finally {
    sns.destroy();
    await server.close();
  }
};

const events = (count: number) => Array.from({ length: count }, () => eventOf('{}'));

describe('what SNS answers', () => {
  it('is looked at entry by entry, also where the call as a whole succeeded', () =>
    withAnswers(
      [
        published(
          [taken(2)],
          [
            refused(0, 'InvalidParameter', true),
            refused(1, 'Throttled', false),
            refused(3, 'AuthorizationError', true),
          ],
        ),
      ],
      async (topic) => {
        expect(await topic.publish(events(5))).to.deep.equal(
          ok([
            { type: 'Failed', code: 'InvalidParameter', retryable: false },
            { type: 'Failed', code: 'Throttled', retryable: true, trouble: 'Throttled' },
            DONE,
            {
              type: 'Failed',
              code: 'AuthorizationError',
              retryable: true,
              trouble: 'Misconfigured',
            },
            { type: 'Failed', code: 'NoAnswer', retryable: true },
          ]),
        );
      },
    ));

  it('hurts no other where one event had the whole call refused: each goes by itself', () =>
    withAnswers(
      [
        failure('InvalidParameter', 400, 'Invalid parameter: Message'),
        published([taken(0)]),
        failure('InvalidParameter', 400, 'Invalid parameter: Message'),
        published([taken(0)]),
      ],
      async (topic, seen) => {
        expect(await topic.publish(events(3))).to.deep.equal(
          ok([DONE, { type: 'Failed', code: 'InvalidParameter', retryable: false }, DONE]),
        );
        expect(seen).to.have.length(4);
      },
    ));

  it('is a matter of configuration where the topic is at fault, and of no event', async () => {
    for (const [code, status, message] of [
      ['NotFound', 404, 'Topic does not exist'],
      ['AuthorizationError', 403, 'not authorized'],
      ['InvalidParameter', 400, 'Invalid parameter: TopicArn'],
      ['KMSAccessDenied', 400, 'no key'],
    ] as const) {
      await withAnswers([failure(code, status, message)], async (topic, seen) => {
        const error = (await topic.publish(events(3)))._unsafeUnwrapErr();
        expect(error, code).to.include({ type: 'Misconfigured', dependency: 'OrderEvents' });
        expect(seen).to.have.length(1);
      });
    }
  });

  it('is worth another try where SNS throttles or fails', async () => {
    for (const [code, status, throttled] of [
      ['Throttled', 429, true],
      ['KMSThrottling', 400, true],
      ['InternalError', 500, false],
    ] as const) {
      await withAnswers([failure(code, status)], async (topic) => {
        const error = (await topic.publish(events(2)))._unsafeUnwrapErr();
        expect(error, code).to.include({ type: 'Unavailable', throttled });
      });
    }
  });

  it('is not waited for where nobody answers', async () => {
    const sns = await localSns('http://127.0.0.1:1');
    const topic = createSnsOrderEvents(() => Promise.resolve(sns), { topicArn });
    const answer = await topic.publish(events(1));
    sns.destroy();

    expect(answer._unsafeUnwrapErr()).to.include({ type: 'Unavailable', throttled: false });
    expect(await topic.publish([])).to.deep.equal(ok([]));
  });

  it('is asked for no more than 256 KiB at once', () =>
    withAnswers([published([taken(0), taken(1)])], async (topic, seen) => {
      const large = Array.from({ length: 4 }, () => eventOf('x'.repeat(100_000)));
      expect(await topic.publish(large)).to.deep.equal(ok(large.map(() => DONE)));
      expect(seen).to.have.length(2);
    }));

  it('is asked for by requests of our own signer and handler, ten events in each', () =>
    withAnswers(
      [published(Array.from({ length: 10 }, (_, at) => taken(at))), published([taken(0)])],
      async (topic, seen) => {
        expect(await topic.publish(events(11))).to.deep.equal(
          ok(Array.from({ length: 11 }, () => DONE)),
        );
        expect(seen).to.have.length(2);
        const form = new URLSearchParams(seen[0]?.body ?? '');
        expect(form.get('Action')).to.equal('PublishBatch');
        expect(form.get('TopicArn')).to.equal(topicArn);
        const first = 'PublishBatchRequestEntries.member.1.';
        expect(form.get(`${first}Id`)).to.equal('0');
        // A standard topic takes neither.
        expect(form.get(`${first}MessageDeduplicationId`)).to.equal(null);
        expect(form.get(`${first}MessageAttributes.entry.1.Name`)).to.equal('type');
      },
    ));
});
