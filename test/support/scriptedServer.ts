import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type SeenRequest = {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** The bytes that came over the wire, as text. */
  readonly body: string;
};

export type ScriptedServer = {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  close(): Promise<void>;
};

/** An HTTP server that does to each request what the test says, and remembers what came. */
export const startScriptedServer = async (
  react: (response: ServerResponse) => void,
): Promise<ScriptedServer> => {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    const note = (body: string) => {
      seen.push({ method, url, headers, body });
      react(response);
    };
    text(request).then(note, () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
