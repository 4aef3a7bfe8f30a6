import { arnsOf, keyAliasOf, type PolicyPlace, type PolicyResource } from './place.ts';

/** A row of the table of roles: what is allowed, or denied, on what. */
export type PolicyRow = {
  readonly sid: string;
  readonly effect?: 'Deny';
  readonly actions: readonly string[];
  readonly on: readonly PolicyResource[];
  /** Patterns of the only streams to which it applies. */
  readonly streams?: readonly string[];
};

export type PolicyRole = {
  readonly title: string;
  /** The commands that need it, as they are entered after `paidonce`. */
  readonly commands: readonly string[];
  readonly rows: readonly PolicyRow[];
};

type PolicyCondition = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** A statement in IAM's own form. */
export type PolicyStatement = {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: PolicyCondition;
};

export type PolicyDocument = {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
};

/** A role's policy in a deployment. Rows about what the deployment has not are left out. */
export const policyOf = ({ rows }: PolicyRole, place: PolicyPlace): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: rows.flatMap((row) => {
    const arns = row.on.flatMap((resource) => arnsOf(resource, place));
    const condition = conditionOf(row, place);
    if (arns.length === 0) return [];
    return [
      {
        Sid: row.sid,
        Effect: row.effect ?? 'Allow',
        Action: row.actions,
        Resource: arns,
        ...(condition !== undefined && { Condition: condition }),
      },
    ];
  }),
});

/** The rows that are left out, since the deployment has nothing that they are about. */
export const rowsLeftOut = ({ rows }: PolicyRole, place: PolicyPlace): readonly PolicyRow[] =>
  rows.filter(
    ({ on }) => !isOfSecrets(on) && on.every((resource) => arnsOf(resource, place).length === 0),
  );

/** Secrets are kept by one of two services, or in the environment: nothing is lacking then. */
const isOfSecrets = (on: readonly PolicyResource[]): boolean =>
  on.every((resource) => /(?:Secret|Parameter)$/.test(resource));

const conditionOf = (
  { streams, on }: PolicyRow,
  place: PolicyPlace,
): PolicyCondition | undefined => {
  if (streams !== undefined) {
    return { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': streams } };
  }
  const alias = on.includes('personalDataKey') ? keyAliasOf(place) : undefined;
  return alias === undefined
    ? undefined
    : { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': [alias] } };
};

const COLUMNS = 100;

/** A policy as text, with each list on one line where there is room for it. */
export const policyText = (policy: PolicyDocument): string => textOf(policy, '', 0);

/** `used`: the columns of its first line that are taken by what is around it. */
const textOf = (value: unknown, indent: string, used: number): string => {
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    const isFlat = value.every((item) => typeof item !== 'object');
    if (isFlat && used + line.length <= COLUMNS) return line;
    return block(
      '[]',
      indent,
      value.map((item) => ['', item]),
    );
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value);
  return block(
    '{}',
    indent,
    members.map(([key, item]) => [`${JSON.stringify(key)}: `, item]),
  );
};

const block = (
  [open = '', close = '']: string,
  indent: string,
  items: readonly (readonly [name: string, value: unknown])[],
): string => {
  const within = `${indent}  `;
  const lines = items.map(([name, value], at) => {
    const comma = at < items.length - 1 ? ',' : '';
    const used = within.length + name.length + comma.length;
    return within + name + textOf(value, within, used) + comma;
  });
  return [open, ...lines, indent + close].join('\n');
};
