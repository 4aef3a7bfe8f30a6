import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { err, ok, type Result } from 'neverthrow';
import type { CallServer, HandleCall } from '../../application/ports/gatewayEvents.ts';

/** An event of Stripe has some 10 KB; one with a long list of refunds in it has 100. */
export const CALL_BYTES_MAX = 524_288;
/** Bodies are held whole, so that their sum is bounded: 50 MiB. */
const CONNECTIONS_MAX = 100;
/** Stripe waits for ten seconds or more (https://docs.stripe.com/webhooks), and calls again. */
const REQUEST_TIMEOUT_MS = 10_000;

type CallEndpoint = {
  /** 0 for any port that is free. */
  readonly port: number;
  /** The address to listen on; undefined for every address of this machine. */
  readonly host?: string | undefined;
  /** The one path that is taken. */
  readonly path: string;
  /** The header with the signature, in lower case. */
  readonly signatureHeader: string;
};

/**
 * Takes POST of one path, whose body is handed on byte for byte, as signatures are of bytes. TLS
 * ends in front of it. An error is the reason why it cannot listen there.
 */
export const serveCalls = (
  handle: HandleCall,
  { port, host, ...calls }: CallEndpoint,
): Promise<Result<CallServer, string>> => {
  const underWay = new Set<Promise<void>>();
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      const answered = answer(request, response, { handle, ...calls }).finally(() =>
        underWay.delete(answered),
      );
      underWay.add(answered);
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  const close: CallServer['close'] = async (deadlineMs) => {
    server.close();
    server.closeIdleConnections();
    const held = underWay.size;
    const late = new AbortController();
    await Promise.race([Promise.all(underWay), timeUp(deadlineMs, late.signal)]);
    late.abort();
    const cut = underWay.size;
    server.closeAllConnections();
    return { finished: held - cut, cut };
  };
  return new Promise((resolve) => {
    // A failure after it listens is noticed by the caller; the promise has been resolved by then.
    server.on('error', ({ message }) => resolve(err(message)));
    server.listen({ port, host }, () => {
      const { port: listensOn } = server.address() as AddressInfo;
      resolve(ok({ port: listensOn, close }));
    });
  });
};

const timeUp = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

type Answering = Pick<CallEndpoint, 'path' | 'signatureHeader'> & { readonly handle: HandleCall };

const answer = async (
  request: IncomingMessage,
  response: ServerResponse,
  { handle, path, signatureHeader }: Answering,
): Promise<void> => {
  const [asked] = (request.url ?? '').split('?');
  if (asked !== path) return end(response, 404);
  if (request.method !== 'POST') return end(response, 405, { allow: 'POST' });
  const body = await bodyOf(request);
  if (body.isErr()) return end(response, body.error);
  const signature = request.headers[signatureHeader];
  const single = Array.isArray(signature) ? undefined : signature;
  const { status } = await handle({ body: body.value, signature: single });
  end(response, status, status === 503 ? { 'retry-after': '60' } : {});
};

const TOO_LARGE = 413;
const CUT_OFF = 400;

const bodyOf = async (request: IncomingMessage): Promise<Result<Uint8Array, number>> => {
  if (Number(request.headers['content-length']) > CALL_BYTES_MAX) return err(TOO_LARGE);
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      bytes += part.length;
      if (bytes > CALL_BYTES_MAX) return err(TOO_LARGE);
      parts.push(part);
    }
  } catch {
    // The caller is gone, so that nobody reads the answer; it calls again.
    return err(CUT_OFF);
  }
  return ok(Buffer.concat(parts));
};

/**
 * Answers without a body: nothing about the reason is for strangers. What is not read is cut off.
 */
const end = (
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void => {
  const connection = status === 200 ? {} : { connection: 'close' };
  response.writeHead(status, { ...connection, ...headers, 'content-length': '0' }).end();
};
