import { err, ok, type Result } from 'neverthrow';
import type { UnknownOutcome } from '../../application/ports/paymentGateway.ts';
import { fieldsOf, textOf, unknown } from './rows.ts';

/** The maximum page size of Stripe: https://docs.stripe.com/api/pagination */
export const PAGE_MAX = 100;

/** Undefined for the first page. */
export type PageCursor = string | undefined;

type PagesOptions = { readonly pagesMax: number; readonly signal?: AbortSignal | undefined };

/** The pages of a list or search, until the last one, the first failure or an abort. */
export async function* pagesOf(
  ask: (cursor: PageCursor) => PromiseLike<Result<unknown, UnknownOutcome>>,
  { pagesMax, signal }: PagesOptions,
): AsyncGenerator<Result<readonly unknown[], UnknownOutcome>, void, void> {
  const isAborted = (): boolean => signal?.aborted === true;
  let cursor: PageCursor;
  for (let pages = 0; pages < pagesMax; pages += 1) {
    if (isAborted()) return;
    const answer = await ask(cursor);
    if (isAborted()) return;
    const page = answer.andThen(readPage);
    if (page.isErr()) return yield err(page.error);
    yield ok(page.value.items);
    cursor = page.value.next;
    if (cursor === undefined) return;
  }
  yield err(unknown('too many pages'));
}

/** A list goes on after its last item; a search names its next page. */
const readPage = (
  body: unknown,
): Result<{ readonly items: readonly unknown[]; readonly next: PageCursor }, UnknownOutcome> => {
  const { object, data, has_more: hasMore, next_page: named } = fieldsOf(body);
  const isPage = object === 'list' || object === 'search_result';
  if (!isPage || !Array.isArray(data) || typeof hasMore !== 'boolean') return unreadable;
  const after = textOf(object === 'list' ? fieldsOf(data.at(-1))['id'] : named);
  if (!hasMore) return ok({ items: data, next: undefined });
  return after === undefined ? unreadable : ok({ items: data, next: after });
};

const unreadable = err(unknown('unreadable answer'));
