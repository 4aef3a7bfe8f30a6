import { err, ok, Result } from 'neverthrow';
import { invalid, type StripeAnswer } from './errors.ts';
import type { StoredIntent } from './intents.ts';

type Matches = (intent: StoredIntent) => boolean;

/** https://docs.stripe.com/search#search-query-language */
const CLAUSES_MAX = 10;
/** A quoted text, in which a backslash escapes the next character. */
const QUOTED = String.raw`(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')`;
/** A field, a colon and a quoted value. */
const CLAUSE = String.raw`(\w+)(?:\[${QUOTED}\])?:${QUOTED}`;
const QUERY = new RegExp(String.raw`^\s*${CLAUSE}(?:\s+AND\s+${CLAUSE})*\s*$`, 'u');
const EACH = new RegExp(CLAUSE, 'gu');

/** The supported part: `metadata['key']:'value'` and `status:'value'`, joined by AND. */
export const parseQuery = (query: string): Result<Matches, StripeAnswer> => {
  if (!QUERY.test(query)) return err(unreadable);
  const clauses = [...query.matchAll(EACH)];
  if (clauses.length > CLAUSES_MAX) {
    return err(invalid(`A search query has at most ${CLAUSES_MAX} clauses.`, 'query'));
  }
  return Result.combine(clauses.map(clauseOf)).map(
    (matches) => (intent) => matches.every((match) => match(intent)),
  );
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
