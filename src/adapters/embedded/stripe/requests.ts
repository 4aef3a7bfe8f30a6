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
import { newId } from './ids.ts';
import { laterOf } from './paymentMethods.ts';
import type { FaultyRequest, Job, StripeOperation } from './operations.ts';
import { madeIn } from './records.ts';
import type { Store } from './store.ts';

/** The connection is closed for `HangUp` and `Postponed`, which is executed later. */
export type Reaction =
  | (StripeAnswer & {
      readonly type: 'Answer';
      readonly replayed: boolean;
      readonly garbled?: boolean;
    })
  | { readonly type: 'HangUp' }
  | { readonly type: 'Postponed'; readonly id: string };

type RequestsOptions = {
  readonly store: Store;
  readonly faults: Faults;
  readonly now: () => number;
  readonly keyWindowMs: number;
  readonly slowMs: number;
  readonly closing: AbortSignal;
};

export type StripeRequest = {
  readonly path: string;
  /** The id that the path names, or empty. */
  readonly id: string;
  readonly body: string;
  readonly key: string | undefined;
  readonly account: string;
  /** A postponed request, when it is executed, meets no second fault. */
  readonly postponed?: string;
  /** Whether somebody at the dashboard asks, who meets no fault. */
  readonly isByHand?: boolean;
};

type ChosenFaults = {
  readonly faults: ReadonlySet<Fault>;
  /** The payment method's own fault, which occurs once for each key. */
  readonly once?: Fault;
  readonly slow?: boolean;
};

/** Faults after which nothing is kept for the key that would answer the next request. */
const KEEPS_NOTHING: ReadonlySet<Fault> = new Set([
  'rate-limited',
  'dropped',
  'conflict',
  'refused',
  'captured-late',
  'key-forgotten',
]);

/** The faults with which a request is executed and not answered. */
const SILENT: readonly Fault[] = ['answer-lost', 'refund-lost', 'key-forgotten'];

const KEY_CHARACTERS_MAX = 255;

/**
 * Requests that change something, under Stripe's rules of idempotency
 * (https://docs.stripe.com/api/idempotent_requests, https://docs.stripe.com/error-low-level). The
 * first executed result of a key, a decline as well as a capture, is kept and repeated. Other
 * parameters under the key are refused. While the first request runs, others get 409. A request
 * that fails validation was not executed, and is not kept. After its window a key is new.
 */
