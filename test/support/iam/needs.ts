import type { PolicyPlace } from '../../../src/adapters/iam/place.ts';
import { keyAliasOf } from '../../../src/adapters/iam/place.ts';

/** A call of AWS, as it is on the wire. */
export type SignedCall = {
  /** As the signature names it: `sqs`, `dynamodb`, … */
  readonly service: string;
  readonly method: string;
  readonly path: string;
  /** Of services that name the operation in a header. */
  readonly target: string;
  readonly body: string;
};

/** What a call has to be allowed, with the condition keys that AWS knows of it. */
export type Need = {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, readonly string[]>>;
};

/*
 * Our reading of the service authorization reference. A test compares actions, resources and
 * condition keys with what AWS publishes; which call asks for which action it says in prose.
 */

/** A call of which nothing is known asks for what no policy allows. */
export const needsOf = (call: SignedCall, place: PolicyPlace): readonly Need[] => {
  const { service } = call;
  const of = NEEDS[service];
  return of === undefined ? [unknown(call)] : of(call, place);
};

type NeedsOfService = (call: SignedCall, place: PolicyPlace) => readonly Need[];

const unknown = ({ service, method, path, target }: SignedCall): Need => ({
  action: `${service}:?`,
  resource: `${method} ${path} ${target}`,
  context: {},
});

const need = (action: string, resource: string, context: Need['context'] = {}): Need => ({
  action,
  resource,
  context,
});

const arn = (service: string, { partition, region, account }: PolicyPlace, rest: string): string =>
  `arn:${partition}:${service}:${region}:${account}:${rest}`;

/** Of SES, whose operations are routes, nothing. */
export const operationOf = ({ service, target, body }: SignedCall): string =>
  service === 'sns'
    ? (new URLSearchParams(body).get('Action') ?? '')
    : (target.split('.').at(-1) ?? '');

type DynamoDbRequest = {
  readonly TableName?: string;
  readonly BackupArn?: string;
  readonly Statement?: string;
  readonly Statements?: readonly PartiQlStatement[];
  readonly TransactStatements?: readonly PartiQlStatement[];
  readonly RequestItems?: Readonly<Record<string, unknown>>;
  readonly TransactItems?: readonly Readonly<Record<string, { readonly TableName: string }>>[];
};
type PartiQlStatement = {
  readonly Statement: string;
  readonly Parameters?: readonly { readonly S?: string }[];
};

const VERBS: Readonly<Record<string, string>> = {
  INSERT: 'PartiQLInsert',
  UPDATE: 'PartiQLUpdate',
  DELETE: 'PartiQLDelete',
  SELECT: 'PartiQLSelect',
};

/** The partition keys of this project's tables. */
const PARTITION_KEYS = new Set(['streamId', 'owner', 'orderId']);

/**
 * Its key: of an INSERT the value of the item's partition key, of any other what is compared with
 * it.
 */
