import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorAnswer, invalid, type Answer } from './errors.ts';
import { confirm } from './intents.ts';
import { parseCreateIntent, parseForm, type CreateIntent } from './parameters.ts';
import type { Store } from './store.ts';

/** `Hang up`: the connection is closed without an answer. */
export type Reaction =
  (Answer & { readonly type: 'Answer'; readonly replayed: boolean }) | { readonly type: 'HangUp' };

export type PaymentsOptions = {
  readonly store: Store;
  readonly now: () => number;
  readonly keyWindowMs: number;
  readonly slowMs: number;
  readonly closing: AbortSignal;
};

const KEY_CHARACTERS_MAX = 255;

/**
 * Create and confirm under Stripe's rules of idempotency
 * (https://docs.stripe.com/api/idempotent_requests, https://docs.stripe.com/error-low-level):
 * the first result of a key that was executed, a decline as much as a capture, is kept and given again;
 * other parameters under the key are refused; while the first request runs, others get 409; what fails
 * validation was never executed and is not kept; after the key window the key is new again.
 */
export const createPayments = (options: PaymentsOptions) => {
  const { store, now, keyWindowMs, slowMs, closing } = options;
  const running = new Set<string>();

  const execute = async (create: CreateIntent, key: string | undefined, fingerprint: string) => {
    const { behaviour } = create;
    if (behaviour.type === 'Drop' && !(key !== undefined && store.wasDropped(key))) {
      if (key !== undefined) await store.append({ type: 'Dropped', key });
      return hangUp;
    }
    const atMs = now();
    const answer = confirm(create, atMs);
    const keyed = key === undefined ? {} : { key };
    await store.append({ type: 'Result', ...keyed, fingerprint, atMs, ...answer });
    if (behaviour.type === 'LoseAnswer') return hangUp;
    if (behaviour.type === 'Slow')
      await sleep(slowMs, undefined, { signal: closing }).catch(ignoreAbort);
    return first(answer);
  };

  const known = (key: string, fingerprint: string): Reaction | undefined => {
    if (running.has(key)) return first(inUse(key));
    const result = store.result(key);
    if (result === undefined || now() - result.atMs >= keyWindowMs) return undefined;
    if (result.fingerprint !== fingerprint) return first(mismatch(key));
    return { type: 'Answer', status: result.status, body: result.body, replayed: true };
  };

  return {
    async create(body: string, key: string | undefined): Promise<Reaction> {
      if (key !== undefined && (key === '' || key.length > KEY_CHARACTERS_MAX)) {
        return first(invalid('Idempotency keys have 1 to 255 characters.'));
      }
      const parameters = parseForm(body);
      const fingerprint = fingerprintOf(body);
      const earlier = key === undefined ? undefined : known(key, fingerprint);
      if (earlier !== undefined) return earlier;
      const create = parseCreateIntent(parameters);
      if (create.isErr()) return first(create.error);
      if (store.isFull()) return first(full);
      if (key !== undefined) running.add(key);
      return execute(create.value, key, fingerprint).finally(() => running.delete(key ?? ''));
    },
  };
};

const hangUp: Reaction = { type: 'HangUp' };

const first = (answer: Answer): Reaction => ({ type: 'Answer', ...answer, replayed: false });

/** Stripe compares parameters, not bytes: their order and encoding do not matter. */
const fingerprintOf = (body: string): string => {
  const pairs = [...new URLSearchParams(body)].map((pair) => JSON.stringify(pair)).toSorted();
  return createHash('sha256').update(pairs.join('\n')).digest('hex');
};

const ignoreAbort = (reason: unknown): void => {
  if (!(reason instanceof Error && reason.name === 'AbortError')) throw reason;
};

const inUse = (key: string): Answer =>
  errorAnswer({
    status: 409,
    type: 'invalid_request_error',
    code: 'idempotency_key_in_use',
    message:
      'There is currently another in-progress request using this Idempotent Key (that probably means you ' +
      `submitted twice, and the other request is still going through): ${key}. Please try again later.`,
  });

const mismatch = (key: string): Answer =>
  errorAnswer({
    status: 400,
    type: 'idempotency_error',
    message:
      'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
      `Try using a key other than '${key}' if you meant to execute a different request.`,
  });

const full: Answer = errorAnswer({
  status: 500,
  type: 'api_error',
  message: 'The sandbox is full: start it in an empty folder.',
});
