import {
  createCloudWatchLogsClient,
  createDynamoDbClient,
  createSesClient,
  createSqsClient,
} from '../../adapters/aws/clients.ts';
import { inspectLogGroup } from '../../adapters/cloudwatch/logGroup.ts';
import { describeTables, type TableProblem } from '../../adapters/dynamodb/tables.ts';
import { inspectSender, type SenderProblem } from '../../adapters/ses/sender.ts';
import { checkClock } from '../../application/ports/clock.ts';
import { hasChecksums } from '../../adapters/sqs/checksum.ts';
import { countMessages, inspectQueues } from '../../adapters/sqs/queues.ts';
import { inspectStripe } from '../../adapters/stripe/account.ts';
import { createStripeClient, gatewayMode } from '../../adapters/stripe/client.ts';
import { AWS_SETTINGS, awsSettings, type Config, type SettingName } from '../config.ts';
import { queuePlan } from '../config/queueSettings.ts';
import { createContainer } from '../container.ts';
import { books } from '../modules/application.ts';
import { awsTables } from '../modules/aws.ts';
import { DEPLOYMENT_NEEDS, lookAtDeployment } from './deploymentCheck.ts';
import { fine, note, problem, unreachable, type DoctorFinding } from './finding.ts';
import { lookAtProtocol, PROTOCOL_NEEDS } from './protocolChecks.ts';

/** Looks at one part of the system, with the settings that this part needs. Changes nothing. */
export type DoctorCheck<N extends SettingName = SettingName> = {
  readonly needs: readonly N[];
  readonly look: (config: Config<N>) => Promise<readonly DoctorFinding[]>;
};

const check = <const N extends SettingName>(
  needs: readonly N[],
  look: (config: Config<N>) => Promise<readonly DoctorFinding[]>,
): DoctorCheck<N> => ({ needs, look });

const SETUP = 'Run `paidonce setup`.';

const queues = check(
  [
    ...AWS_SETTINGS,
    'PAYMENTS_QUEUE_URL',
    'PAYMENTS_DLQ_URL',
    'NOTIFICATIONS_QUEUE_URL',
    'NOTIFICATIONS_DLQ_URL',
    'GATEWAY_TIMEOUT_MS',
  ],
  async (config) => {
    const client = createSqsClient(awsSettings(config, 'SQS'));
    const plan = queuePlan({ gatewayTimeoutMs: config.GATEWAY_TIMEOUT_MS });
    const pairs = [
      ['payments queue', config.PAYMENTS_QUEUE_URL, config.PAYMENTS_DLQ_URL],
      ['notifications queue', config.NOTIFICATIONS_QUEUE_URL, config.NOTIFICATIONS_DLQ_URL],
    ] as const;
    const findings = pairs.map(async ([subject, queueUrl, deadLetterUrl]) => {
      const urls = { queueUrl, deadLetterUrl };
      const wrong = await inspectQueues(client, urls, plan);
      const waiting = await countMessages(client, deadLetterUrl);
      if (wrong.isErr()) return [unreachable(subject, wrong.error)];
      const dead = waiting.unwrapOr({ visible: 0, inFlight: 0, delayed: 0 }).visible;
      return [
        ...wrong.value.map(({ queueUrl: url, setting, actual, expected }) => {
          const where = url === queueUrl ? subject : `${subject}’s dead-letter queue`;
          return problem(where, `${setting} is ${actual} instead of ${expected}`, SETUP);
        }),
        ...(wrong.value.length === 0 ? [fine(subject, 'is there, and set as it should be')] : []),
        ...(dead === 0 ? [] : [note(subject, `${dead} messages wait in its dead-letter queue`)]),
      ];
    });
    // What the worker does to every message it receives.
    const unchecked = hasChecksums()
      ? []
      : [note('queues', 'this machine has no MD5, as in FIPS mode: no body is checked by it')];
    return [...(await Promise.all(findings)).flat(), ...unchecked];
  },
);

const TABLES = [...AWS_SETTINGS, 'EVENTS_TABLE', 'INVOICES_TABLE', 'CLOCK_SKEW_MAX_MS'] as const;

