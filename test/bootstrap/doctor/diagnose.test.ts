import { GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { createSqsClient, createSqsReceiveClient } from '../../../src/adapters/aws/clients.ts';
import { ensureTopic } from '../../../src/adapters/sns/topics.ts';
import { createSqsMessageQueue } from '../../../src/adapters/sqs/messageQueue.ts';
import { awsSettings, parseConfig, SETTING_NAMES } from '../../../src/bootstrap/config.ts';
import { queuePlan } from '../../../src/bootstrap/config/queueSettings.ts';
import { createRecordSettings } from '../../../src/application/registry/usedSettings.ts';
import { protocolSettings } from '../../../src/bootstrap/config/paymentRules.ts';
import { switchTable } from '../../../src/application/readModel/switchTable.ts';
import { loadSwitch } from '../../../src/application/readModel/switchTable.ts';
import { createContainer } from '../../../src/bootstrap/container.ts';
import { application } from '../../../src/bootstrap/modules/application.ts';
import { aws } from '../../../src/bootstrap/modules/aws.ts';
import { diagnose } from '../../../src/bootstrap/doctor/checks.ts';
import { unreachable, type DoctorFinding } from '../../../src/bootstrap/doctor/finding.ts';
import { openEmbedded, type EmbeddedStack } from '../../../src/bootstrap/embedded.ts';
import { localSns, subscribe } from '../../support/orderEvents.ts';
import { createQueue, localSqsClients } from '../../support/sqs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';

describe('The doctor', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;

  before(async () => {
    folder = await makeTemporaryFolder();
    embedded = (await openEmbedded({ PAIDONCE_DATA_DIR: folder.path }))._unsafeUnwrap();
  });

  after(async () => {
    await embedded.close();
    await folder.remove();
  });

  /** The embedded servers with something set otherwise. */
  const problemsWith = async (
    settings: Readonly<Record<string, string>>,
  ): Promise<readonly (readonly [subject: string, remedy: string])[]> => {
    const wrong = { ...embedded, settings: { ...embedded.settings, ...settings } };
    return problemsIn(await diagnose({}, { embedded: wrong }));
  };

  it('meets queues that keep messages for 14 days and give up in the end', async () => {
    const config = parseConfig({}, { needs: SETTING_NAMES, embedded })._unsafeUnwrap();
    const client = createSqsClient(awsSettings(config, 'SQS'));
    const attributesOf = async (QueueUrl: string) => {
      const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
      return (await client.send(asked)).Attributes ?? {};
    };
    for (const [url, dlqUrl] of [
      [config.PAYMENTS_QUEUE_URL, config.PAYMENTS_DLQ_URL],
      [config.NOTIFICATIONS_QUEUE_URL, config.NOTIFICATIONS_DLQ_URL],
    ] as const) {
      const [queue, deadLetter] = [await attributesOf(url), await attributesOf(dlqUrl)];

      expect(queue).to.include({ MessageRetentionPeriod: '1209600', VisibilityTimeout: '900' });
      expect(deadLetter).to.include({ MessageRetentionPeriod: '1209600' });
      expect(JSON.parse(queue['RedrivePolicy'] ?? '')).to.deep.include({
        deadLetterTargetArn: deadLetter['QueueArn'],
        maxReceiveCount: 150,
      });
    }
    client.destroy();
  });

  it('finds nothing wrong with what a setup has made', async () => {
    const findings = await diagnose({}, { embedded });

    expect(problemsIn(findings)).to.deep.equal([]);
    expect(findings.filter(({ status }) => status === 'ok')).to.have.length(11);
  });

  it('reports whether others hear of orders, and finds a topic that is not there', async () => {
    const arn = 'arn:aws:sns:us-east-1:000000000000:order-events';
    const looked = async () => {
      const settings = { ...embedded.settings, ORDER_EVENTS_TOPIC_ARN: arn };
      const findings = await diagnose({}, { embedded: { ...embedded, settings } });
      return findings
        .filter(({ subject }) => subject === 'order events')
        .map(({ status, what }) => `${status} ${what}`);
    };
    const without = await diagnose({}, { embedded });
    expect(without.find(({ subject }) => subject === 'order events')).to.include({
      status: 'note',
      what: 'are not published: ORDER_EVENTS_TOPIC_ARN is not set here',
    });

    expect(await looked()).to.deep.equal(['problem have no topic there']);
    const [sns, sqs] = [
      await localSns(embedded.addresses.sqs),
      localSqsClients(embedded.addresses.sqs),
    ];
    await ensureTopic(() => Promise.resolve(sns), arn);
    expect(await looked()).to.deep.equal([
      'note are published, and nobody has subscribed to their topic',
    ]);
    await subscribe(sns, arn, (await createQueue(sqs)).arn);
    expect(await looked()).to.deep.equal(['ok are published; subscriptions: 1']);
    sns.destroy();
    sqs.client.destroy();
    sqs.receiveClient.destroy();
  });

  it('reports whether anyone who may send may refund, and finds a list that is none', async () => {
    const refunds = async (ids: Readonly<Record<string, string>>) =>
      (await diagnose(ids, { embedded }))
        .filter(({ subject }) => /^refunds|REFUND/.test(subject))
        .map(({ status, subject, what }) => `${status} ${subject} ${what}`);

    expect(await refunds({})).to.deep.equal([
      'note refunds are taken from whoever may send: REFUND_SENDER_IDS is not set here',
    ]);
    expect(await refunds({ REFUND_SENDER_IDS: 'AROAEXAMPLEEXAMPLE012' })).to.deep.equal([
      'ok refunds and cancellations are taken from 1 on the list alone',
    ]);
    const [wrong, ...more] = await refunds({ REFUND_SENDER_IDS: '' });
    expect(wrong).to.match(/^problem setting REFUND_SENDER_IDS is not a list/);
    expect(more).to.deep.equal([]);
  });

  it('finds a table and a log group that are missing, and another system’s table', async () => {
    const { EVENTS_TABLE = '' } = embedded.settings;
    expect(await problemsWith({ EVENTS_TABLE: 'nowhere', LOG_GROUP: '/nowhere' })).to.deep.equal([
      ['table nowhere', 'Run `paidonce setup`.'],
      ['log group /nowhere', 'Run `paidonce setup`.'],
    ]);
    const [[subject, remedy] = ['', '']] = await problemsWith({ INVOICES_TABLE: EVENTS_TABLE });
    expect(subject).to.equal(`table ${EVENTS_TABLE}`);
    expect(remedy).to.include('another system’s table');
  });

  it('looks at the table that the invoices were switched to, and says how it is made', async () => {
    const config = parseConfig({}, { needs: SETTING_NAMES, embedded })._unsafeUnwrap();
    const { get } = createContainer(application, aws({ service: 'test' }), config);
    const held = (await loadSwitch(get('store')))._unsafeUnwrap();
    const from = config.INVOICES_TABLE;
    const to = { table: 'elsewhere', from, by: 'ada', because: 'a test', at: 1 };
    const made = (await switchTable({ store: get('store'), ids: get('ids') }, held, to)).isOk();
    expect(made).to.equal(true);
    const findings = await diagnose({}, { embedded });
    expect(findings).to.deep.include({
      status: 'note',
      subject: 'invoices',
      what: 'are in elsewhere since a switch',
    });
    expect(problemsIn(findings)).to.deep.equal([
      ['table elsewhere', 'Run `paidonce replay invoices --into elsewhere`.'],
    ]);
    const again = (await loadSwitch(get('store')))._unsafeUnwrap();
    const back = { ...to, table: from, from: 'elsewhere' };
    await switchTable({ store: get('store'), ids: get('ids') }, again, back);
    expect(problemsIn(await diagnose({}, { embedded }))).to.deep.equal([]);
  });

  it('shows the deployment’s id, account and mode, and finds another account’s key', async () => {
    const config = parseConfig({}, { needs: SETTING_NAMES, embedded })._unsafeUnwrap();
    const { get } = createContainer(application, aws({ service: 'test' }), config);
    const of = (findings: readonly DoctorFinding[]) =>
      findings
        .filter(({ subject }) => /^(deployment|gateway)/.test(subject))
        .map(({ status, subject, what }) => `${status} ${subject} ${what}`);
    const before = of(await diagnose({}, { embedded }));
    expect(before).to.have.length(2);
    expect(before[0]).to.match(/^note deployment has the id [0-9a-z]{10}$/);
    expect(before[1]).to.match(/^note gateway account is none yet/);

    const bound = await get('bindAccount')({ by: 'ada', reason: 'a test' });
    const account = bound._unsafeUnwrap().account.replace(':test', '');
    const findings = await diagnose({}, { embedded });
    expect(of(findings)).to.deep.equal([
      before[0],
      `note gateway account is ${account}, on which money is moved`,
      'note gateway mode is test',
    ]);
    expect(problemsIn(findings)).to.deep.equal([]);
    const [other] = await problemsWith({ STRIPE_SECRET_KEY: 'sk_test_another' });
    expect(other?.[0]).to.equal('setting STRIPE_SECRET_KEY');
    expect(other?.[1]).to.include('paidonce gateway-account bind');
  });

  it('finds each protocol setting that differs from a worker’s start (B9)', async () => {
    const config = parseConfig({}, { needs: SETTING_NAMES, embedded })._unsafeUnwrap();
    const { get } = createContainer(application, aws({ service: 'test' }), config);
    const [store, ids, clock] = [get('store'), get('ids'), get('clock')];
    const used = { ...protocolSettings(config), GATEWAY_RESEND_HORIZON_MS: '60000' };
    const record = createRecordSettings({ store, ids, clock, protocolSettings: used });
    expect((await record()).isOk()).to.equal(true);

    const findings = await diagnose({}, { embedded });
    expect(problemsIn(findings)).to.deep.equal([
      [
        'setting GATEWAY_RESEND_HORIZON_MS',
        'Give every worker the same, and restart those that have another.',
      ],
    ]);
    expect(findings.find(({ status }) => status === 'problem')?.what).to.match(
      /^is 1800000 here, and 60000 where a worker began at 20/,
    );
    const same = createRecordSettings({
      store,
      ids,
      clock,
      protocolSettings: protocolSettings(config),
    });
    expect((await same()).isOk()).to.equal(true);
    expect(problemsIn(await diagnose({}, { embedded }))).to.deep.equal([]);
  });

  it('finds a queue that is missing', async () => {
    const { PAYMENTS_QUEUE_URL = '' } = embedded.settings;
    const [[subject, remedy] = ['', ''], ...others] = await problemsWith({
      PAYMENTS_QUEUE_URL: `${PAYMENTS_QUEUE_URL}-2`,
    });
    expect(others).to.deep.equal([]);
    expect(subject).to.equal('payments queue');
    expect(remedy).to.include('Run `paidonce setup`');
  });

  it('finds services that cannot be reached', async () => {
    const nobody = 'http://127.0.0.1:1';
    const problems = await problemsWith({
      AWS_ENDPOINT_URL_DYNAMODB: nobody,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: nobody,
      AWS_ENDPOINT_URL_SESV2: nobody,
      STRIPE_API_URL: nobody,
    });
    expect(problems.map(([subject]) => subject)).to.deep.equal([
      'tables',
      'personal data',
      `log group ${embedded.settings.LOG_GROUP}`,
      'Stripe',
      'SES',
    ]);
    for (const [, remedy] of problems) expect(remedy).to.include('is right and answers');
  });

  it('reports each setting that is missing or wrong, and still looks at the rest', async () => {
    const problems = await problemsWith({ MAIL_FROM: 'nobody', LOG_GROUP: '/nowhere' });
    expect(problems.map(([subject]) => subject)).to.deep.equal([
      'setting MAIL_FROM',
      'log group /nowhere',
    ]);
  });

  it('finds a queue that is set otherwise, and messages that nobody could handle', async () => {
    const config = parseConfig({}, { needs: SETTING_NAMES, embedded })._unsafeUnwrap();
    const settings = awsSettings(config, 'SQS');
    const client = createSqsClient(settings);
    const QueueUrl = config.NOTIFICATIONS_QUEUE_URL;
    const Attributes = { MessageRetentionPeriod: '60' };
    await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    const clients = { client, receiveClient: createSqsReceiveClient(settings) };
    const dlq = createSqsMessageQueue(clients, { queueUrl: config.PAYMENTS_DLQ_URL });
    await dlq.send([{ body: 'poison' }]);
    const findings = await diagnose({}, { embedded });

    expect(problemsIn(findings)).to.deep.equal([['notifications queue', 'Run `paidonce setup`.']]);
    expect(findings).to.deep.include({
      status: 'note',
      subject: 'payments queue',
      what: '1 messages wait in its dead-letter queue',
    });
  });

  it('finds a queue that hides messages for less time than a handler may take', async () => {
    const config = parseConfig({}, { needs: SETTING_NAMES, embedded })._unsafeUnwrap();
    const client = createSqsClient(awsSettings(config, 'SQS'));
    const { GATEWAY_TIMEOUT_MS: gatewayTimeoutMs, PAYMENTS_QUEUE_URL: QueueUrl } = config;
    const { visibilityMs } = queuePlan({ gatewayTimeoutMs });
    const found = async (seconds: number) => {
      const Attributes = { VisibilityTimeout: String(seconds) };
      await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
      const findings = await diagnose({}, { embedded });
      return findings.some(({ what }) => what.startsWith(`VisibilityTimeout is ${seconds}`));
    };
    const needed = visibilityMs / 1_000;

    expect(await found(needed - 1)).to.equal(true);
    expect(await found(needed)).to.equal(false);
    // As Lambda may need it.
    expect(await found(6 * needed)).to.equal(false);
    client.destroy();
  });

  const CAUSES: readonly (readonly [cause: string, remedy: RegExp])[] = [
    ['CredentialsProviderError: Could not load credentials from any providers', /AWS_PROFILE/],
    ['ExpiredTokenException: The security token is expired', /renew them/],
    ['AccessDeniedException: not authorized to perform', /docs\/aws\.md/],
    ['StripeAuthenticationError', /STRIPE_SECRET_KEY/],
    ['something nobody has seen', /what the service itself says/],
  ];
  for (const [cause, remedy] of CAUSES) {
    it(`knows what to do about ${cause.replace(/:.*/, '')}`, () => {
      const error = { type: 'Misconfigured', dependency: 'MessageQueue', cause } as const;
      const finding = unreachable('queue', error);
      expect(finding.status === 'problem' && finding.remedy).to.match(remedy);
    });
  }
});

const problemsIn = (findings: readonly DoctorFinding[]) =>
  findings.flatMap((finding) =>
    finding.status === 'problem' ? [[finding.subject, finding.remedy] as const] : [],
  );
