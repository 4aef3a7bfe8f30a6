import { Readable } from 'node:stream';
import { Stripe } from 'stripe';
import { createAgents, exchange, observeDate, type ReceivedAnswer } from '../http.ts';
import { STRIPE_TIMEOUT_MS } from './rules.ts';

/** Shorter than servers keep idle connections: few requests meet one that is being closed. */
const IDLE_CONNECTION_MS = 4_000;
/** A PaymentIntent has some 30 KB at most, with all possible metadata; a page has 100. */
const ANSWER_BYTES_MAX = 4_194_304;
/** From our own code to this client, in milliseconds since the epoch; it is never sent. */
export const NOT_AFTER_HEADER = 'x-paidonce-not-after';

/**
 * The SDK's own client is not used for three reasons: the SDK sends a request again by itself after
 * ECONNRESET or EPIPE, even with `maxNetworkRetries: 0`; its time-out is one of silence and does
 * not cover connecting, so that a trickling answer could keep a request alive for ever; and it does
 * not say whether the request ever left. Here a request is sent once, ends by its deadline, and
 * fails with one of four codes.
 *
 * Nothing of a request is written before its connection stands, and right before that the clock is
 * read: one that would leave too late does not leave at all (R4). A stall of the process cannot
 * come in between.
 */
const createStripeHttpClient = (now: () => number = Date.now): Stripe.HttpClient => {
  const agents = createAgents(IDLE_CONNECTION_MS);
  return {
    getClientName: () => 'node',
    // Async, since the SDK would never settle its promise if this threw synchronously.
    async makeRequest(...args) {
      const [host, port, path, method, headers, body, protocol, timeoutMs] = args;
      const { [NOT_AFTER_HEADER]: notAfter = 'Infinity', ...sent } = headers as Headers;
      const begun = performance.now();
      const agent = protocol === 'http' ? agents.http : agents.https;
      const answered = await exchange({
        agent,
        host,
        port: Number(port),
        method,
        path,
        headers: sent,
        body,
        timeoutMs,
        answerBytesMax: ANSWER_BYTES_MAX,
        isTooLate: () => now() >= Number(notAfter),
      });
      observeDate(host, answered.headers, begun);
      return responseOf(answered);
    },
  };
};

type Headers = Readonly<Record<string, string>>;

const responseOf = (answered: ReceivedAnswer): Stripe.HttpClientResponse => ({
  getStatusCode: () => answered.status,
  getHeaders: () => answered.headers as Headers,
  getRawResponse: () => answered,
  toStream: () => Readable.from([answered.body]),
  toJSON: async () => parse(answered.body.toString('utf8'), answered.headers),
});

/** The SDK drops the headers of an unreadable answer, which say whether it is a stored one. */
const parse = (text: string, headers: ReceivedAnswer['headers']): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw Object.assign(new Error('no JSON', { cause }), { headers });
  }
};

/** Pinned: otherwise it is the account's. A newer SDK only compiles once this is updated. */
export const STRIPE_API_VERSION = '2026-10-28.endive';

type StripeSettings = {
  readonly secretKey: string;
  /** The origin of an API to use instead of https://api.stripe.com: a sandbox. Without a path. */
  readonly apiUrl?: string;
  /** The maximum duration of a request, in milliseconds. */
  readonly timeoutMs?: number;
};

/** @throws TypeError if `apiUrl` is no plain origin, or would send a live key unencrypted. */
export const createStripeClient = (settings: StripeSettings): Stripe =>
  new Stripe(settings.secretKey, {
    apiVersion: STRIPE_API_VERSION,
    httpClient: createStripeHttpClient(),
    // A retry is a redelivery of the message, with the same key and bytes, and no loop in here.
    maxNetworkRetries: 0,
    telemetry: false,
    timeout: settings.timeoutMs ?? STRIPE_TIMEOUT_MS,
    ...(settings.apiUrl === undefined ? {} : address(settings.apiUrl, settings.secretKey)),
  });

const address = (apiUrl: string, secretKey: string) => {
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
