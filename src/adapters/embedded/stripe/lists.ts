import { err, ok, type Result } from 'neverthrow';
import { invalid, notFound, type ObjectKind, type StripeAnswer } from './errors.ts';
import type { Parameters } from './parameters.ts';

const LIST_DEFAULT = 10;
const LIST_MAX = 100;
/** The filters on `created`: https://docs.stripe.com/api/payment_intents/list */
const CREATED: Readonly<Record<string, (created: number, bound: number) => boolean>> = {
  'created[gt]': (created, bound) => created > bound,
  'created[gte]': (created, bound) => created >= bound,
  'created[lt]': (created, bound) => created < bound,
  'created[lte]': (created, bound) => created <= bound,
};

/** The parameters that each list takes. */
export const LIST_PARAMETERS: readonly string[] = [
  'limit',
  'starting_after',
  ...Object.keys(CREATED),
];

/** The page that a query asks for, of objects in order of creation. */
export const listOf = (
  oldestFirst: readonly { readonly id: string; readonly created: number }[],
  query: Parameters,
  { url, kind }: { readonly url: string; readonly kind: ObjectKind },
): Result<object, StripeAnswer> =>
  createdIn(oldestFirst, query)
    .andThen((created) => pageOf(created, query, kind))
    .map(({ data, more }) => ({ object: 'list', url, has_more: more, data }));

/** Stripe counts in whole seconds. */
const createdIn = <T extends { readonly created: number }>(
  all: readonly T[],
  query: Parameters,
): Result<readonly T[], StripeAnswer> => {
  const filters = Object.entries(CREATED).filter(([name]) => query[name] !== undefined);
  const wrong = filters.find(([name]) => !/^\d{1,12}$/.test(String(query[name])));
  if (wrong !== undefined) {
    const [name] = wrong;
    const message = `Invalid integer: ${JSON.stringify(query[name])}`;
    return err(invalid(message, name, 'parameter_invalid_integer'));
  }
  return ok(
    all.filter(({ created }) =>
      filters.every(([name, holds]) => holds(created, Number(query[name]))),
    ),
  );
};

type ListPage<T> = { readonly data: readonly T[]; readonly more: boolean };

/** https://docs.stripe.com/api/pagination: the newest first, after the named one. */
export const pageOf = <T extends { readonly id: string }>(
  oldestFirst: readonly T[],
  { limit: text = String(LIST_DEFAULT), starting_after: after }: Parameters,
  kind: ObjectKind,
): Result<ListPage<T>, StripeAnswer> => {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIST_MAX) {
    const message = `Invalid integer: ${JSON.stringify(text)}`;
    return err(invalid(message, 'limit', 'parameter_invalid_integer'));
  }
  const newestFirst = oldestFirst.toReversed();
  const at = after === undefined ? -1 : newestFirst.findIndex(({ id }) => id === after);
  if (after !== undefined && at < 0) return err(notFound(kind, JSON.stringify(after)));
  return ok({
    data: newestFirst.slice(at + 1, at + 1 + limit),
    more: newestFirst.length > at + 1 + limit,
  });
};
