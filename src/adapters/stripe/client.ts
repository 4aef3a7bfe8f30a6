import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { Stripe } from 'stripe';
import { machineClock } from '../system/clock.ts';

/** Shorter than servers keep idle connections: few requests meet one that is being closed. */
const IDLE_CONNECTION_MS = 4_000;
/** A PaymentIntent has some 30 KB at most, with all possible metadata; a page has 100. */
const ANSWER_BYTES_MAX = 4_194_304;

/** How a request ended without a readable answer. The first two prove that nothing was sent. */
export type ConnectionFailureCode = 'NOT_CONNECTED' | 'TOO_LATE' | 'TIMED_OUT' | 'CONNECTION_LOST';

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
  const pool = { keepAlive: true, timeout: IDLE_CONNECTION_MS };
  const agents = { http: new http.Agent(pool), https: new https.Agent(pool) };
  return {
    getClientName: () => 'node',
    // Async, since the SDK would never settle its promise if this threw synchronously.
    async makeRequest(...args) {
      const [host, port, path, method, headers, body, protocol, timeoutMs] = args;
      const secure = protocol !== 'http';
      const deadline = AbortSignal.timeout(timeoutMs);
      const { [NOT_AFTER_HEADER]: notAfter = 'Infinity', ...sent } = headers as Headers;
      const begun = performance.now();
      let maybeSent = false;
      let isLate = false;
      try {
        const agent = secure ? agents.https : agents.http;
        const options = { host, port, path, method, headers: sent, agent };
        const request = (secure ? https : http).request({ ...options, signal: deadline });
        const write = (): void => {
          isLate = now() >= Number(notAfter);
          if (isLate) return void request.destroy();
          maybeSent = true;
          request.end(body);
        };
        request.once('socket', (socket) => {
          if (!socket.connecting) return write();
          socket.once(secure ? 'secureConnect' : 'connect', write);
        });
        const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
          request.once('response', resolve);
          request.on('error', reject);
          // Any other than a normal answer, such as a switch of protocol, only closes the
          // connection.
          request.once('close', () => reject(new Error('closed without an answer')));
        });
        const { date, age } = response.headers;
        const tookMs = performance.now() - begun;
        machineClock.observe({ source: host, date, age, receivedAt: Date.now(), tookMs });
        return answer(response, await readText(response));
      } catch (cause) {
        const ended = deadline.aborted ? 'TIMED_OUT' : 'CONNECTION_LOST';
        const unsent = isLate ? 'TOO_LATE' : 'NOT_CONNECTED';
        throw failure(maybeSent ? ended : unsent, cause);
      }
    },
  };
};

type Headers = Readonly<Record<string, string>>;

const failure = (code: ConnectionFailureCode, cause: unknown): Error =>
  Object.assign(new Error(code, { cause }), { code });

const readText = async (response: http.IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX)
      throw new Error(`an answer of more than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const answer = (response: http.IncomingMessage, text: string): Stripe.HttpClientResponse => ({
  getStatusCode: () => response.statusCode ?? 0,
  getHeaders: () => response.headers as Record<string, string>,
  getRawResponse: () => response,
  toStream: () => Readable.from([text]),
  toJSON: async () => parse(text, response.headers),
});

/** The SDK drops the headers of an unreadable answer, which say whether it is a stored one. */
const parse = (text: string, headers: http.IncomingHttpHeaders): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw Object.assign(new Error('no JSON', { cause }), { headers });
  }
};

/** Pinned: otherwise it is the account's. A newer SDK only compiles once this is updated. */
export const STRIPE_API_VERSION = '2026-10-28.endive';
/** From sending to the whole answer; a card payment rarely takes more than a few seconds. */
export const STRIPE_TIMEOUT_MS = 10_000;

/** Whether the key's money is real. */
export type GatewayMode = 'live' | 'test';

/** The beginning of a Stripe key shows its mode. */
export const gatewayMode = (secretKey: string): GatewayMode =>
  /^[sr]k_live_/.test(secretKey) ? 'live' : 'test';

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
