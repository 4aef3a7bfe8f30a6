import { ok, Result, safeTry, type ResultAsync } from 'neverthrow';

/** The number is high enough to hide latency, and low enough to leave capacity to others. */
const AT_ONCE = 16;

/** Maps all items in order, some at once, until the first failure or the signal. */
export const mapConcurrent = <T, R, E>(
  items: readonly T[],
  act: (item: T) => PromiseLike<Result<R, E>>,
  signal?: AbortSignal,
): ResultAsync<readonly R[], E> =>
  safeTry(async function* () {
    const all: R[] = [];
    for (let from = 0; from < items.length && signal?.aborted !== true; from += AT_ONCE) {
      const done = await Promise.all(items.slice(from, from + AT_ONCE).map(act));
      all.push(...(yield* Result.combine(done)));
    }
    return ok(all);
  });
