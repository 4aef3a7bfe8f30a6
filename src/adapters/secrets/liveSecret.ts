import { ok, safeTry, type Result, type ResultAsync } from 'neverthrow';
import type { Clock } from '../../application/ports/clock.ts';
import type { LiveSecret } from '../../application/ports/liveSecret.ts';
import type { Telemetry } from '../../application/ports/telemetry.ts';
import type { FetchSecret } from './secretStore.ts';

/**
 * A secret that is older is asked for again. At $0.05 for 10,000 calls of Secrets Manager, each
 * secret of a busy process costs 4 cents a month (ADR 0057).
 */
export const SECRET_AGE_MAX_MS = 300_000;
/**
 * The pause between two calls, whatever asks for them: forged calls and refused keys drive no cost.
 */
export const REFRESH_PAUSE_MS = 60_000;

/** A text as it was fetched, and what it was read as. */
type HeldSecret<T> = { readonly text: string; readonly value: T };

export type LiveSecretOptions<T> = {
  /** The setting that holds its ARN. */
  readonly setting: string;
  readonly first: HeldSecret<T>;
  readonly fetch: FetchSecret;
  /** The error says what is wrong with the text, and nothing of it. */
  readonly read: (text: string) => Result<T, string>;
  /** Whether another value may take the place of the one in use; the error says why not. */
  readonly accept: (next: T, current: T) => ResultAsync<void, string>;
  readonly clock: Pick<Clock, 'now'>;
  readonly records: Pick<Telemetry, 'record'>;
};

type NotRefreshed = { readonly why: string; readonly cause: string };

/**
 * Keeps the value that it has until another one is read, valid and accepted. One call at a time;
 * one that fails is recorded, and made again after the pause.
 */
export const createLiveSecret = <T>(options: LiveSecretOptions<T>): LiveSecret<T> => {
  const { setting, first, fetch, read, accept, clock, records } = options;
  let held = first;
  let checkedAt = clock.now();
  let askedAt: number | undefined;
  let running: Promise<boolean> | undefined;

  // A clock that was set back must not keep an old value for long.
  const isOver = (since: number, ms: number): boolean => Math.abs(clock.now() - since) >= ms;

  const next = (): ResultAsync<HeldSecret<T>, NotRefreshed> =>
    safeTry(async function* () {
      const text = yield* fetch();
      if (text === held.text) return ok(held);
      const value = yield* read(text).mapErr(refused);
      yield* accept(value, held.value).mapErr(refused);
      return ok({ text, value });
    });

  const ask = async (): Promise<boolean> => {
    const answered = await next();
    if (answered.isErr()) {
      const { why: outcome, cause } = answered.error;
      const metrics = { SecretsNotRefreshed: { unit: 'Count', values: [1] } } as const;
      const level = outcome === 'Unreachable' ? 'warn' : 'error';
      const facts = { setting, cause };
      records.record({ level, event: 'secret.not_refreshed', outcome, facts, metrics });
      return false;
    }
    checkedAt = clock.now();
    if (answered.value === held) return false;
    held = answered.value;
    records.record({ level: 'info', event: 'secret.refreshed', facts: { setting } });
    return true;
  };

  const refresh = (): Promise<boolean> => {
    if (running !== undefined) return running;
    if (askedAt !== undefined && !isOver(askedAt, REFRESH_PAUSE_MS)) return Promise.resolve(false);
    askedAt = clock.now();
    running = ask().finally(() => (running = undefined));
    return running;
  };

  return {
    current: () => {
      if (isOver(checkedAt, SECRET_AGE_MAX_MS)) void refresh();
      return held.value;
    },
    fresh: async () => {
      if (isOver(checkedAt, SECRET_AGE_MAX_MS)) await refresh();
    },
    refresh,
  };
};

const refused = (cause: string): NotRefreshed => ({ why: 'Refused', cause });