export class Requests {
  readonly #options: RequestsOptions;
  readonly #running = new Set<string>();
  /** The end of the newest work on each object. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  async post(operation: StripeOperation, request: StripeRequest): Promise<Reaction> {
    const { store, faults } = this.#options;
    const { body, key, account } = request;
    const objects = store.of(account);
    if (key !== undefined && (key === '' || key.length > KEY_CHARACTERS_MAX)) {
      return first(invalid('Idempotency keys have 1 to 255 characters.'));
    }
    const asked = { id: request.id, parameters: parseForm(body) };
    const faulty = operation.faulty(asked, objects);
    const chosen = this.#choose(faulty, request);
    // Rate limiters run before the idempotency layer.
    if (chosen.faults.has('rate-limited') && !store.isFull()) {
      faults.count(['rate-limited']);
      await this.#remember(request, chosen);
      return first(rateLimited);
    }
    const earlier = key === undefined ? undefined : this.#known(request, key);
    if (earlier !== undefined) return earlier;
    const job = operation.parse(asked, objects);
    if (job.isErr()) return first(job.error);
    if (store.isFull()) return first(full);
    const used = `${account} ${key ?? ''}`;
    if (key !== undefined) this.#running.add(used);
    return this.#execute({ faulty, job: job.value, request, chosen }).finally(() =>
      this.#running.delete(used),
    );
  }

  /** While a payment method's fault occurs, no other does. */
  #choose(
    faulty: FaultyRequest | undefined,
    { key, account, postponed, isByHand = false }: StripeRequest,
  ): ChosenFaults {
    const { store, faults } = this.#options;
    if (postponed !== undefined || isByHand || faulty === undefined) return { faults: new Set() };
    const { kind, behaviour } = faulty;
    if (behaviour?.type === 'Slow') return { faults: new Set(), slow: true };
    const once = behaviour?.type === 'Show' ? behaviour.fault : undefined;
    const wasShown = key !== undefined && once && store.of(account).wasShown(key, once);
    return once === undefined || wasShown === true
      ? { faults: faults.draw(kind) }
      : { faults: new Set([once]), once };
  }

  async #remember({ key, account }: StripeRequest, { once }: ChosenFaults): Promise<void> {
    if (key === undefined || once === undefined || !KEEPS_NOTHING.has(once)) return;
    await this.#options.store.append({ type: 'Shown', key, fault: once, account });
  }

  #known({ path, body, account }: StripeRequest, key: string): Reaction | undefined {
    const { store, now, keyWindowMs } = this.#options;
    if (this.#running.has(`${account} ${key}`)) return first(inUse(key));
    const result = store.of(account).result(key);
    if (result === undefined) return undefined;
    if (now() - result.atMs >= (result.forgetMs ?? keyWindowMs)) return undefined;
    if (result.path !== path) return first(otherEndpoint(key, result.path, path));
    if (result.fingerprint !== fingerprintOf(body)) return first(otherParameters(key));
    const { status, garbled = false } = result;
    return { type: 'Answer', status, body: result.body, replayed: true, garbled };
  }

  async #execute(execution: Execution): Promise<Reaction> {
    const { slowMs, closing } = this.#options;
    const { faulty, job, request, chosen } = execution;
    const { faults } = chosen;
    this.#options.faults.count(faults);
    await this.#remember(request, chosen);
    if (faults.has('dropped')) return hangUp;
    if (faults.has('conflict')) return first(inUse(request.key ?? ''));
    if (faults.has('refused') && faulty !== undefined) return first(faulty.refusal);
    if (faults.has('captured-late')) return this.#postpone(request);
    const answer = await this.inTurn(job.object, () => this.#carryOut(execution));
    if (SILENT.some((fault) => faults.has(fault))) return hangUp;
    if (chosen.slow) await sleep(slowMs, undefined, { signal: closing }).catch(ignoreAbort);
    return { ...first(answer), garbled: faults.has('garbage-body') };
  }

  async #postpone({ path, body, key, account }: StripeRequest): Promise<Reaction> {
    const { store, faults, now } = this.#options;
    const id = newId('late');
    const dueMs = now() + faults.settings().lateMs;
    const keyed = key === undefined ? {} : { key };
    await store.append({ type: 'Postponed', id, path, body, ...keyed, dueMs, account });
    return { type: 'Postponed', id };
  }

  /** Runs work on one object in order of arrival, and work on other objects meanwhile. */
  async inTurn<T>(object: string | undefined, work: () => Promise<T>): Promise<T> {
    if (object === undefined) return work();
    // The result of the earlier work belongs to its own caller.
    const mine = (this.#turns.get(object) ?? Promise.resolve()).then(work, work);
    this.#turns.set(object, mine);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(object) === mine) this.#turns.delete(object);
    }
  }

  /** Once it is in the journal it has happened, whatever becomes of the answer. */
  async #carryOut({ job, request, chosen }: Execution): Promise<StripeAnswer> {
    const { store, faults: settable, now } = this.#options;
    const { path, body, key, account, postponed } = request;
    const { faults } = chosen;
    const settings = settable.settings();
    const atMs = now();
    const done = faults.has('server-error') ? serverError : job.run(atMs, faults);
    const hides = faults.has('server-error-executed');
    const made = madeIn(done.body);
    const later = laterOf(made, store.of(account).methodBehind(made), settings.lateMs);
    const answer = hides ? serverError : done;
    await store.append({
      type: 'Result',
      ...(key === undefined ? {} : { key }),
      account,
      path,
      fingerprint: fingerprintOf(body),
      atMs,
      ...answer,
      ...(hides && made !== undefined ? { made } : {}),
      ...(later.length === 0 ? {} : { later }),
      ...(faults.has('garbage-body') ? { garbled: true } : {}),
      ...(faults.has('key-forgotten') ? { forgetMs: settings.forgetMs } : {}),
      ...(faults.has('search-lag') ? { searchLagMs: settings.searchLagMs } : {}),
      ...(postponed === undefined ? {} : { postponed }),
    });
    return answer;
  }
}

type Execution = {
  readonly faulty: FaultyRequest | undefined;
  readonly job: Job;
  readonly request: StripeRequest;
  readonly chosen: ChosenFaults;
};

const hangUp: Reaction = { type: 'HangUp' };

const first = (answer: StripeAnswer): Reaction & { readonly type: 'Answer' } => ({
  type: 'Answer',
  ...answer,
  replayed: false,
});

const ignoreAbort = (reason: unknown): void => {
  if (!(reason instanceof Error && reason.name === 'AbortError')) throw reason;
};
