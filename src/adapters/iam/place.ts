/** The place of a deployment and the names of its resources: all that its policies depend on. */
export type PolicyPlace = {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly queues: {
    readonly payments: string;
    readonly paymentsDeadLetters: string;
    readonly notifications: string;
    readonly notificationsDeadLetters: string;
    /** The queue to which `events replay --to-queue` may send. */
    readonly subscriber?: string;
  };
  readonly tables: { readonly events: string; readonly invoices: string; readonly keys: string };
  readonly logGroup: string;
  /** The topic of order events, if they are published. */
  readonly topic?: string;
  /** The address from which mail is sent, once that is known. */
  readonly mailFrom?: string;
  /** The KMS key of personal data, if there is one: an id, an alias (`alias/…`), or an ARN. */
  readonly personalDataKey?: string;
  /** The ARNs of the secrets that are kept in Secrets Manager or Parameter Store. */
  readonly secrets?: {
    readonly gatewayKey?: string;
    readonly webhookSecrets?: string;
    readonly sealKeys?: string;
    readonly personalDataKeys?: string;
  };
};

export type PolicySecret = keyof NonNullable<PolicyPlace['secrets']>;

const arn = (service: string, { partition, region, account }: PolicyPlace, resource: string) =>
  `arn:${partition}:${service}:${region}:${account}:${resource}`;

const queue =
  (name: keyof PolicyPlace['queues']) =>
  (place: PolicyPlace): readonly string[] => {
    const { [name]: called } = place.queues;
    return called === undefined ? [] : [arn('sqs', place, called)];
  };

const table = (place: PolicyPlace, name: string): readonly string[] => [
  arn('dynamodb', place, `table/${name}`),
];

const isAlias = (key: string): boolean => /(^|:)alias\//.test(key);

/** One KMS key may have several aliases, so that a policy names the alias by a condition. */
export const keyAliasOf = ({ personalDataKey = '' }: PolicyPlace): string | undefined =>
  isAlias(personalDataKey) ? personalDataKey.slice(personalDataKey.indexOf('alias/')) : undefined;

const keyArns = (place: PolicyPlace): readonly string[] => {
  const { personalDataKey: key } = place;
  if (key === undefined) return [];
  if (key.startsWith('arn:')) return [key.replace(/:alias\/.*$/, ':key/*')];
  return [arn('kms', place, isAlias(key) ? 'key/*' : `key/${key}`)];
};

/** The ARN of a secret, if that service keeps it. */
const kept =
  (service: 'secretsmanager' | 'ssm', name: PolicySecret) =>
  ({ secrets }: PolicyPlace): readonly string[] => {
    const found = secrets?.[name];
    return found?.split(':')[2] === service ? [found] : [];
  };

const ARNS_OF = {
  gatewayKeySecret: kept('secretsmanager', 'gatewayKey'),
  gatewayKeyParameter: kept('ssm', 'gatewayKey'),
  webhookSecretsSecret: kept('secretsmanager', 'webhookSecrets'),
  webhookSecretsParameter: kept('ssm', 'webhookSecrets'),
  sealKeysSecret: kept('secretsmanager', 'sealKeys'),
  sealKeysParameter: kept('ssm', 'sealKeys'),
  personalDataKeysSecret: kept('secretsmanager', 'personalDataKeys'),
  personalDataKeysParameter: kept('ssm', 'personalDataKeys'),
  payments: queue('payments'),
  paymentsDeadLetters: queue('paymentsDeadLetters'),
  notifications: queue('notifications'),
  notificationsDeadLetters: queue('notificationsDeadLetters'),
  subscriber: queue('subscriber'),
  events: (place: PolicyPlace) => table(place, place.tables.events),
  /** Backups that DynamoDB itself keeps; those of AWS Backup have other ARNs. */
  eventsBackups: (place: PolicyPlace) => table(place, `${place.tables.events}/backup/*`),
  invoices: (place: PolicyPlace) => table(place, place.tables.invoices),
  /** Includes the tables into which invoices are rebuilt beside the first (ADR 0017). */
  everyInvoices: (place: PolicyPlace) => table(place, `${place.tables.invoices}*`),
  keys: (place: PolicyPlace) => table(place, place.tables.keys),
  personalDataKey: keyArns,
  topic: (place: PolicyPlace) =>
    place.topic === undefined ? [] : [arn('sns', place, place.topic)],
  /** AWS writes the ARN in both ways, depending on the call. */
  logGroup: (place: PolicyPlace) =>
    ['', ':*'].map((end) => arn('logs', place, `log-group:${place.logGroup}${end}`)),
  logStreams: (place: PolicyPlace) => [arn('logs', place, `log-group:${place.logGroup}:*`)],
  /** SES may have verified the address, or its domain. */
  sender: ({ mailFrom, ...place }: PolicyPlace) =>
    mailFrom === undefined
      ? []
      : [mailFrom.slice(mailFrom.lastIndexOf('@') + 1), mailFrom].map((identity) =>
          arn('ses', place, `identity/${identity}`),
        ),
  /** Calls about no resource of which IAM knows. */
  any: () => ['*'],
} as const satisfies Record<string, (place: PolicyPlace) => readonly string[]>;

/** The resource that a statement is about, whatever its name in a deployment. */
export type PolicyResource = keyof typeof ARNS_OF;

/** The ARNs of a resource; none if the deployment has no such thing. */
export const arnsOf = (resource: PolicyResource, place: PolicyPlace): readonly string[] =>
  ARNS_OF[resource](place);

/**
 * The partitions by the beginning of a region's name; a test compares them with what AWS's SDK
 * knows.
 */
const PARTITIONS: readonly (readonly [begins: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['eusc-', 'aws-eusc'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['eu-isoe-', 'aws-iso-e'],
];

export const partitionOf = (region: string): string =>
  PARTITIONS.find(([begins]) => region.startsWith(begins))?.[1] ?? 'aws';