const leadingKeysOf = ({ Statement, Parameters = [] }: PartiQlStatement): readonly string[] => {
  const pairs = [...Statement.matchAll(/['"]?(\w+)['"]?\s*[:=]\s*(\?|'([^']*)')/g)];
  let parameter = 0;
  return pairs.flatMap(([, name = '', written, literal = '']) => {
    const value = written === '?' ? (Parameters[parameter++]?.S ?? '') : literal;
    return PARTITION_KEYS.has(name) ? [value] : [];
  });
};

const ofPartiQl = (statement: PartiQlStatement, place: PolicyPlace): Need => {
  const [, verb = ''] = /^\s*(\w+)/.exec(statement.Statement) ?? [];
  const [, table = '?'] = /(?:INTO|FROM|UPDATE)\s+"?([\w.-]+)"?/i.exec(statement.Statement) ?? [];
  const keys = leadingKeysOf(statement);
  return need(
    `dynamodb:${VERBS[verb.toUpperCase()] ?? '?'}`,
    arn('dynamodb', place, `table/${table}`),
    keys.length === 0 ? {} : { 'dynamodb:LeadingKeys': keys },
  );
};

/** AWS, “PartiQL and IAM”. A batch of items is an action of its own, one of statements is none. */
const dynamoDb: NeedsOfService = (call, place) => {
  const operation = operationOf(call);
  const body = JSON.parse(call.body) as DynamoDbRequest;
  const on = (table: string, action: string): Need =>
    need(`dynamodb:${action}`, arn('dynamodb', place, `table/${table}`));
  switch (operation) {
    case 'ExecuteStatement':
      return [ofPartiQl(body as PartiQlStatement, place)];
    case 'BatchExecuteStatement':
      return (body.Statements ?? []).map((statement) => ofPartiQl(statement, place));
    case 'ExecuteTransaction':
      return (body.TransactStatements ?? []).map((statement) => ofPartiQl(statement, place));
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.keys(body.RequestItems ?? {}).map((table) => on(table, operation));
    case 'TransactWriteItems':
      return (body.TransactItems ?? []).flatMap((item) =>
        Object.entries(item).map(([kind, { TableName }]) =>
          on(TableName, kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`),
        ),
      );
    case 'DeleteBackup':
      return [need('dynamodb:DeleteBackup', body.BackupArn ?? '?')];
    default:
      return [on(body.TableName ?? '?', operation)];
  }
};

/** A batch is allowed by the action of one message. */
const sqs: NeedsOfService = (call, place) => {
  const body = JSON.parse(call.body) as { readonly QueueUrl?: string; readonly QueueName?: string };
  const name = body.QueueName ?? body.QueueUrl?.split('/').at(-1) ?? '?';
  return [need(`sqs:${operationOf(call).replace(/Batch$/, '')}`, arn('sqs', place, name))];
};

/** Which of the two ways to write a log group counts, AWS says differently on two pages: both. */
const logs: NeedsOfService = (call, place) => {
  const operation = operationOf(call);
  const action = `logs:${operation}`;
  const { logGroupName: group, logStreamName: stream } = JSON.parse(call.body) as {
    readonly logGroupName?: string;
    readonly logStreamName?: string;
  };
  if (operation === 'DescribeLogGroups') return [need(action, '*')];
  const named = arn('logs', place, `log-group:${group}`);
  if (stream !== undefined) return [need(action, `${named}:log-stream:${stream}`)];
  return [need(action, named), need(action, `${named}:*`)];
};

/** SNS still speaks in forms. A batch is allowed by the action of one message. */
const sns: NeedsOfService = (call, place) => {
  const form = new URLSearchParams(call.body);
  const action = `sns:${operationOf(call).replace(/Batch$/, '')}`;
  return [need(action, form.get('TopicArn') ?? arn('sns', place, form.get('Name') ?? '?'))];
};

/**
 * Which identity counts depends on which is verified, the address or its domain: both have to be
 * allowed. What a file that is attached asks for besides is not known; AWS's own grants name it.
 */
const ses: NeedsOfService = (call, place) => {
  const { method, path } = call;
  const route = `${method} ${path.replace(/^\/v2\/email\//, '').replace(/\?.*$/, '')}`;
  if (route === 'GET account') return [need('ses:GetAccount', '*')];
  const [, named] = /^GET identities\/([^/]+)$/.exec(route) ?? [];
  const on = (identity: string) => arn('ses', place, `identity/${identity}`);
  if (named !== undefined) return [need('ses:GetEmailIdentity', on(decodeURIComponent(named)))];
  if (route !== 'POST outbound-emails') return [unknown(call)];
  const mail = JSON.parse(call.body) as {
    readonly FromEmailAddress: string;
    readonly Content: {
      readonly Raw?: object;
      readonly Simple?: { readonly Attachments?: object };
    };
  };
  const from = /<(.*)>/.exec(mail.FromEmailAddress)?.[1] ?? mail.FromEmailAddress;
  const identities = [from, from.slice(from.lastIndexOf('@') + 1)].map(on);
  const isRaw = mail.Content.Raw !== undefined || mail.Content.Simple?.Attachments !== undefined;
  return (isRaw ? ['ses:SendEmail', 'ses:SendRawEmail'] : ['ses:SendEmail']).flatMap((action) =>
    identities.map((identity) => need(action, identity)),
  );
};

/** The stand-in has one key, which has the one alias of the deployment. */
const kms: NeedsOfService = (call, place) => {
  const alias = keyAliasOf(place);
  const context = alias === undefined ? {} : { 'kms:ResourceAliases': [alias] };
  return [need(`kms:${operationOf(call)}`, arn('kms', place, 'key/1234abcd'), context)];
};

const NEEDS: Readonly<Record<string, NeedsOfService>> = {
  dynamodb: dynamoDb,
  sqs,
  logs,
  sns,
  ses,
  kms,
};
