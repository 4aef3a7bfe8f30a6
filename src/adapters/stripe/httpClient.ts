import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import type { Stripe } from 'stripe';

/** Shorter than servers keep idle connections, so that a request rarely meets one that is just being closed. */
const IDLE_CONNECTION_MS = 4_000;
/** A PaymentIntent takes a few kilobytes, at most some 30 with all the metadata there can be; a page has 100. */
const ANSWER_BYTES_MAX = 4_194_304;

/** How a request ended without a readable answer. The first is the only one of which it is known that nothing was sent. */
export type ConnectionFailureCode = 'NOT_CONNECTED' | 'TIMED_OUT' | 'CONNECTION_LOST';

/**
 * The SDK's own client is not used for three reasons: the SDK sends a request again by itself after
 * ECONNRESET or EPIPE, even with `maxNetworkRetries: 0`; its time-out is one of silence and does not cover
 * connecting, so that a trickling answer could keep a request alive for ever; and it does not tell whether
 * the request ever left. Here a request is sent once, ends by its deadline, and fails with one of three codes.
 */
export const createStripeHttpClient = (): Stripe.HttpClient => {
  const pool = { keepAlive: true, timeout: IDLE_CONNECTION_MS };
  const agents = { http: new http.Agent(pool), https: new https.Agent(pool) };
  return {
    getClientName: () => 'node',
    // Async, since the SDK would never settle its promise if this threw synchronously.
    async makeRequest(...args) {
      const [host, port, path, method, headers, body, protocol, timeoutMs] = args;
      const secure = protocol !== 'http';
      const deadline = AbortSignal.timeout(timeoutMs);
      let maybeSent = false;
      try {
        const agent = secure ? agents.https : agents.http;
        const options = { host, port, path, method, headers: { ...headers }, agent };
        const request = (secure ? https : http).request({ ...options, signal: deadline });
        request.once('socket', (socket) => {
          maybeSent = !socket.connecting;
          if (maybeSent) return;
          socket.once(secure ? 'secureConnect' : 'connect', () => (maybeSent = true));
        });
        const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
          request.once('response', resolve);
          request.on('error', reject);
          // An answer that is none, such as a switch of protocol, only closes.
          request.once('close', () => reject(new Error('closed without an answer')));
          request.end(body);
        });
        return answer(response, await readText(response));
      } catch (cause) {
        const late = deadline.aborted ? 'TIMED_OUT' : 'CONNECTION_LOST';
        throw failure(maybeSent ? late : 'NOT_CONNECTED', cause);
      }
    },
  };
};

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

/** The SDK forgets the headers of an answer that it cannot read, and they tell whether it is a stored one. */
const parse = (text: string, headers: http.IncomingHttpHeaders): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw Object.assign(new Error('no JSON', { cause }), { headers });
  }
};
