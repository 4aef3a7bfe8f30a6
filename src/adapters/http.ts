import http from 'node:http';
import https from 'node:https';
import { throughProxies, type ProxySettings } from './proxy.ts';
import { machineClock } from './system/clock.ts';

/**
 * The way in which an exchange ended without a readable answer. The first two prove that nothing
 * was sent.
 */
export type HttpFailureCode = 'NOT_CONNECTED' | 'TOO_LATE' | 'TIMED_OUT' | 'CONNECTION_LOST';

/** `cause` is Node's own error, if there is one. */
export class HttpFailure extends Error {
  readonly code: HttpFailureCode;

  constructor(code: HttpFailureCode, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

export type HttpRequest = {
  readonly agent: http.Agent;
  readonly host: string;
  readonly port: number | undefined;
  readonly method: string;
  readonly path: string;
  readonly headers: http.OutgoingHttpHeaders;
  readonly body: string | Uint8Array | undefined;
  /** The time from now to the whole answer, in milliseconds. */
  readonly timeoutMs: number;
  /**
   * The time from now to a connection that can be written to; without it only `timeoutMs` counts.
   */
  readonly connectTimeoutMs?: number;
  readonly answerBytesMax: number;
  readonly signal?: AbortSignal;
  /** Called when the connection stands, right before anything is written. */
  readonly isTooLate?: () => boolean;
};

export type ReceivedAnswer = {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
};

/**
 * Sends one request once, and receives its whole answer. Nothing is written before the connection
 * stands, so that a failure says whether the request can have left (R4). It always ends by
 * `timeoutMs`, and fails with an `HttpFailure`; an answer that trickles does not keep it alive.
 */
export const exchange = (asked: HttpRequest): Promise<ReceivedAnswer> =>
  new Promise((resolve, reject) => {
    const { body, signal, isTooLate } = asked;
    let maybeSent = false;
    let isEnded = false;
    let reason: HttpFailureCode | undefined;
    let cause: unknown;
    const request = openRequest(asked);

    const end = (why?: HttpFailureCode): void => {
      reason ??= why;
      isEnded = true;
      request.destroy();
      // A way through a proxy that does not stand yet has no event; the request will not get it.
      if (request.socket === null) fail();
    };
    const clearDeadline = setPatientTimeout(() => end('TIMED_OUT'), asked.timeoutMs);
    const clearConnecting = setPatientTimeout(() => end('NOT_CONNECTED'), asked.connectTimeoutMs);
    const onAbort = (): void => end();
    const settle = (): void => {
      clearDeadline();
      clearConnecting();
      signal?.removeEventListener('abort', onAbort);
    };
    const fail = (): void => {
      settle();
      const how = reason ?? 'CONNECTION_LOST';
      reject(new HttpFailure(maybeSent || how === 'TOO_LATE' ? how : 'NOT_CONNECTED', cause));
    };

    const write = (): void => {
      clearConnecting();
      if (isTooLate?.() === true) return end('TOO_LATE');
      maybeSent = true;
      request.end(body);
    };
    request.once('socket', (socket) => {
      if (!socket.connecting) return write();
      socket.once(isSecure(asked) ? 'secureConnect' : 'connect', write);
    });
    request.on('error', (error) => {
      // Node says that the connection was lost when a request is ended here.
      if (!isEnded) cause ??= error;
    });
    // Comes after every answer and every error. An answer that is not a normal one, such as a
    // switch of protocol, only closes the connection.
    request.once('close', fail);
    request.once('response', (response) => {
      readBody(response, asked.answerBytesMax, {
        onError: (error) => {
          cause ??= error;
          end();
        },
        onEnd: (whole) => {
          // A connection that breaks off within an answer ends it without completing it.
          if (!response.complete || cause !== undefined) return end();
          request.off('close', fail);
          settle();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole });
        },
      });
    });
    if (signal?.aborted === true) end();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });

const isSecure = ({ agent }: HttpRequest): boolean => agent instanceof https.Agent;

const openRequest = (asked: HttpRequest): http.ClientRequest => {
  const { agent, host, port, method, path, headers } = asked;
  // Node requires an IPv6 address without the brackets that it has in a URL.
  const hostname = host.replace(/^\[(.+)\]$/u, '$1');
  const options = { agent, host: hostname, port, method, path, headers };
  return (isSecure(asked) ? https : http).request(options);
};

type BodyEvents = {
  /** The connection failed, or the body is too large. */
  readonly onError: (error: Error) => void;
  readonly onEnd: (whole: Buffer) => void;
};

const readBody = (
  response: http.IncomingMessage,
  bytesMax: number,
  { onError, onEnd }: BodyEvents,
): void => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > bytesMax) return onError(new Error(`an answer of more than ${bytesMax} bytes`));
    chunks.push(chunk);
  });
  response.on('error', onError);
  response.once('end', () => {
    const [first = EMPTY] = chunks;
    onEnd(chunks.length > 1 ? Buffer.concat(chunks, bytes) : first);
  });
};

/**
 * A process that was held up finds its timers due before it looks at what has arrived meanwhile.
 * What has arrived counts, so that it is looked at first.
 */
const setPatientTimeout = (act: () => void, ms: number | undefined): (() => void) => {
  if (ms === undefined) return () => undefined;
  let looked: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    looked = setImmediate(act);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(looked);
  };
};

/** Shows whether this machine's clock is right; `begunAt` is of `performance.now()`. */
export const observeDate = (
  source: string,
  { date, age }: Pick<http.IncomingHttpHeaders, 'date' | 'age'>,
  begunAt: number,
): void => {
  const tookMs = performance.now() - begunAt;
  machineClock.observe({ source, date, age, receivedAt: Date.now(), tookMs });
};

const EMPTY = Buffer.alloc(0);

/**
 * Connections that are kept for `idleMs`: shorter than servers keep them, so that a request rarely
 * meets one that is being closed.
 */
export const createAgents = (idleMs: number, proxies: ProxySettings = {}) => {
  const pool = { keepAlive: true, timeout: idleMs };
  return {
    http: throughProxies(new http.Agent(pool), proxies),
    https: throughProxies(new https.Agent(pool), proxies),
  };
};
