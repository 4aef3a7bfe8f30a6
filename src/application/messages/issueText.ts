import type * as z from 'zod';

/**
 * The wording of a mistake: the rule that was broken, and never the value, which may be personal or
 * the number of a card.
 */
export const issueText = (issue: z.core.$ZodRawIssue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `is not ${typeNameOf(issue.expected)}`;
    case 'too_small':
      return boundText(issue.origin, { low: issue.minimum });
    case 'too_big':
      return boundText(issue.origin, { high: issue.maximum });
    case 'invalid_value':
      return issue.input === undefined ? 'is missing' : `is not ${oneOfText(issue.values)}`;
    case 'unrecognized_keys':
      return 'has a part that is not known';
    case 'not_multiple_of':
      return `is not a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return 'does not have the form that it has to have';
    case 'invalid_union':
      return 'has none of the forms that it may have';
    case 'invalid_key':
    case 'invalid_element':
      return 'has a part that it may not have';
    case 'custom':
      return 'breaks a rule';
  }
};

/** Each mistake with its place, such as `lines[0].quantity`. */
export const issuesIn = ({ issues }: z.core.$ZodError): readonly string[] =>
  issues.map(({ path, message }) => {
    const where = path.length === 0 ? 'message' : path.map(partText).join('').replace(/^\./, '');
    return `${where}: ${message}`;
  });

const partText = (part: PropertyKey): string =>
  typeof part === 'number' ? `[${part}]` : `.${String(part)}`;

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  null: 'null',
};

const typeNameOf = (expected: string): string =>
  TYPE_NAMES[expected] ?? 'of the type that it needs';

const oneOfText = (values: readonly unknown[]): string =>
  `${values.length === 1 ? '' : 'one of '}${values.map(String).join(', ')}`;

type Bound = { readonly low: number | bigint } | { readonly high: number | bigint };

const boundText = (origin: string, bound: Bound): string => {
  const unit = { string: 'characters', array: 'parts', set: 'parts' }[origin];
  if ('high' in bound) {
    return unit === undefined ? `is above ${bound.high}` : `has more than ${bound.high} ${unit}`;
  }
  if (unit === undefined) return `is below ${bound.low}`;
  return Number(bound.low) === 1 ? 'is empty' : `has fewer than ${bound.low} ${unit}`;
};
