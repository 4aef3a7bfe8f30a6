import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a stand-in answers: a status, and a body that is sent as it is. */
export type Answer = { readonly status?: number; readonly body: string };

export type ReceivedRequest = {
  /** The method and path of the request, for services without `x-amz-target`. */
  readonly path: string;
  /** The name of the operation, for AWS's JSON protocols. */
  readonly operation: string;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
};

type Handle = (request: ReceivedRequest) => Answer | Promise<Answer>;

export type Counts = Record<string, number>;

type StandIn = { readonly url: string; readonly counts: Counts; close(): void };

/**
 * Serves one service on a free port of this machine. Each answer takes `delayMs`, whatever is asked
 * for, so that programs differ only in what they do themselves.
 */
export const serve = async (
  handle: Handle,
  options: { readonly delayMs: number; readonly contentType: string },
): Promise<StandIn> => {
  const counts: Counts = {};
  const server = createServer((request, response) => {
    void answerTo(request, response);
  });
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    const operation = String(request.headers['x-amz-target'] ?? '').replace(/^.*\./u, '');
    const path = `${request.method} ${request.url}`;
    const name = operation === '' ? path.replace(/\?.*$/u, '') : operation;
    counts[name] = (counts[name] ?? 0) + 1;
    const answer = await handle({ path, operation, body, headers: request.headers });
    setTimeout(() => send(response, answer, options.contentType), options.delayMs);
  };
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, counts, close };
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

const send = (response: ServerResponse, { status = 200, body }: Answer, type: string): void => {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': '00000000-0000-0000-0000-000000000000',
  });
  response.end(body);
};
