import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type Message,
} from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { SandboxCharge } from '../../src/adapters/embedded/stripe/ledger.ts';
import type { FunctionName } from '../../src/bootstrap/lambda/settings.ts';
import { TOP } from '../docs/markdown.ts';
import { jsonLines, type Env } from '../support/cli.ts';
import { order, orderBody, snsEnvelope } from '../support/lambda.ts';
import { mappedEvent, partnerEvent, SCHEDULED_EVENT, urlEvent } from '../support/lambdaEvents.ts';
import { startLambda, type RunningLambda } from '../support/lambdaRuntime.ts';
import { openPeerEnvironment } from '../support/peerEnvironment.ts';
import { peerUrl } from '../support/peerUrl.ts';
import { runProcess } from '../support/process.ts';
import { localSqsClients } from '../support/sqs.ts';
import { stripeEvent, WEBHOOK_SECRET } from '../support/stripeEvents.ts';
import { until } from '../support/until.ts';

const QUEUE_URLS = {
  payments: 'PAYMENTS_QUEUE_URL',
  paymentsDlq: 'PAYMENTS_DLQ_URL',
  notifications: 'NOTIFICATIONS_QUEUE_URL',
} as const;
type Queue = keyof typeof QUEUE_URLS;

/** Long enough that timers fall due and a server could end a connection. */
const FROZEN_MS = 2_000;

/**
 * The test is the mapping, and what freezes an execution environment; everything else is AWS's or
 * another author's.
 */
