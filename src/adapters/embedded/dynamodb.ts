import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { createDynamoDbFront } from './dynamodbFront.ts';
import { type EmbeddedServer, type EmbeddedServerOptions, LOOPBACK } from './server.ts';

/**
 * DynamoDB in this process: dynalite on LevelDB, and before it a front that turns the one PartiQL statement
 * this project uses into dynalite's conditional PutItem. LevelDB hands each write to the operating system
 * before it is acknowledged, so that a killed process loses nothing (a failing machine may).
 */
export const startEmbeddedDynamoDb = async (
  options: EmbeddedServerOptions,
): Promise<EmbeddedServer> => {
  const server = dynalite({
    path: options.dataDir,
    createTableMs: 0,
    updateTableMs: 0,
    deleteTableMs: 0,
  });
  // The front takes the listener's place on dynalite's own server: one port, and one way to close it all.
  const [listener] = server.listeners('request');
  if (listener === undefined) throw new Error('dynalite has no request listener');
  server.removeAllListeners('request');
  const front = createDynamoDbFront((request, response) => {
    Reflect.apply(listener, server, [request, response]);
  });
  server.on('request', (request, response) => {
    // A client that went away while it was still sending has nothing to be told.
    front(request, response).catch(() => response.destroy());
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, LOOPBACK, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${LOOPBACK}:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      }),
  };
};
