import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

const TIMEOUT_MS = 15_000;

/** A port that is free now, for a service that comes back to it after each of its deaths. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/**
 * One address for the endpoints of all deployments on one account, since the sandbox posts to one
 * alone: each call goes to each, byte for byte, and is confirmed once all have confirmed it.
 */
export const openEndpoint = async (ports: readonly number[]) => {
  const server = createServer((request, response) => {
    void passOn(request, ports).then((status) => response.writeHead(status).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/stripe`,
    close: async (): Promise<void> => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};

/** The worst answer; 502 where a service is dead. */
const passOn = async (request: IncomingMessage, ports: readonly number[]): Promise<number> => {
  const body = new Uint8Array(await buffer(request));
  const headers = {
    'content-type': request.headers['content-type'] ?? '',
    'stripe-signature': String(request.headers['stripe-signature']),
  };
  const answers = ports.map((port) =>
    fetch(`http://127.0.0.1:${port}/stripe`, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).then(
      ({ status }) => status,
      () => 502,
    ),
  );
  return Math.max(...(await Promise.all(answers)));
};