describe('the bundle under the runtime of AWS Lambda', () => {
  let peers: Awaited<ReturnType<typeof openPeerEnvironment>>;
  let env: Env;
  let bundle: string;
  const running = new Map<FunctionName, RunningLambda>();
  const { client, receiveClient } = localSqsClients(peerUrl('PEER_SQS_URL'));

  before(async () => {
    peers = await openPeerEnvironment();
    bundle = join(peers.folder, 'lambda');
    await promisify(execFile)('npm', ['run', '--silent', 'package:lambda', bundle], { cwd: TOP });
    const prefix = `lambda-${crypto.randomUUID().slice(0, 8)}`;
    const made = await runProcess(['setup', '--prefix', prefix, '--json'], { env: peers.env });
    expect(made.code, made.stderr).to.equal(0);
    const settings = jsonLines(made.stdout).map(({ setting, value }) => [setting, value]);
    env = {
      ...peers.env,
      STRIPE_WEBHOOK_SECRETS: WEBHOOK_SECRET,
      ...(Object.fromEntries(settings) as Env),
    };
  });
  after(async () => {
    for (const [name, lambda] of running) {
      await lambda.stop();
      const { init, invocations } = lambda.timesMs();
      const [times, later] = [init.join(', '), invocations.join(', ')];
      process.stdout.write(`    ${name}: INIT ${times} ms, then ${later} ms\n`);
    }
    client.destroy();
    receiveClient.destroy();
    await peers.close();
  });

  const start = async (name: FunctionName): Promise<RunningLambda> => {
    const lambda = await startLambda(name, bundle, env);
    running.set(name, lambda);
    return lambda;
  };
  const urlOf = (queue: Queue): string => env[QUEUE_URLS[queue]] ?? '';

  const send = (queue: Queue, body: string, attributes: Env = {}) =>
    client.send(
      new SendMessageCommand({
        QueueUrl: urlOf(queue),
        MessageBody: body,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, StringValue]) => [
            name,
            { DataType: 'String', StringValue },
          ]),
        ),
      }),
    );

  /** As a mapping does it: everything of a message is asked for. */
  const receive = async (queue: Queue, count: number): Promise<readonly Message[]> => {
    const held: Message[] = [];
    return until(`${count} messages in ${queue}`, async (see) => {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: urlOf(queue),
          MaxNumberOfMessages: Math.min(10, count - held.length),
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
          VisibilityTimeout: 900,
          WaitTimeSeconds: 1,
        }),
      );
      held.push(...Messages);
      see(held.length);
      return held.length === count ? held : undefined;
    });
  };

  /** One batch, of which everything is deleted that the answer doesn't name. */
  const deliver = async (
    lambda: RunningLambda,
    queue: Queue,
    messages: readonly Message[],
  ): Promise<readonly string[]> => {
    const answer = await lambda.invoke(mappedEvent(messages, urlOf(queue)));
    expect(answer, lambda.printed()).to.have.all.keys('batchItemFailures');
    const { batchItemFailures } = answer as {
      readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
    };
    const failed = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    const Entries = messages
      .filter(({ MessageId = '' }) => !failed.includes(MessageId))
      .map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: urlOf(queue), Entries }));
    return failed;
  };

  const charges = async (): Promise<readonly SandboxCharge[]> => {
    const answer = await fetch(new URL('/sandbox/ledger', peers.stripe));
    return ((await answer.json()) as { readonly charges: readonly SandboxCharge[] }).charges;
  };

  it('pays each order once, names the failed message alone, and puts a poison aside', async () => {
    const payments = await start('payments');
    await send('payments', orderBody('raw'), { correlationId: 'chain-of-raw' });
    const correlationId = { Type: 'String', Value: 'chain-of-sns' };
    const MessageAttributes = { correlationId };
    await send('payments', snsEnvelope(orderBody('wrapped'), { MessageAttributes }));
    await send('payments', 'poison');
    await send('payments', orderBody('damaged'));
    const batch = (await receive('payments', 4)).map((message) =>
      message.Body === orderBody('damaged') ? { ...message, MD5OfBody: 'of another' } : message,
    );
    const damaged = batch.find(({ MD5OfBody }) => MD5OfBody === 'of another');
    expect(await deliver(payments, 'payments', batch)).to.deep.equal([damaged?.MessageId]);

    const paid = await charges();
    expect(paid.map((charge) => charge.order_id)).to.have.members(['raw', 'wrapped']);
    const [aside] = await receive('paymentsDlq', 1);
    expect(aside?.Body).to.equal('poison');
    const chains = payments.records().map((record) => record['correlationId']);
    expect(chains).to.include.members(['chain-of-raw', 'chain-of-sns']);

    // Thawed two seconds later, it goes on with the connections that it has.
    expect(payments.freeze()).to.equal(1);
    await sleep(FROZEN_MS);
    payments.thaw();
    const succeeded = stripeEvent('payment_intent.succeeded', {
      object: 'payment_intent',
      id: paid.find((charge) => charge.order_id === 'raw')?.payment_intent,
      status: 'succeeded',
      metadata: { order_id: 'raw' },
    });
    await send('payments', orderBody('raw'));
    await send('payments', partnerEvent(succeeded));
    await send('payments', partnerEvent(stripeEvent('customer.updated', { object: 'customer' })));
    // What failed shows again, undamaged now.
    expect(await deliver(payments, 'payments', await receive('payments', 4))).to.deep.equal([]);
    const orders = (await charges()).map((charge) => charge.order_id);
    expect(orders).to.have.members(['damaged', 'raw', 'wrapped']);

    const foreign = await payments.invoke(mappedEvent(batch, urlOf('notifications')));
    expect(foreign).to.deep.include({ errorType: 'NotFromQueue' });
    expect(await payments.invoke({ Records: [{ bad: 1 }] })).to.deep.include({
      errorType: 'NotFromQueue',
      errorMessage: 'a record is not one of SQS',
    });
  });

  it('notifies each customer once', async () => {
    const notifications = await start('notifications');
    const { customer } = order('wrapped');
    const received = { type: 'OrderReceived', v: 1, orderId: 'wrapped', customer };
    await send('notifications', snsEnvelope(JSON.stringify(received)));
    // Beside that: one for each order, and again for the one that came again.
    for (const message of await receive('notifications', 5)) {
      expect(await deliver(notifications, 'notifications', [message])).to.deep.equal([]);
    }

    const answer = await fetch(new URL('/moto-api/data.json', peerUrl('PEER_MOTO_URL')));
    const { ses } = (await answer.json()) as {
      readonly ses: { readonly Message: readonly { source: string; subject: string }[] };
    };
    const mails = ses.Message.filter(({ source }) => source === env['MAIL_FROM']);
    const receipts = mails.filter(({ subject }) => subject.includes('receipt'));
    expect([mails.length, receipts.length]).to.deep.equal([4, 3]);
    for (const orderId of ['damaged', 'raw', 'wrapped']) {
      expect(receipts.map(({ subject }) => subject).join('\n')).to.include(`${orderId}:`);
    }
  });

  it('takes the signed calls of a gateway, in base64 too, and refuses others', async () => {
    const webhooks = await start('webhooks');
    const event = JSON.stringify(
      stripeEvent('payment_intent.succeeded', {
        object: 'payment_intent',
        id: 'pi_1234567',
        status: 'succeeded',
        metadata: {},
      }),
    );
    const taken = { statusCode: 200, body: '' };
    expect(await webhooks.invoke(urlEvent(event)), webhooks.printed()).to.deep.equal(taken);
    expect(await webhooks.invoke(urlEvent(event, { base64: true }))).to.deep.equal(taken);
    const refused = await webhooks.invoke(urlEvent(event, { signature: 't=1,v1=0' }));
    expect(refused).to.deep.equal({ statusCode: 400, body: '' });
    expect(await webhooks.invoke(SCHEDULED_EVENT)).to.deep.include({ errorType: 'NotFromHttp' });

    const messages = await receive('payments', 2);
    expect(messages.map(({ Body = '' }) => JSON.parse(Body) as unknown)).to.satisfy(
      (bodies: readonly { type: string }[]) => bodies.every(({ type }) => type === 'GatewayEvent'),
    );
  });

  it('reconciles and audits when a schedule says so', async () => {
    const [reconciler, audit] = [await start('reconciler'), await start('audit')];
    expect(await reconciler.invoke(SCHEDULED_EVENT), reconciler.printed()).to.equal(null);
    expect(reconciler.records().map(({ event }) => event)).to.include('reconcile.round');

    expect(await audit.invoke(SCHEDULED_EVENT), audit.printed()).to.equal(null);
    expect(audit.records().filter(({ level }) => level === 'error')).to.deep.equal([]);
    expect(await reconciler.invoke(SCHEDULED_EVENT), reconciler.printed()).to.equal(null);
    expect(reconciler.records().map(({ event }) => event)).to.include('reconcile.last_audit');
  });
  it('loads without its settings, and says each mistake in them when invoked', async () => {
    const { PAYMENTS_QUEUE_URL: _, ...incomplete } = env;
    const lambda = await startLambda('webhooks', bundle, incomplete);
    const refused = await lambda.invoke(urlEvent('{}'));
    await lambda.stop();
    expect(refused).to.deep.include({ errorType: 'Configuration' });
    expect(refused).to.have.property('errorMessage').that.includes('PAYMENTS_QUEUE_URL is missing');
  });
});
