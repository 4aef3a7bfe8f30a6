import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { err, ok, type Result } from 'neverthrow';
import type { Consumer } from '../application/delivery/consumer.ts';

type WatchedConsumer = { readonly name: string; readonly consumer: Pick<Consumer, 'health'> };

export type HealthServer = {
  readonly port: number;
  close(): Promise<void>;
};

/** Only an orchestrator asks, so that a few seconds and connections are plenty. */
const REQUEST_TIMEOUT_MS = 5_000;
const CONNECTIONS_MAX = 100;

/**
 * Answers GET and HEAD of /livez and /readyz: 200 if every service is well, otherwise 503, with the
 * reason for people. A process whose event loop is stuck does not answer at all, which fails a
 * probe too. The answer has names of services and fixed words, no address, account or order. An
 * error is the reason why it cannot listen there.
 */
export const serveHealth = (
  services: readonly WatchedConsumer[],
  at: { readonly port: number; readonly host?: string | undefined },
): Promise<Result<HealthServer, string>> => {
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
    answerFor(services),
  );
  server.maxConnections = CONNECTIONS_MAX;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return new Promise((resolve) => {
    // A failure after it listens is noticed by the prober; the promise has been resolved by then.
    server.on('error', ({ message }) => resolve(err(message)));
    server.listen(at, () => {
      const { port } = server.address() as AddressInfo;
      resolve(ok({ port, close }));
    });
  });
};

const CHECKS = { '/livez': 'live', '/readyz': 'ready' } as const;

const isCheck = (path: string): path is keyof typeof CHECKS => Object.hasOwn(CHECKS, path);

const answerFor =
  (services: readonly WatchedConsumer[]): RequestListener =>
  (request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || !isCheck(path)) {
      response.writeHead(404).end();
      return;
    }
    const states = services.map(({ name, consumer }) => ({ service: name, ...consumer.health() }));
    const isWell = states.every((state) => state[CHECKS[path]]);
    const body = JSON.stringify({ status: isWell ? 'ok' : 'failing', services: states });
    response.writeHead(isWell ? 200 : 503, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
    });
    // Node sends no body in answer to HEAD.
    response.end(body);
  };
