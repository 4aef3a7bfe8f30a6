import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

export type TestProxy = {
  readonly url: string;
  /** What it was asked to connect to, and with which authorization. */
  readonly asked: readonly { readonly to: string; readonly authorization: string | undefined }[];
  close(): Promise<void>;
};

type ProxyOptions = {
  /** The port of this machine to which each host leads, whatever its own port is. */
  readonly ports: Readonly<Record<string, number>>;
  /** Instead of connecting. */
  readonly react?: (request: IncomingMessage, socket: Socket) => void;
};

/** A proxy that connects names to ports of this machine, so that nothing leaves it. */
export const startProxy = async ({ ports, react }: ProxyOptions): Promise<TestProxy> => {
  const asked: TestProxy['asked'][number][] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket)),
    );
  };
  const server: Server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    const { url: to = '', headers } = request;
    asked.push({ to, authorization: headers['proxy-authorization'] });
    keep(socket);
    if (react !== undefined) return react(request, socket);
    const port = ports[to.slice(0, to.lastIndexOf(':'))];
    if (port === undefined) return socket.end('HTTP/1.1 502 No such host\r\n\r\n');
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    keep(target);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
};
