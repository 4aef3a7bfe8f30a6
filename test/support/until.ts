import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;
/** A look may cost as much as a command: the longer the wait, the rarer they become. */
const SHARE_OF_WAIT = 1 / 4;
const PAUSE_MS_MAX = 1_000;

/**
 * Looks until there is what a test waits for, and answers with it; `undefined` is "not yet". The
 * error says what was last seen, since a mocha time-out says nothing. The limit is generous,
 * because the machine may be busy, and below mocha's own. `everyMs` is for what does not last.
 */
export const until = async <T>(
  what: string,
  look: (see: (seen: unknown) => void) => T | undefined | Promise<T | undefined>,
  { withinMs = 120_000, everyMs }: { readonly withinMs?: number; readonly everyMs?: number } = {},
): Promise<T> => {
  const start = Date.now();
  let last: unknown = 'nothing';
  const see = (seen: unknown): void => {
    last = seen;
  };
  for (;;) {
    const found = await look(see);
    if (found !== undefined) return found;
    const waitedMs = Date.now() - start;
    if (waitedMs > withinMs) {
      const text = typeof last === 'string' ? last : JSON.stringify(last);
      throw new Error(`not within ${withinMs} ms: ${what}; last seen: ${text}`);
    }
    const rarerMs = Math.min(waitedMs * SHARE_OF_WAIT, PAUSE_MS_MAX);
    await sleep(everyMs ?? Math.max(LOOK_EVERY_MS, rarerMs));
  }
};
