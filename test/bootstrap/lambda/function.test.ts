import { expect } from 'chai';
import { errAsync, okAsync, ResultAsync } from 'neverthrow';
import type { ReceivedMessage } from '../../../src/application/ports/messageQueue.ts';
import type { ConfigMistake } from '../../../src/bootstrap/config.ts';
import { createReadConfig } from '../../../src/bootstrap/readConfig.ts';
import {
  createFunction,
  type QueueFunction,
  createNotificationsFunction,
  createPaymentsFunction,
} from '../../../src/bootstrap/lambda/functions.ts';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { COMPLETE } from '../completeEnvironment.ts';
import { sqsRecord } from '../../support/lambda.ts';

const context = { getRemainingTimeInMillis: () => 30_000 };
const EVENT = {
  Records: [sqsRecord('a', { messageId: 'm-1' }), sqsRecord('b', { messageId: 'm-2' })],
};

describe('A Lambda function', () => {
  it('reports to Lambda which messages failed, as ReportBatchItemFailures has it', async () => {
    const asked: { bodies: readonly string[]; leftMs: number }[] = [];
    const handle = (messages: readonly ReceivedMessage[], leftMs: number) => {
      asked.push({ bodies: messages.map(({ body }) => body), leftMs });
      return Promise.resolve(['m-2']);
    };
    const invoke = createFunction(() => okAsync({ queueName: 'my-queue', handle }));

    expect(await invoke(EVENT, context)).to.deep.equal({
      batchItemFailures: [{ itemIdentifier: 'm-2' }],
    });
    expect(asked).to.deep.equal([{ bodies: ['a', 'b'], leftMs: 30_000 }]);
  });

  it('is put together once for all invocations of its environment', async () => {
    let times = 0;
    const invoke = createFunction(() => {
      times += 1;
      return okAsync(nothingToDo);
    });
    await invoke({ Records: [] }, context);
    await invoke({ Records: [] }, context);

    expect(times).to.equal(1);
  });

  it('is put together once where two invocations come at once', async () => {
    const made = Promise.withResolvers<QueueFunction>();
    let times = 0;
    const invoke = createFunction(() => {
      times += 1;
      return ResultAsync.fromSafePromise(made.promise);
    });
    const both = [invoke({ Records: [] }, context), invoke({ Records: [] }, context)];
    made.resolve(nothingToDo);
    await Promise.all(both);

    expect(times).to.equal(1);
  });

  it('tries again at the next invocation what could not be put together for two', async () => {
    const mistake: ConfigMistake = { name: 'MAIL_FROM', wrong: 'is missing', remedy: 'Set it.' };
    let times = 0;
    const invoke = createFunction(() => {
      times += 1;
      return times === 1 ? errAsync([mistake]) : okAsync(nothingToDo);
    });
    const both = [invoke({ Records: [] }, context), invoke({ Records: [] }, context)];
    for (const refused of await Promise.all(both.map(rejection))) {
      expect(refused).to.include({ name: 'Configuration' });
    }
    expect(times).to.equal(1);

    await Promise.all([invoke({ Records: [] }, context), invoke({ Records: [] }, context)]);
    expect(times).to.equal(2);
  });

  it('tries again at the next invocation what could not be put together', async () => {
    const mistake: ConfigMistake = { name: 'MAIL_FROM', wrong: 'is missing', remedy: 'Set it.' };
    const tries: ResultAsync<QueueFunction, readonly ConfigMistake[]>[] = [
      errAsync([mistake]),
      okAsync(nothingToDo),
    ];
    const invoke = createFunction(() => tries.shift() ?? errAsync([]));

    const refused = await rejection(invoke({ Records: [] }, context));
    expect(refused).to.include({ name: 'Configuration', message: 'MAIL_FROM is missing. Set it.' });
    expect(await invoke({ Records: [] }, context)).to.deep.equal({ batchItemFailures: [] });
  });

  it('touches nothing of an event that is not of its queue', async () => {
    const invoke = createFunction(() => okAsync({ ...nothingToDo, queueName: 'other-queue' }));

    expect(await rejection(invoke(EVENT, context))).to.include({ name: 'NotFromQueue' });
  });
});

describe('The functions for payments and notifications', () => {
  const records = createMemoryTelemetry();
  const telemetry = () => records;

  it('report every mistake in their configuration at once, and no secret', async () => {
    const env = { AWS_REGION: 'eu-central-1', STRIPE_SECRET_KEY: 'secret-in-the-wrong-form' };
    const [payments, notifications] = await Promise.all(
      [createPaymentsFunction, createNotificationsFunction].map((create) =>
        rejection(create({ config: createReadConfig(env), telemetry })(EVENT, context)),
      ),
    );

    expect(payments?.message.split('\n').map((line) => line.split(' ')[0])).to.have.members([
      'PAYMENTS_QUEUE_URL',
      'PAYMENTS_DLQ_URL',
      'NOTIFICATIONS_QUEUE_URL',
      'EVENTS_TABLE',
      'INVOICES_TABLE',
      'KEYS_TABLE',
      'STRIPE_SECRET_KEY',
      'INTENT_SEAL_KEYS',
      'PERSONAL_DATA_KEY',
    ]);
    expect(payments?.message).not.to.include('secret-in');
    expect(notifications?.message).to.include('MAIL_FROM is missing').and.not.include('STRIPE');
  });

  it('are for their own queues, and need no log group', async () => {
    const { LOG_GROUP: _, ...env } = COMPLETE;
    for (const [create, queue] of [
      [createPaymentsFunction, 'paidonce-payments'],
      [createNotificationsFunction, 'paidonce-notifications'],
    ] as const) {
      const invoke = create({ config: createReadConfig(env), telemetry });

      expect(await invoke({ Records: [] }, context)).to.deep.equal({ batchItemFailures: [] });
      expect((await rejection(invoke(EVENT, context))).message).to.match(
        new RegExp(`not from ${queue}$`),
      );
    }
    expect(records.records().map(({ event }) => event)).to.deep.equal([
      'batch.handled',
      'batch.handled',
    ]);
  });
});

const nothingToDo: QueueFunction = { queueName: 'my-queue', handle: () => Promise.resolve([]) };

const rejection = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => expect.fail('it was not refused'),
    (error: unknown) => error as Error,
  );
