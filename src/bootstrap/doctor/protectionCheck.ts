import { ResultAsync } from 'neverthrow';
import { encryptionOf } from '../../adapters/dynamodb/tables.ts';
import { protectionOf } from '../../adapters/sqs/queues.ts';
import type { QueueProtection } from '../../adapters/sqs/queueProtection.ts';
import type { Config } from '../config.ts';
import type { Services } from '../tokens.ts';
import { fine, note, problem, type DoctorFinding } from './finding.ts';

export const PROTECTION_USES = {
  services: ['sqs', 'dynamoDb', 'invoices', 'invoicesHome'],
  settings: [
    'PAYMENTS_QUEUE_URL',
    'PAYMENTS_DLQ_URL',
    'NOTIFICATIONS_QUEUE_URL',
    'NOTIFICATIONS_DLQ_URL',
    'EVENTS_TABLE',
    'KEYS_TABLE',
  ],
} as const;

type ProtectionServices = Pick<Services, (typeof PROTECTION_USES.services)[number]> & {
  readonly config: Config<(typeof PROTECTION_USES.settings)[number]>;
};

/**
 * Says who may reach the queues and how, and what encrypts queues and tables. If one of them cannot
 * be asked, another check says so.
 */
export const examineProtection = async ({
  sqs: { client },
  dynamoDb,
  invoices,
  invoicesHome,
  config,
}: ProtectionServices): Promise<readonly DoctorFinding[]> => {
  const queues = [
    ['payments queue', config.PAYMENTS_QUEUE_URL],
    ['payments queue’s dead-letter queue', config.PAYMENTS_DLQ_URL],
    ['notifications queue', config.NOTIFICATIONS_QUEUE_URL],
    ['notifications queue’s dead-letter queue', config.NOTIFICATIONS_DLQ_URL],
  ] as const;
  const asked = await ResultAsync.combine(
    queues.map(([subject, url]) =>
      protectionOf(client, url).map((protection) => ({ subject, protection })),
    ),
  );
  if (asked.isErr()) return [];
  const known = asked.value.flatMap(({ subject, protection }) =>
    protection === undefined ? [] : [{ subject, protection }],
  );
  if (known.length === 0) {
    return [note('queues', 'policies and encryption are not known to this endpoint')];
  }
  const { table } = (await invoices.current()).unwrapOr({ table: invoicesHome });
  const { EVENTS_TABLE: events, KEYS_TABLE: keys } = config;
  const tables = await encryptionOf(dynamoDb, { events, invoices: table, keys });
  const encrypted = [
    ...known.map(({ subject, protection: { key } }) => [keyName(key), subject] as const),
    ...tables
      .unwrapOr([])
      .map(({ table: name, kms }) => [kms ?? OWN_KEYS, `table ${name}`] as const),
  ];
  return [...known.flatMap(queueFindings), encryptionFinding(encrypted)];
};

type KnownQueue = { readonly subject: string; readonly protection: QueueProtection };

const queueFindings = ({ subject, protection }: KnownQueue): readonly DoctorFinding[] => [
  ...(protection.policy === 'tlsOnly'
    ? []
    : [problem(subject, 'takes requests without TLS', TLS_REMEDY[protection.policy])]),
  ...(protection.key === 'none'
    ? [problem(subject, 'keeps its messages unencrypted', ENCRYPT)]
    : []),
  ...(/dead-letter/.test(subject) && !protection.limitsRedrive
    ? [note(subject, 'takes the dead letters of any queue: it has no RedriveAllowPolicy')]
    : []),
];

const TLS_REMEDY = {
  none: 'Run `paidonce setup`.',
  other:
    'Add to its policy a statement that denies everybody sqs:* where aws:SecureTransport is ' +
    'false; a setup leaves a policy that is there as it is.',
} as const;

const ENCRYPT =
  'Set its attribute SqsManagedSseEnabled to true, or KmsMasterKeyId to a key of yours.';

const OWN_KEYS = 'no key of your own';

const keyName = (key: QueueProtection['key']): string => {
  if (key === 'none') return 'nothing';
  return key === 'own' ? OWN_KEYS : key.kms;
};

/** No setting says which key was wanted: it can only be seen that all have one. */
const encryptionFinding = (
  encrypted: readonly (readonly [key: string, subject: string])[],
): DoctorFinding => {
  const byKey = Map.groupBy(encrypted, ([key]) => key);
  const [first = OWN_KEYS] = byKey.keys();
  if (byKey.size <= 1) {
    const what = `of queues and tables is by ${first}`;
    return first === OWN_KEYS ? note('encryption', what) : fine('encryption', what);
  }
  const each = [...byKey].map(
    ([key, all]) => `by ${key}: ${all.map(([, subject]) => subject).join(', ')}`,
  );
  return note('encryption', `is not by one key for all: ${each.join('; ')}`);
};
