import { setTimeout as sleep } from 'node:timers/promises';
import {
  full,
  inUse,
  invalid,
  otherEndpoint,
  otherParameters,
  rateLimited,
  serverError,
  type StripeAnswer,
} from './errors.ts';
import type { Fault } from './faultSettings.ts';
import type { Faults } from './faults.ts';
import { fingerprintOf, parseForm } from './parameters.ts';
import { newId } from './intents.ts';
import type { Job, MoneyOperation } from './operations.ts';
import type { Behaviour } from './paymentMethods.ts';
import { madeIn } from './records.ts';
import type { Store } from './store.ts';
import { createTurns } from './turns.ts';

/**
 * `HangUp`: the connection is closed without an answer. `Postponed`: the same, and the request is
 * executed later.
 */
export type Reaction =
  | (StripeAnswer & {
      readonly type: 'Answer';
      readonly replayed: boolean;
      readonly garbled?: boolean;
    })
  | { readonly type: 'HangUp' }
  | { readonly type: 'Postponed'; readonly id: string };

export type RequestsOptions = {
  readonly store: Store;
  readonly faults: Faults;
  readonly now: () => number;
  readonly keyWindowMs: number;
  readonly slowMs: number;
  readonly closing: AbortSignal;
};

export type StripeRequest = {
  readonly body: string;
  readonly key: string | undefined;
  readonly account: string;
  /** A postponed request, when it is executed, meets no second fault. */
  readonly postponed?: string;
};

type ChosenFaults = {
  readonly faults: ReadonlySet<Fault>;
  /** Faults of the payment method, recorded for the key. */
  readonly once: boolean;
  readonly slow: boolean;
};

const NOTHING: ChosenFaults = { faults: new Set(), once: false, slow: false };

const KEY_CHARACTERS_MAX = 255;

/**
 * Requests that move money, under Stripe's rules of idempotency
 * (https://docs.stripe.com/api/idempotent_requests, https://docs.stripe.com/error-low-level). The
 * first executed result of a key, a decline as well as a capture, is kept and repeated. Other
 * parameters under the key are refused. While the first request runs, others get 409. A request
 * that fails validation was never executed, and is not kept. After the key window the key is new
 * again.
 */
