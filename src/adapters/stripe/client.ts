import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Stripe } from 'stripe';
import {
  createAgents,
  exchange,
  observeDate,
  type HttpRequest,
  type ReceivedAnswer,
} from '../http.ts';
import type { ProxySettings } from '../proxy.ts';
import { fixedSecret } from '../../application/ports/liveSecret.ts';
import { identifyAccount } from './account.ts';
import { createGatewayKey, type GatewayKey, type OpenKey } from './gatewayKey.ts';
import { fieldsOf } from './rows.ts';
import { STRIPE_TIMEOUT_MS } from './rules.ts';

/** Servers keep idle connections longer, so that few requests meet one that is being closed. */
const IDLE_CONNECTION_MS = 4_000;
/** A PaymentIntent has some 30 KB at most, with all possible metadata; a page has 100. */
const ANSWER_BYTES_MAX = 4_194_304;
/**
 * The SDK's own client is not used for three reasons: the SDK sends a request again by itself after
 * ECONNRESET or EPIPE, even with `maxNetworkRetries: 0`; its time-out is one of silence and does
 * not cover connecting, so that a trickling answer could keep a request alive for ever; and it does
 * not say whether the request ever left. Here a request is sent once, ends by its deadline, and
 * fails with one of four codes.
 *
 * Nothing of a request is written before its connection stands, and right before that the clock is
 * read for one that moves money: too late, it does not leave at all (R4). A stall of the process
 * cannot come in between.
 */
const createHttpClient = (agents: Agents, key: GatewayKey): Stripe.HttpClient => ({
  getClientName: () => 'node',
  // Async, since the SDK would never settle its promise if this threw synchronously.
  async makeRequest(...args) {
    const [host, port, path, method, headers, body, protocol, timeoutMs] = args;
    const agent = protocol === 'http' ? agents.http : agents.https;
    const place = { agent, host, port: Number(port), method, path };
    return responseOf(await ask({ ...place, headers, body, timeoutMs }, key));
  },
});

type Agents = ReturnType<typeof createAgents>;
type Headers = Readonly<Record<string, string>>;

const UNAUTHORIZED = 401;
/** The time that a refused request waits for another key. */
const REFRESH_WAIT_MS = 5_000;

type KeylessRequest = Omit<HttpRequest, 'answerBytesMax'>;

/**
 * A request whose key is refused was not executed: it is sent once more where there is another key
 * of the same account since. `notAfter` holds for that second send as for the first (R4).
 */
const ask = async (request: KeylessRequest, key: GatewayKey): Promise<ReceivedAnswer> => {
  const used = key.current();
  const answered = await askWith(used, request);
  if (answered.status !== UNAUTHORIZED) return answered;
  if (key.current() === used) await within(key.refresh(), REFRESH_WAIT_MS);
  return key.current() === used ? answered : askWith(key.current(), request);
};

const askWith = async (secretKey: string, request: KeylessRequest): Promise<ReceivedAnswer> => {
  const begun = performance.now();
  const headers = { ...request.headers, authorization: `Bearer ${secretKey}` };
  const answered = await exchange({ ...request, headers, answerBytesMax: ANSWER_BYTES_MAX });
  observeDate(request.host, answered.headers, begun);
  return answered;
};

const within = async (work: Promise<unknown>, ms: number): Promise<void> => {
  const over = new AbortController();
  const late = sleep(ms, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([work, late]);
  over.abort();
};

const responseOf = (answered: ReceivedAnswer): Stripe.HttpClientResponse => ({
  getStatusCode: () => answered.status,
  getHeaders: () => answered.headers as Headers,
  getRawResponse: () => answered,
  toStream: () => Readable.from([answered.body]),
  toJSON: async () => parse(answered),
});

/** The SDK drops the headers of an unreadable answer, which say whether it is a stored one. */
const parse = ({ body, headers }: ReceivedAnswer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw Object.assign(new Error('no JSON', { cause }), { headers });
  }
};

/**
 * The version is pinned: otherwise it is the account's. A newer SDK only compiles once this is
 * updated.
 */
export const STRIPE_API_VERSION = '2026-10-28.endive';

type StripeSettings = {
  /** A key that stays, or the opener of one that may change. */
  readonly secretKey: string | OpenKey;
  /** The origin of an API to use instead of https://api.stripe.com: a sandbox. Without a path. */
  readonly apiUrl?: string;
  /** The maximum duration of a request, in milliseconds. */
  readonly timeoutMs?: number;
  readonly proxies?: ProxySettings;
};

/** A request that moves money, as it is frozen: it is sent as it is. */
export type FrozenPost = {
  readonly path: string;
  readonly body: string;
  readonly idempotencyKey: string;
  /** The request is not written at this moment or later, in milliseconds since the epoch. */
  readonly notAfter: number;
};

