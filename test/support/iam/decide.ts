import type { PolicyStatement } from '../../../src/adapters/iam/policy.ts';
import type { Need } from './needs.ts';

/** What IAM says: an explicit deny wins over every allow, and nothing is allowed by itself. */
export type IamVerdict = {
  readonly verdict: 'allowed' | 'denied' | 'not allowed';
  /** The grants that allow it. */
  readonly grants: readonly string[];
};

/**
 * The smallest parts of a statement: one action on one resource, of one kind of stream
 * where it is about some. So small is what must be used.
 */
export const grantsOf = ({ Action, Resource, Condition }: PolicyStatement): readonly string[] => {
  const streams = Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? [undefined];
  return Action.flatMap((action) =>
    Resource.flatMap((resource) =>
      streams.map((stream) => grantText({ action, resource, stream })),
    ),
  );
};

const grantText = (grant: {
  readonly action: string;
  readonly resource: string;
  readonly stream: string | undefined;
}): string =>
  `${grant.action} on ${grant.resource}${grant.stream === undefined ? '' : ` ${grant.stream}`}`;

export const decide = (statements: readonly PolicyStatement[], asked: Need): IamVerdict => {
  const matching = statements.filter((statement) => applies(statement, asked));
  if (matching.some(({ Effect }) => Effect === 'Deny')) return { verdict: 'denied', grants: [] };
  const grants = matching.flatMap((statement) => grantsOf(narrowed(statement, asked)));
  return { verdict: matching.length === 0 ? 'not allowed' : 'allowed', grants };
};

const applies = (statement: PolicyStatement, { action, resource, context }: Need): boolean =>
  statement.Action.some((pattern) => isLike(pattern, action)) &&
  statement.Resource.some((pattern) => isLike(pattern, resource)) &&
  Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, patterns]) => holds(operator, context[key] ?? [], patterns)),
  );

/** With a key that the request has not, `ForAllValues` holds and `ForAnyValue` does not. */
const holds = (
  operator: string,
  values: readonly string[],
  patterns: readonly string[],
): boolean => {
  switch (operator) {
    case 'ForAllValues:StringLike':
      return values.every((value) => patterns.some((pattern) => isLike(pattern, value)));
    case 'ForAnyValue:StringEquals':
      return values.some((value) => patterns.includes(value));
    default:
      throw new Error(`not a condition that is known here: ${operator}`);
  }
};

/** What of it this call uses. */
const narrowed = (statement: PolicyStatement, { action, resource, context }: Need) => {
  const { 'dynamodb:LeadingKeys': keys = [] } = context;
  const streams = statement.Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
  return {
    ...statement,
    Action: statement.Action.filter((pattern) => isLike(pattern, action)),
    Resource: statement.Resource.filter((pattern) => isLike(pattern, resource)),
    ...(streams && {
      Condition: {
        'ForAllValues:StringLike': {
          'dynamodb:LeadingKeys': streams.filter((pattern) =>
            keys.some((key) => isLike(pattern, key)),
          ),
        },
      },
    }),
  };
};

const isLike = (pattern: string, text: string): boolean => {
  if (!pattern.includes('*')) return pattern === text;
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop() ?? '';
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
};
