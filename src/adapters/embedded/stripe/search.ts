import { err, ok, type Result } from 'neverthrow';
import { invalid, type StripeAnswer } from './errors.ts';
import type { StoredIntent } from './intents.ts';

type Matches = (intent: StoredIntent) => boolean;

/** https://docs.stripe.com/search#search-query-language */
const CLAUSES_MAX = 10;
/** A quoted text, in which a backslash escapes the next character. */
const QUOTED = String.raw`(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')`;
/** A field, a colon and a quoted value. */
const CLAUSE = new RegExp(String.raw`\s*(\w+)(?:\[${QUOTED}\])?:${QUOTED}`, 'uy');
const AND = /\s+AND\s+/uy;
const END = /\s*$/uy;

/** The supported part: `metadata['key']:'value'` and `status:'value'`, joined by AND. */
export const parseQuery = (query: string): Result<Matches, StripeAnswer> => {
  const clauses: Matches[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(query);
    at += match?.[0].length ?? 0;
    return match;
  };
  while (clauses.length < CLAUSES_MAX) {
    const match = take(CLAUSE);
    if (match === null) return err(unreadable);
    const clause = clauseOf(match);
    if (clause.isErr()) return err(clause.error);
    clauses.push(clause.value);
    if (take(END) !== null) return ok((intent) => clauses.every((matches) => matches(intent)));
    if (take(AND) === null) return err(unreadable);
  }
  return err(invalid(`A search query has at most ${CLAUSES_MAX} clauses.`, 'query'));
};

/** Stripe's `:` compares without regard to case, which a client must know. */
const clauseOf = (match: RegExpExecArray): Result<Matches, StripeAnswer> => {
  const [, field = '', doubleKey, singleKey, doubleValue, singleValue] = match;
  const key = plain(doubleKey ?? singleKey);
  const value = plain(doubleValue ?? singleValue)?.toLowerCase();
  if (field === 'metadata' && key !== undefined) {
    return ok(({ metadata }) => metadata[key]?.toLowerCase() === value);
  }
  if (field === 'status' && key === undefined) return ok(({ status }) => status === value);
  return err(
    invalid(
      `Field \`${field}\` is an unsupported search field for resource \`payment_intents\`. ` +
        'See https://docs.stripe.com/search#query-fields-for-payment-intents for a list ' +
        'of supported fields.',
      'query',
    ),
  );
};

const plain = (quoted: string | undefined): string | undefined =>
  quoted?.replaceAll(/\\(.)/gu, '$1');

const unreadable: StripeAnswer = invalid(
  'We were unable to parse your search query. Try using the format ' +
    '`metadata["key"]:"value"` to query for ' +
    'metadata or key:"value" to query for other fields.',
  'query',
);