/**
 * The SDK, for everything but the requests that move money. Those are frozen with their intent, so
 * that there is nothing to encode: they are sent byte for byte, for a third of the work (ADR 0031).
 * Answers and errors are those of the SDK.
 */
export class StripeClient extends Stripe {
  readonly #agents: Agents;
  readonly #key: GatewayKey;
  readonly #timeoutMs: number;
  readonly #address: StripeAddress;

  /** @throws TypeError if `apiUrl` is no plain origin, or would send a live key unencrypted. */
  constructor(settings: StripeSettings) {
    const { secretKey, apiUrl, timeoutMs = STRIPE_TIMEOUT_MS, proxies = {} } = settings;
    const agents = createAgents(IDLE_CONNECTION_MS, proxies);
    const key = createGatewayKey(
      typeof secretKey === 'string' ? () => fixedSecret(secretKey) : secretKey,
      (one) => identifyAccount(new StripeClient({ ...settings, secretKey: one })),
    );
    const where = apiUrl === undefined ? STRIPE_ADDRESS : address(apiUrl, key.current());
    super('', {
      // The key is added when a request is sent.
      authenticator: () => Promise.resolve(),
      apiVersion: STRIPE_API_VERSION,
      httpClient: createHttpClient(agents, key),
      // A retry is a redelivery of the message, with the same key and bytes, and no loop in here.
      maxNetworkRetries: 0,
      telemetry: false,
      timeout: timeoutMs,
      ...where,
    });
    this.#agents = agents;
    this.#key = key;
    this.#timeoutMs = timeoutMs;
    this.#address = where;
  }

  /** The account of the key in use. From then on no key of another account is used. */
  identify(): ReturnType<GatewayKey['identify']> {
    return this.#key.identify();
  }

  /** @throws StripeError as the SDK does */
  async postFrozen({ path, body, idempotencyKey, notAfter }: FrozenPost): Promise<unknown> {
    const { host, port, protocol } = this.#address;
    const answered = await ask(
      {
        agent: protocol === 'http' ? this.#agents.http : this.#agents.https,
        host,
        port: Number(port),
        method: 'POST',
        path,
        headers: {
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(body),
          'idempotency-key': idempotencyKey,
          'stripe-version': STRIPE_API_VERSION,
          'user-agent': `Paidonce Stripe/v1 NodeBindings/${Stripe.PACKAGE_VERSION}`,
        },
        body,
        timeoutMs: this.#timeoutMs,
        isTooLate: () => Date.now() >= notAfter,
      },
      this.#key,
    ).catch((detail: Error) => {
      throw new Stripe.errors.StripeConnectionError({ message: 'no answer of Stripe', detail });
    });
    return resultOf(answered);
  }
}

const resultOf = (answered: ReceivedAnswer): unknown => {
  const { status: statusCode } = answered;
  const headers = answered.headers as Headers;
  const requestId = headers['request-id'];
  const about = { headers, statusCode, ...(requestId !== undefined && { requestId }) };
  const result = parsedOf(answered, requestId);
  const { error } = fieldsOf(result);
  if (error === undefined || error === null) return result;
  throw Stripe.errors.StripeError.generate({ ...fieldsOf(error), ...about });
};

type RawError = Parameters<typeof Stripe.errors.StripeError.generate>[0];

const parsedOf = (answered: ReceivedAnswer, requestId: string | undefined): unknown => {
  try {
    return parse(answered);
  } catch (exception) {
    const raw = { message: 'Invalid JSON received from the Stripe API', exception, requestId };
    throw new Stripe.errors.StripeAPIError(raw as RawError);
  }
};

export const createStripeClient = (settings: StripeSettings): StripeClient =>
  new StripeClient(settings);

type StripeAddress = {
  readonly host: string;
  readonly protocol: 'http' | 'https';
  readonly port: string | number;
};

const STRIPE_ADDRESS: StripeAddress = { host: 'api.stripe.com', protocol: 'https', port: 443 };

const address = (apiUrl: string, secretKey: string): StripeAddress => {
  const { protocol, hostname, port, origin, href } = new URL(apiUrl);
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new TypeError(`not an HTTP URL: ${apiUrl}`);
  if (href !== `${origin}/`) throw new TypeError(`not a plain origin: ${apiUrl}`);
  if (protocol === 'http:' && !/^[sr]k_test_/.test(secretKey)) {
    throw new TypeError('only a test key may travel over unencrypted HTTP');
  }
  const scheme: 'http' | 'https' = protocol === 'http:' ? 'http' : 'https';
  // Node requires an IPv6 address without the brackets that it has in a URL.
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, protocol: scheme, port: port === '' ? (scheme === 'http' ? 80 : 443) : port };
};