const tables = check(TABLES, async (config) => {
  const client = createDynamoDbClient(awsSettings(config, 'DYNAMODB'));
  const home = config.INVOICES_TABLE;
  // Where the log cannot be read, the table of the log is what is wrong, and that is told below.
  const { get } = createContainer(books, awsTables(config));
  const current = await get('invoices').current();
  const { table: invoices } = current.unwrapOr({ table: home });
  const described = await describeTables(client, { events: config.EVENTS_TABLE, invoices });
  if (described.isErr()) return [unreachable('tables', described.error)];
  // By the dates of the answers, as a worker takes it.
  const clock = checkClock(get('clock'));
  return [
    ...(invoices === home ? [] : [note('invoices', `are in ${invoices} since a switch`)]),
    ...described.value.flatMap(({ table, problems, notSupported }) => {
      const subject = `table ${table}`;
      return [
        ...problems.map((found) => {
          const setUp = table === invoices && invoices !== home ? rebuild(table) : SETUP;
          return problem(subject, ...tableRemedy(found, setUp));
        }),
        ...(problems.length === 0 ? [fine(subject, 'is there, with the keys it should have')] : []),
        ...notSupported.map((what) => note(subject, `${what} is not known to this endpoint`)),
      ];
    }),
    ...clock.match(
      () => [],
      ({ cause }) => [
        problem('clock', cause, 'Let it be set by NTP: no worker moves money by such a clock.'),
      ],
    ),
  ];
});

/** A table that somebody has switched to is none that a setup makes. */
const rebuild = (table: string): string => `Run \`paidonce replay invoices --into ${table}\`.`;

const tableRemedy = (
  found: TableProblem,
  setUp: string,
): readonly [what: string, remedy: string] => {
  switch (found.type) {
    case 'Missing':
      return ['is missing', setUp];
    case 'NotActive':
      return [`is ${found.status}`, 'Wait until it is ACTIVE.'];
    case 'WrongKeys':
      return [
        `has the key ${found.actual} instead of ${found.expected}`,
        'It is another system’s table: name a new one and run `paidonce setup`.',
      ];
    case 'DeletionProtectionOff':
      return ['can be deleted by mistake', setUp];
    case 'PointInTimeRecoveryOff':
      return ['cannot be restored to a point in time', setUp];
  }
};

const logs = check([...AWS_SETTINGS, 'LOG_GROUP'], async (config) => {
  const subject = `log group ${config.LOG_GROUP}`;
  const client = createCloudWatchLogsClient(awsSettings(config, 'CLOUDWATCH_LOGS'));
  const group = await inspectLogGroup(client, config.LOG_GROUP);
  if (group.isErr()) return [unreachable(subject, group.error)];
  if (group.value === undefined) return [problem(subject, 'is missing', SETUP)];
  const { retentionDays } = group.value;
  if (retentionDays === undefined) return [problem(subject, 'keeps its records for ever', SETUP)];
  return [fine(subject, `is there, and keeps its records for ${retentionDays} days`)];
});

const gateway = check(
  ['STRIPE_SECRET_KEY', 'STRIPE_API_URL', 'GATEWAY_TIMEOUT_MS'],
  async (config) => {
    const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_URL: apiUrl } = config;
    const timeoutMs = config.GATEWAY_TIMEOUT_MS;
    const stripe = createStripeClient({ secretKey, timeoutMs, ...(apiUrl && { apiUrl }) });
    const seen = await inspectStripe(stripe);
    const mode = gatewayMode(secretKey) === 'live' ? 'a live key' : 'a test key';
    return [
      seen.match(
        () => fine('Stripe', `answers to ${mode}`),
        (error) => unreachable('Stripe', error),
      ),
    ];
  },
);

const refunds = check(['REFUND_SENDER_IDS'], ({ REFUND_SENDER_IDS: ids }) =>
  Promise.resolve([
    ids === undefined
      ? note('refunds', 'are taken from whoever may send: REFUND_SENDER_IDS is not set here')
      : fine('refunds', `and cancellations are taken from ${ids.length} on the list alone`),
  ]),
);

const mail = check([...AWS_SETTINGS, 'MAIL_FROM'], async (config) => {
  const client = createSesClient(awsSettings(config, 'SESV2'));
  const sender = await inspectSender(client, config.MAIL_FROM);
  if (sender.isErr()) return [unreachable('SES', sender.error)];
  if (sender.value.length === 0) return [fine('SES', 'may send from MAIL_FROM to anyone')];
  return sender.value.map(senderFinding);
});

const senderFinding = (found: SenderProblem): DoctorFinding => {
  switch (found) {
    case 'NotSupported':
      return note('SES', 'this endpoint does not tell whether MAIL_FROM is verified');
    case 'SendingDisabled':
      return problem('SES', 'sending is paused for the account', 'Look into the SES console why.');
    case 'Sandbox':
      return problem(
        'SES',
        'the account is in the sandbox and reaches verified addresses only',
        'Ask for production access in the SES console.',
      );
    case 'NotVerified':
      return problem(
        'SES',
        'neither MAIL_FROM nor its domain is verified',
        'Create the identity in the SES console, in this region, and confirm it.',
      );
  }
};

const protocol = check(PROTOCOL_NEEDS, lookAtProtocol);
const deployment = check(DEPLOYMENT_NEEDS, lookAtDeployment);

export const CHECKS = { queues, tables, deployment, protocol, logs, gateway, refunds, mail };
