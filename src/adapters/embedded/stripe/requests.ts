import { setTimeout as sleep } from 'node:timers/promises';
import { full, inUse, invalid, otherEndpoint, otherParameters, type Answer } from './errors.ts';
import type { Fault } from './faultNames.ts';
import { fingerprintOf, parseForm } from './form.ts';
import type { Job, Operation } from './operations.ts';
import type { Store } from './store.ts';
import { createTurns } from './turns.ts';

/** `HangUp`: the connection is closed without an answer. */
export type Reaction =
  | (Answer & { readonly type: 'Answer'; readonly replayed: boolean; readonly garbled?: boolean })
  | { readonly type: 'HangUp' };

export type RequestsOptions = {
  readonly store: Store;
  readonly now: () => number;
  readonly keyWindowMs: number;
  readonly slowMs: number;
  readonly closing: AbortSignal;
};

type Request = { readonly body: string; readonly key: string | undefined };

const KEY_CHARACTERS_MAX = 255;

/**
 * Requests that move money, under Stripe's rules of idempotency
 * (https://docs.stripe.com/api/idempotent_requests, https://docs.stripe.com/error-low-level):
 * the first result of a key that was executed, a decline as much as a capture, is kept and given again;
 * other parameters under the key are refused; while the first request runs, others get 409; what fails
 * validation was never executed and is not kept; after the key window the key is new again.
 */
export const createRequests = (options: RequestsOptions) => {
  const { store, now, keyWindowMs, slowMs, closing } = options;
  const running = new Set<string>();
  const inTurn = createTurns();

  const execute = async (operation: Operation, job: Job, { key, body }: Request) => {
    const { behaviour } = job;
    const fault =
      behaviour.type === 'Show' && !(key !== undefined && store.wasShown(key, behaviour.fault))
        ? behaviour.fault
        : undefined;
    const faults: ReadonlySet<Fault> = new Set(fault === undefined ? [] : [fault]);
    const keyed = key === undefined ? {} : { key };
    if (fault === 'dropped') {
      if (key !== undefined) await store.append({ type: 'Shown', key, fault });
      return hangUp;
    }
    const { path } = operation;
    const answer = await inTurn(job.object, async () => {
      const atMs = now();
      const done = job.run(atMs, faults);
      const fingerprint = fingerprintOf(body);
      await store.append({ type: 'Result', ...keyed, path, fingerprint, atMs, ...done });
      return done;
    });
    if (fault === 'answer-lost' || fault === 'refund-lost') return hangUp;
    if (behaviour.type === 'Slow')
      await sleep(slowMs, undefined, { signal: closing }).catch(ignoreAbort);
    return first(answer);
  };

  const known = (path: string, body: string, key: string): Reaction | undefined => {
    if (running.has(key)) return first(inUse(key));
    const result = store.result(key);
    if (result === undefined || now() - result.atMs >= keyWindowMs) return undefined;
    if (result.path !== path) return first(otherEndpoint(key, result.path, path));
    if (result.fingerprint !== fingerprintOf(body)) return first(otherParameters(key));
    return { type: 'Answer', status: result.status, body: result.body, replayed: true };
  };

  return {
    async post(operation: Operation, request: Request): Promise<Reaction> {
      const { body, key } = request;
      if (key !== undefined && (key === '' || key.length > KEY_CHARACTERS_MAX)) {
        return first(invalid('Idempotency keys have 1 to 255 characters.'));
      }
      const earlier = key === undefined ? undefined : known(operation.path, body, key);
      if (earlier !== undefined) return earlier;
      const job = operation.parse(parseForm(body));
      if (job.isErr()) return first(job.error);
      if (store.isFull()) return first(full);
      if (key !== undefined) running.add(key);
      return execute(operation, job.value, request).finally(() => running.delete(key ?? ''));
    },
  };
};

const hangUp: Reaction = { type: 'HangUp' };

const first = (answer: Answer): Reaction => ({ type: 'Answer', ...answer, replayed: false });

const ignoreAbort = (reason: unknown): void => {
  if (!(reason instanceof Error && reason.name === 'AbortError')) throw reason;
};