export const createRequests = (options: RequestsOptions) => {
  const { store, faults, now, keyWindowMs, slowMs, closing } = options;
  const running = new Set<string>();
  const inTurn = createTurns();

  /**
   * A payment method's fault occurs once for each key, and no other fault occurs at the same time.
   */
  const choose = (
    operation: MoneyOperation,
    behaviour: Behaviour | undefined,
    request: StripeRequest,
  ): ChosenFaults => {
    const { key, account, postponed } = request;
    if (postponed !== undefined) return NOTHING;
    if (behaviour?.type === 'Slow') return { ...NOTHING, slow: true };
    if (
      behaviour?.type === 'Show' &&
      !(key !== undefined && store.of(account).wasShown(key, behaviour.fault))
    ) {
      return { ...NOTHING, faults: new Set([behaviour.fault]), once: true };
    }
    return { ...NOTHING, faults: faults.draw(operation.kind) };
  };

  const known = (
    path: string,
    { body, account }: StripeRequest,
    key: string,
  ): Reaction | undefined => {
    if (running.has(`${account} ${key}`)) return first(inUse(key));
    const result = store.of(account).result(key);
    if (result === undefined) return undefined;
    if (now() - result.atMs >= (result.forgetMs ?? keyWindowMs)) return undefined;
    if (result.path !== path) return first(otherEndpoint(key, result.path, path));
    if (result.fingerprint !== fingerprintOf(body)) return first(otherParameters(key));
    const { status, garbled = false } = result;
    return { type: 'Answer', status, body: result.body, replayed: true, garbled };
  };

  const remember = async (
    fault: Fault,
    { key, account }: StripeRequest,
    { once }: ChosenFaults,
  ): Promise<void> => {
    if (once && key !== undefined) await store.append({ type: 'Shown', key, fault, account });
  };

  /** Answers in place of an execution. */
  const disturb = async (
    operation: MoneyOperation,
    request: StripeRequest,
    chosen: ChosenFaults,
  ): Promise<Reaction | undefined> => {
    const { body, key, account } = request;
    if (chosen.faults.has('dropped')) {
      await remember('dropped', request, chosen);
      return hangUp;
    }
    if (chosen.faults.has('conflict')) {
      await remember('conflict', request, chosen);
      return first(inUse(key ?? ''));
    }
    if (chosen.faults.has('refused')) {
      await remember('refused', request, chosen);
      return first(operation.refusal(parseForm(body)));
    }
    if (!chosen.faults.has('captured-late')) return undefined;
    await remember('captured-late', request, chosen);
    const id = newId('late');
    const dueMs = now() + faults.settings().lateMs;
    const keyed = key === undefined ? {} : { key };
    const { path } = operation;
    await store.append({ type: 'Postponed', id, path, body, ...keyed, dueMs, account });
    return { type: 'Postponed', id };
  };

  /** Once it is in the journal it has happened, whatever becomes of the answer. */
  const carryOut = async (
    operation: MoneyOperation,
    job: Job,
    { request, shown }: { readonly request: StripeRequest; readonly shown: ChosenFaults['faults'] },
  ): Promise<StripeAnswer> => {
    const { body, key, account, postponed } = request;
    const settings = faults.settings();
    const atMs = now();
    const done = shown.has('server-error') ? serverError : job.run(atMs, shown);
    const hides = shown.has('server-error-executed');
    const made = madeIn(done.body);
    const isPending = made?.object === 'refund' && made.status === 'pending';
    const answer = hides ? serverError : done;
    await store.append({
      type: 'Result',
      ...(key === undefined ? {} : { key }),
      account,
      path: operation.path,
      fingerprint: fingerprintOf(body),
      atMs,
      ...answer,
      ...(hides && made !== undefined ? { made } : {}),
      ...(isPending ? { settleMs: settings.lateMs } : {}),
      ...(shown.has('garbage-body') ? { garbled: true } : {}),
      ...(shown.has('key-forgotten') ? { forgetMs: settings.forgetMs } : {}),
      ...(shown.has('search-lag') ? { searchLagMs: settings.searchLagMs } : {}),
      ...(postponed === undefined ? {} : { postponed }),
    });
    return answer;
  };

  const execute = async (
    operation: MoneyOperation,
    job: Job,
    request: StripeRequest,
    chosen: ChosenFaults,
  ) => {
    const { faults: shown, slow } = chosen;
    faults.count(shown);
    const disturbed = await disturb(operation, request, chosen);
    if (disturbed !== undefined) return disturbed;
    if (shown.has('key-forgotten')) await remember('key-forgotten', request, chosen);
    const answer = await inTurn(job.object, () => carryOut(operation, job, { request, shown }));
    if (SILENT.some((fault) => shown.has(fault))) return hangUp;
    if (slow) await sleep(slowMs, undefined, { signal: closing }).catch(ignoreAbort);
    return { ...first(answer), garbled: shown.has('garbage-body') };
  };

  return {
    async post(operation: MoneyOperation, request: StripeRequest): Promise<Reaction> {
      const { body, key, account } = request;
      const books = store.of(account);
      if (key !== undefined && (key === '' || key.length > KEY_CHARACTERS_MAX)) {
        return first(invalid('Idempotency keys have 1 to 255 characters.'));
      }
      const parameters = parseForm(body);
      const chosen = choose(operation, operation.behaviour(parameters, books), request);
      // Rate limiters run before the idempotency layer.
      if (chosen.faults.has('rate-limited') && !store.isFull()) {
        faults.count(new Set(['rate-limited']));
        await remember('rate-limited', request, chosen);
        return first(rateLimited);
      }
      const earlier = key === undefined ? undefined : known(operation.path, request, key);
      if (earlier !== undefined) return earlier;
      const job = operation.parse(parameters, books);
      if (job.isErr()) return first(job.error);
      if (store.isFull()) return first(full);
      const used = `${account} ${key ?? ''}`;
      if (key !== undefined) running.add(used);
      return execute(operation, job.value, request, chosen).finally(() => running.delete(used));
    },
  };
};

/** Executed without an answer. */
const SILENT: readonly Fault[] = ['answer-lost', 'refund-lost', 'key-forgotten'];

const hangUp: Reaction = { type: 'HangUp' };

const first = (answer: StripeAnswer): Reaction & { readonly type: 'Answer' } => ({
  type: 'Answer',
  ...answer,
  replayed: false,
});

const ignoreAbort = (reason: unknown): void => {
  if (!(reason instanceof Error && reason.name === 'AbortError')) throw reason;
};
