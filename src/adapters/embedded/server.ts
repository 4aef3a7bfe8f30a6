import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A server that runs inside this process, on loopback only. */
export type EmbeddedServer = {
  readonly url: string;
  close(): Promise<void>;
};

export type EmbeddedServerOptions = {
  /** A folder of its own. It holds acknowledged data, so that a killed process loses nothing. */
  readonly dataDir: string;
  /** 0 takes any free port. */
  readonly port: number;
};

export const LOOPBACK = '127.0.0.1';

/*
 * A port of the kernel's choice (port 0) would do for one start. But settings and queue URLs name
 * the servers' ports from one start to the next. The kernel chooses from the range from which it
 * also takes ports for outgoing connections, so that a restart might find its own port taken. Ports
 * below that range stay free.
 */
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;
const TRIES_MAX = 100;

export const isPortFree = async (port: number): Promise<boolean> => {
  const server = createServer();
  try {
    await once(server.listen({ port, host: LOOPBACK, exclusive: true }), 'listening');
  } catch {
    return false;
  }
  await once(server.close(), 'close');
  return true;
};

/** Finds this many different free ports. */
export const chooseFreePorts = async (count: number): Promise<readonly number[]> => {
  const chosen = new Set<number>();
  for (let tries = 0; tries < TRIES_MAX && chosen.size < count; tries += 1) {
    const port = randomInt(PORT_MIN, PORT_MAX);
    if (!chosen.has(port) && (await isPortFree(port))) chosen.add(port);
  }
  if (chosen.size < count) throw new Error(`found no ${count} free ports in ${TRIES_MAX} tries`);
  return [...chosen];
};
