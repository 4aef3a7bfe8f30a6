import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A gateway that takes the keys that it is given, each for the account of a key of the sandbox. */
export type KeyedGateway = {
  readonly url: string;
  /** The sandbox's key by the one that is accepted; each key of the sandbox has an account. */
  readonly keys: Map<string, string>;
  /** Each request that came: its key, and whether it was accepted. */
  readonly seen: { readonly key: string; readonly path: string; readonly accepted: boolean }[];
  close(): Promise<void>;
};

const REFUSED = JSON.stringify({
  error: { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_test_****' },
});

/** Stands in front of the sandbox, which takes every key. */
export const startKeyedGateway = async (sandbox: string): Promise<KeyedGateway> => {
  const keys = new Map<string, string>();
  const seen: KeyedGateway['seen'] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const { url: path = '', method = 'GET', headers } = request;
    const key = (headers.authorization ?? '').replace('Bearer ', '');
    const inside = keys.get(key);
    seen.push({ key, path, accepted: inside !== undefined });
    if (inside === undefined) {
      response.writeHead(401, { 'content-type': 'application/json' }).end(REFUSED);
      return;
    }
    const answer = await fetch(`${sandbox}${path}`, {
      method,
      headers: Object.entries({ ...headers, authorization: `Bearer ${inside}` }).flatMap(
        ([name, value]) =>
          typeof value !== 'string' || /^(host|connection|content-length)$/.test(name)
            ? []
            : [[name, value] as [string, string]],
      ),
      ...(method === 'GET' ? {} : { body: new Uint8Array(body) }),
    });
    const { status, headers: sent } = answer;
    const text = await answer.text();
    const shown = [...sent].filter(([name]) => !/^(content-|transfer-|connection)/.test(name));
    response
      .writeHead(status, { ...Object.fromEntries(shown), 'content-type': 'application/json' })
      .end(text);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    keys,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
