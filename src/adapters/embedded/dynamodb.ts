import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { Level } from 'level';
import { createDynamoDbFront, type Dynalite, untilOpen } from './dynamodbFront.ts';
import { guardServer } from './guard.ts';
import { type EmbeddedServer, type EmbeddedServerOptions, LOOPBACK } from './server.ts';

/**
 * DynamoDB in this process: dynalite on LevelDB, behind a front that turns the only PartiQL
 * statement of this project into dynalite's conditional PutItem. LevelDB hands each write to the
 * operating system before it is acknowledged, so that a killed process loses nothing (a failing
 * machine may). Rejects if another process holds the folder or the port.
 */
export const startEmbeddedDynamoDb = async (
  options: EmbeddedServerOptions,
): Promise<EmbeddedServer> => {
  await prepareFolder(options.dataDir);
  const server = dynalite({
    path: options.dataDir,
    createTableMs: 0,
    updateTableMs: 0,
    deleteTableMs: 0,
  });
  // The front replaces dynalite's own listener: one port, and one way to close everything.
  const [listener] = server.listeners('request');
  if (listener === undefined) throw new Error('dynalite has no request listener');
  server.removeAllListeners('request');
  const store: Dynalite = (request, response) => {
    Reflect.apply(listener, server, [request, response]);
  };
  const front = createDynamoDbFront(store);
  server.on('request', (request, response) => {
    // A client that left while it was still sending needs no answer.
    front(request, response).catch(() => response.destroy());
  });
  guardServer(server);

  await listen(server, options.port).catch(async (error: unknown) => {
    // dynalite only releases the folder when a listening server is closed.
    await listen(server, 0);
    await close(server);
    throw error;
  });
  await untilOpen(store);
  const { port } = server.address() as AddressInfo;
  return { url: `http://${LOOPBACK}:${port}`, close: () => close(server) };
};

const listen = async (server: Server, port: number): Promise<void> => {
  await once(server.listen(port, LOOPBACK), 'listening');
};

const close = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
  });

/**
 * dynalite ends a query by `return` of its iterator, which those of LevelDB do not have: none was
 * ever closed. Each kept its snapshot of the data, in memory that only LevelDB sees, as long as the
 * server ran. With a `return` they are closed.
 */
const letStreamsClose = (iterator: object): void => {
  let prototype: unknown = iterator;
  while (!Object.hasOwn(Object(prototype), 'close')) prototype = Object.getPrototypeOf(prototype);
  Object.defineProperty(Object(prototype), 'return', {
    configurable: true,
    value(this: { close(): Promise<void> }) {
      return this.close();
    },
  });
};

/**
 * Opens the folder before dynalite does: if another process holds it, dynalite would crash the
 * process at the first request. Tables whose creation was interrupted by a kill are completed,
 * which dynalite never does.
 */
const prepareFolder = async (dataDir: string): Promise<void> => {
  const db = new Level<string, { readonly TableStatus?: string }>(dataDir, {
    valueEncoding: 'json',
  });
  await db.open();
  const probe = db.values();
  letStreamsClose(probe);
  await probe.close();
  for await (const [key, table] of db.iterator({ gte: 'table~', lt: 'table~\u00FF' })) {
    if (table.TableStatus === 'CREATING') await db.put(key, { ...table, TableStatus: 'ACTIVE' });
  }
  await db.close();
};
