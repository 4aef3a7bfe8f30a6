import { inspectLogGroup } from '../../adapters/cloudwatch/logGroup.ts';
import { describeTables, type TableProblem } from '../../adapters/dynamodb/tables.ts';
import { inspectSender, type SenderProblem } from '../../adapters/ses/sender.ts';
import { findTopic } from '../../adapters/sns/topics.ts';
import { checkClock } from '../../application/ports/clock.ts';
import { countMessages, inspectQueues } from '../../adapters/sqs/queues.ts';
import { inspectStripe } from '../../adapters/stripe/account.ts';
import { gatewayMode } from '../../adapters/stripe/rules.ts';
import { SETTING_NAMES, type Environment } from '../config.ts';
import { queuePlan } from '../config/queueSettings.ts';
import { createReadConfig } from '../readConfig.ts';
import { check } from './check.ts';
import { DEPLOYMENT_USES, examineDeployment } from './deploymentCheck.ts';
import { DOCUMENTS_USES, examineDocuments } from './documentsCheck.ts';
import { fine, note, problem, unreachable, type DoctorFinding } from './finding.ts';
import { examineProtection, PROTECTION_USES } from './protectionCheck.ts';
import { examineProtocol, PROTOCOL_USES } from './protocolChecks.ts';
import { surroundingsChecks, type SettingsSource } from './surroundings.ts';

const SETUP = 'Run `paidonce setup`.';

const queues = check(
  {
    services: ['sqs'],
    settings: [
      'PAYMENTS_QUEUE_URL',
      'PAYMENTS_DLQ_URL',
      'NOTIFICATIONS_QUEUE_URL',
      'NOTIFICATIONS_DLQ_URL',
      'GATEWAY_TIMEOUT_MS',
    ],
  },
  async ({ sqs: { client }, config }) => {
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
    return (await Promise.all(findings)).flat();
  },
);

const TABLES = {
  services: ['dynamoDb', 'invoices', 'invoicesHome', 'clock'],
  settings: ['EVENTS_TABLE', 'KEYS_TABLE'],
} as const;

const tables = check(TABLES, async (opened) => {
  const { dynamoDb, invoices: rows, invoicesHome: home } = opened;
  // Where the log cannot be read, the table of the log is what is wrong, and that is a finding
  // below.
  const current = await rows.current();
  const { table: invoices } = current.unwrapOr({ table: home });
  const { EVENTS_TABLE: events, KEYS_TABLE: keys } = opened.config;
  const names = { events, invoices, keys };
  const described = await describeTables(dynamoDb, names);
  if (described.isErr()) return [unreachable('tables', described.error)];
  // The clock is judged by the dates of the answers, as a worker does.
  const clock = checkClock(opened.clock);
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

/** The remedy for a table that somebody has switched to, since no setup makes such a table. */
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
    case 'TimeToLiveOff':
      return ['keeps keys beyond the time that the law wants', setUp];
  }
};

const personalData = check(
  { services: ['personalData'], settings: ['PERSONAL_DATA_KEY'] },
  async ({ personalData: data, config }) => {
    const subject = 'personal data';
    const checked = await data.check();
    if (checked.isErr()) return [unreachable(subject, checked.error)];
    if (checked.value === 'NotMadeYet') return [note(subject, 'has no key before the first order')];
    const works = fine(subject, 'is encrypted by keys that can be read, wrapped and unwrapped');
    if (config.PERSONAL_DATA_KEY.length > 0) return [works];
    return [note(subject, 'is not encrypted, and nobody can be erased: PERSONAL_DATA_KEY is none')];
  },
);

const LOGS = { services: ['cloudWatchLogs'], settings: ['LOG_GROUP'] } as const;

const logs = check(LOGS, async ({ cloudWatchLogs, config }) => {
  const subject = `log group ${config.LOG_GROUP}`;
  const group = await inspectLogGroup(cloudWatchLogs, config.LOG_GROUP);
  if (group.isErr()) return [unreachable(subject, group.error)];
  if (group.value === undefined) return [problem(subject, 'is missing', SETUP)];
  const { retentionDays } = group.value;
  if (retentionDays === undefined) return [problem(subject, 'keeps its records for ever', SETUP)];
  return [fine(subject, `is there, and keeps its records for ${retentionDays} days`)];
});

const gateway = check(
  { services: ['stripe'], settings: ['STRIPE_SECRET_KEY'] },
  async ({ stripe, config }) => {
    const seen = await inspectStripe(stripe);
    const mode = gatewayMode(config.STRIPE_SECRET_KEY) === 'live' ? 'a live key' : 'a test key';
    return [
      seen.match(
        () => fine('Stripe', `answers to ${mode}`),
        (error) => unreachable('Stripe', error),
      ),
    ];
  },
);

const refunds = check({ services: ['refundSenders'] }, ({ refundSenders: ids }) =>
  Promise.resolve([
    ids === 'anyone'
      ? note('refunds', 'are taken from whoever may send: REFUND_SENDER_IDS is not set here')
      : fine('refunds', `and cancellations are taken from ${ids.length} on the list alone`),
  ]),
);

const topic = check(
  { services: ['openSns'], settings: ['ORDER_EVENTS_TOPIC_ARN'] },
  async ({ openSns, config: { ORDER_EVENTS_TOPIC_ARN: arn } }) => {
    const subject = 'order events';
    if (arn === undefined) {
      return [note(subject, 'are not published: ORDER_EVENTS_TOPIC_ARN is not set here')];
    }
    const found = await findTopic(openSns, arn);
    if (found.isErr()) return [unreachable(subject, found.error)];
    if (found.value === undefined) return [problem(subject, 'have no topic there', SETUP)];
    const { subscriptions } = found.value;
    return [
      subscriptions === 0
        ? note(subject, 'are published, and nobody has subscribed to their topic')
        : fine(subject, `are published; subscriptions: ${subscriptions}`),
    ];
  },
);

const mail = check(
  { services: ['openSes'], settings: ['MAIL_FROM'] },
  async ({ openSes, config }) => {
    const sender = await inspectSender(openSes, config.MAIL_FROM);
    if (sender.isErr()) return [unreachable('SES', sender.error)];
    if (sender.value.length === 0) return [fine('SES', 'may send from MAIL_FROM to anyone')];
    return sender.value.map(senderFinding);
  },
);

const senderFinding = (found: SenderProblem): DoctorFinding => {
  switch (found) {
    case 'NotSupported':
      return note('SES', 'this endpoint does not say whether MAIL_FROM is verified');
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

/** The checks, in the order in which their findings are shown. */
const CHECKS = [
  queues,
  tables,
  check(PROTECTION_USES, examineProtection),
  personalData,
  check(DEPLOYMENT_USES, examineDeployment),
  check(PROTOCOL_USES, examineProtocol),
  logs,
  gateway,
  refunds,
  topic,
  mail,
  check(DOCUMENTS_USES, examineDocuments),
] as const;

export const diagnose = async (
  env: Environment,
  source: SettingsSource,
): Promise<readonly DoctorFinding[]> => {
  const read = createReadConfig(env, source);
  const all = await read(SETTING_NAMES);
  const settings = all.match(
    () => [fine('settings', 'are complete')],
    (mistakes) =>
      mistakes.map(({ name, wrong, remedy }) => problem(`setting ${name}`, wrong, remedy)),
  );
  const checks = [...surroundingsChecks(env, source), ...CHECKS];
  const examined = await Promise.all(checks.map((examine) => examine(read)));
  return [...settings, ...examined.flat()];
};
