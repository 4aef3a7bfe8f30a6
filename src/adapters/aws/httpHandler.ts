import type { IncomingHttpHeaders } from 'node:http';
import { buildQueryString } from '@smithy/core/protocols';
import { createAgents, exchange, HttpFailure, observeDate } from '../http.ts';
import { PROXIED_CONNECT_TIMEOUT_MS, proxyFor, type ProxySettings } from '../proxy.ts';

/** A request of the SDK, which is already signed. */
export type SdkRequest = {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  readonly path: string;
  readonly query?: Parameters<typeof buildQueryString>[0];
  headers: Record<string, string>;
  readonly body?: string | Uint8Array;
};

export type SdkAnswer = {
  readonly response: {
    readonly statusCode: number;
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer;
  };
};

export type HttpHandlerOptions = {
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly proxies?: ProxySettings;
};

/** AWS closes an idle connection after some 20 s (DynamoDB is the first). */
export const IDLE_CONNECTION_MS = 15_000;
/** A page of a table has 1 MB, and a receive too, which JSON can write six times as long. */
const ANSWER_BYTES_MAX = 16_777_216;

/** The options of one call. The SDK passes on those that it does not know. */
export type HandlerOptions = {
  readonly abortSignal?: AbortSignal;
  /** Called with a request that was answered with 200. */
  readonly onAnswered?: (request: SdkRequest) => void;
  /** The answer to the first attempt, which was made without the SDK. */
  firstAttempt?: Promise<SdkAnswer> | undefined;
};

/**
 * The SDK's request handler for small requests and answers: it reads an answer whole, with one
 * timer and without streams (ADR 0031). Every answer has a date, which shows whether this machine's
 * clock is right.
 */
export const createHttpHandler = ({
  connectTimeoutMs,
  requestTimeoutMs,
  proxies = {},
}: HttpHandlerOptions) => {
  const agents = createAgents(IDLE_CONNECTION_MS, proxies);
  const connectTimeoutOf = (protocol: 'http:' | 'https:', host: string, port: number): number =>
    proxyFor({ protocol, host, port }, proxies) === undefined
      ? connectTimeoutMs
      : PROXIED_CONNECT_TIMEOUT_MS;
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async (request: SdkRequest, options: HandlerOptions = {}): Promise<SdkAnswer> => {
      const { abortSignal: signal, firstAttempt, onAnswered } = options;
      if (firstAttempt !== undefined) {
        options.firstAttempt = undefined;
        return firstAttempt;
      }
      const { protocol, hostname, port, method, path, query, headers, body } = request;
      const begun = performance.now();
      const isSecure = protocol === 'https:';
      const answer = await exchange({
        agent: isSecure ? agents.https : agents.http,
        host: hostname,
        port,
        method,
        path: path + queryText(query),
        headers,
        body,
        timeoutMs: requestTimeoutMs,
        connectTimeoutMs: isSecure
          ? connectTimeoutOf('https:', hostname, port ?? 443)
          : connectTimeoutOf('http:', hostname, port ?? 80),
        answerBytesMax: ANSWER_BYTES_MAX,
        ...(signal && { signal }),
      }).catch((failure: unknown) => {
        throw signal?.aborted === true ? aborted() : sdkErrorOf(failure);
      });
      observeDate(hostname, answer.headers, begun);
      const { status: statusCode, headers: received, body: text } = answer;
      if (statusCode === 200) onAnswered?.(request);
      return { response: { statusCode, headers: received, body: text } };
    },
    destroy: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
};

const queryText = (query: SdkRequest['query']): string => {
  const text = buildQueryString(query ?? {});
  return text === '' ? '' : `?${text}`;
};

/**
 * The SDK recognises by these names what it may send again, and the adapters what was never sent.
 */
const sdkErrorOf = (failure: unknown): Error => {
  if (!(failure instanceof HttpFailure)) return failure as Error;
  const { code, cause } = failure;
  if (cause instanceof Error) return cause;
  if (code === 'TIMED_OUT') return timedOut('no answer in time');
  if (code === 'NOT_CONNECTED') return timedOut('no connection in time', code);
  return Object.assign(new Error('the connection was lost'), { code: 'ECONNRESET' });
};

const timedOut = (message: string, code?: string): Error =>
  Object.assign(new Error(message), { name: 'TimeoutError', ...(code !== undefined && { code }) });

const aborted = (): Error => Object.assign(new Error('Request aborted'), { name: 'AbortError' });
