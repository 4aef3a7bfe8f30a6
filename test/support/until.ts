import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;

/**
 * Looks until there is what a test waits for, and answers with it; `undefined` is "not yet". The
 * error says what was last seen, since a mocha time-out says nothing. The limit is generous,
 * because the machine may be busy, and below mocha's own.
 */
export const until = async <T>(
  what: string,
  look: (see: (seen: unknown) => void) => T | undefined | Promise<T | undefined>,
  {
    withinMs = 120_000,
    everyMs = LOOK_EVERY_MS,
  }: { readonly withinMs?: number; readonly everyMs?: number } = {},
): Promise<T> => {
  const end = Date.now() + withinMs;
  let last: unknown = 'nothing';
  const see = (seen: unknown): void => {
    last = seen;
  };
  for (;;) {
    const found = await look(see);
    if (found !== undefined) return found;
    if (Date.now() > end) {
      const text = typeof last === 'string' ? last : JSON.stringify(last);
      throw new Error(`not within ${withinMs} ms: ${what}; last seen: ${text}`);
    }
    await sleep(everyMs);
  }
};
