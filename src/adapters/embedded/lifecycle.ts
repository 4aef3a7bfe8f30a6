import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { hasMd5 } from '../md5.ts';
import { boundHeap } from '../system/heap.ts';
import { makePrivate, makePrivateFile, makePrivateFolder } from './privateFolder.ts';
import {
  chooseFreePorts,
  isPortFree,
  type EmbeddedServer,
  type EmbeddedServerOptions,
} from './server.ts';

export type StartServer = (options: EmbeddedServerOptions) => Promise<EmbeddedServer>;

export type ServerGroup<Name extends string> = {
  readonly addresses: Readonly<Record<Name, string>>;
  /** False if another process runs the servers; they end with that process. */
  readonly startedHere: boolean;
  close(): Promise<void>;
};

type OpeningOptions = {
  /** The time in milliseconds that servers of another process may take to answer. */
  readonly timeoutMs?: number;
  /**
   * The port of the first server; the others get the ports after it. Without it any free ports are
   * taken.
   */
  readonly firstPort?: number | undefined;
};

type ServersFile<Name extends string> = {
  readonly pid: number;
  readonly addresses: Readonly<Record<Name, string>>;
};

const OPEN_TIMEOUT_MS = 30_000;
const HEALTH_TIMEOUT_MS = 2_000;
const POLL_MS = 50;
const STARTS_MAX = 5;
const SERVERS_FILE = 'servers.json';
const LOCK_FILE = 'servers.lock';

/**
 * The servers of a folder, each with its data in a folder of its own: those that already run, or
 * new ones. The holder of the lock runs them, so that there is one set, however many processes
 * start at once. Ports stay the same from start to start: queue URLs and settings contain them.
 */
export const openServers = async <Name extends string>(
  dataDir: string,
  starters: Readonly<Record<Name, StartServer>>,
  { timeoutMs = OPEN_TIMEOUT_MS, firstPort }: OpeningOptions = {},
): Promise<ServerGroup<Name>> => {
  openFolder(dataDir);
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const lock = tryLock(join(dataDir, LOCK_FILE));
    if (lock !== undefined) return startServers(dataDir, starters, { lock, firstPort });
    const file = readServersFile<Name>(dataDir);
    if (file !== undefined && (await areWell(Object.values<string>(file.addresses)))) {
      return { addresses: file.addresses, startedHere: false, close: () => Promise.resolve() };
    }
    if (Date.now() > deadline) throw new Error(unwell(dataDir, file, timeoutMs));
    await sleep(POLL_MS);
  }
};

/** Whether servers were ever opened in that folder. */
export const holdsServers = (dataDir: string): boolean => existsSync(join(dataDir, LOCK_FILE));

/**
 * A folder of ours is for its owner alone. One that was there before, and holds something else as
 * well, keeps its mode: what we put into it is private by itself.
 */
const openFolder = (dataDir: string): void => {
  if (!existsSync(dataDir) || holdsServers(dataDir)) makePrivateFolder(dataDir);
  for (const file of [LOCK_FILE, SERVERS_FILE]) makePrivateFile(join(dataDir, file));
  // Some of what the servers use asks for no mode of its own when it makes a file.
  process.umask(0o077);
};

const startServers = async <Name extends string>(
  dataDir: string,
  starters: Readonly<Record<Name, StartServer>>,
  { lock, firstPort }: Pick<OpeningOptions, 'firstPort'> & { readonly lock: FolderLock },
): Promise<ServerGroup<Name>> => {
  if (!hasMd5()) {
    lock.release();
    throw new Error(WITHOUT_MD5);
  }
  boundHeap();
  const started: EmbeddedServer[] = [];
  const close = async () => {
    // Each is closed even if another fails. The lock is released last, when the ports are free.
    const ends = await Promise.allSettled(started.splice(0).map((server) => server.close()));
    lock.release();
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  };
  try {
    const names = Object.keys(starters) as Name[];
    const ports = await portsFor(dataDir, names, firstPort);
    const addresses: [Name, string][] = [];
    for (const [index, name] of names.entries()) {
      const folder = join(dataDir, name);
      makePrivate(folder);
      const port = ports[index];
      const start = starters[name];
      const server = await (port === undefined
        ? startAnywhere(start, folder)
        : start({ dataDir: folder, port }));
      started.push(server);
      addresses.push([name, server.url]);
    }
    const file = {
      pid: process.pid,
      addresses: Object.fromEntries(addresses) as Record<Name, string>,
    };
    writeServersFile(dataDir, file);
    let closing: Promise<void> | undefined;
    return {
      addresses: file.addresses,
      startedHere: true,
      close: () => (closing ??= close()),
    };
  } catch (error) {
    await close();
    throw error;
  }
};

/**
 * Starts a server on any free port. It may be another program's by the time that it is used: then
 * the next one is tried.
 */
const startAnywhere = async (start: StartServer, dataDir: string): Promise<EmbeddedServer> => {
  for (let tries = 1; ; tries += 1) {
    const [port = 0] = await chooseFreePorts(1);
    try {
      return await start({ dataDir, port });
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!isTaken || tries === STARTS_MAX) throw error;
    }
  }
};

/**
 * The ports that were asked for, and otherwise the former ones; undefined for a server that had
 * none.
 */
const portsFor = async (
  dataDir: string,
  names: readonly string[],
  firstPort: number | undefined,
): Promise<readonly (number | undefined)[]> => {
  const known: Readonly<Record<string, string>> =
    firstPort === undefined ? (readServersFile(dataDir)?.addresses ?? {}) : {};
  const ports = names.map((name, index) => {
    if (firstPort !== undefined) return firstPort + index;
    const address = known[name];
    return address === undefined ? undefined : Number(new URL(address).port);
  });
  const taken: string[] = [];
  for (const [index, name] of names.entries()) {
    const port = ports[index];
    if (port !== undefined && !(await isPortFree(port))) taken.push(`${name} ${port}`);
  }
  if (taken.length === 0) return ports;
  throw new Error(
    `Another program listens where the embedded servers of ${dataDir} have their ports ` +
      `(${taken.join(', ')}). ` +
      (firstPort === undefined
        ? `Stop it, or delete ${join(dataDir, SERVERS_FILE)}: then they take new ports, and ` +
          'settings that name the old ones have to be changed.'
        : 'Stop it, or set PAIDONCE_SERVERS_PORT to another.'),
  );
};

/** Any answer except a server's own failure will do, since each server has other paths. */
const areWell = async (addresses: readonly string[]): Promise<boolean> => {
  const answers = await Promise.allSettled(
    addresses.map(async (address) => {
      const answer = await fetch(address, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
      await answer.body?.cancel();
      return answer.status < 500;
    }),
  );
  return answers.every((answer) => answer.status === 'fulfilled' && answer.value);
};

const readServersFile = <Name extends string>(dataDir: string): ServersFile<Name> | undefined => {
  const path = join(dataDir, SERVERS_FILE);
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ServersFile<Name>;
  } catch (cause) {
    throw new Error(`${path} does not say which ports the embedded servers had; delete it`, {
      cause,
    });
  }
};

/** A reader sees the old file or the new one, never a part. */
const writeServersFile = <Name extends string>(dataDir: string, file: ServersFile<Name>): void => {
  const path = join(dataDir, SERVERS_FILE);
  writeFileSync(`${path}.new`, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
};

const unwell = (dataDir: string, file: ServersFile<string> | undefined, timeoutMs: number) =>
  `Another process${file === undefined ? '' : ` (the last one known is ${file.pid})`} ` +
  `holds ${dataDir}, ` +
  `but not all of its servers answered within ${timeoutMs / 1_000} s. End it and try again.`;

const WITHOUT_MD5 =
  'The embedded servers need MD5, which SQS gives with each message, and this Node has none, as ' +
  'in FIPS mode. Run `paidonce servers` by a Node that has it: this one can then use them.';

type FolderLock = { release(): void };

const SQLITE_BUSY = 5;

/**
 * Locks a file against other processes, as long as this process lives or until it is released.
 * SQLite holds the operating system's own lock on it, so that a killed process leaves none behind,
 * and no process id has to be trusted. Undefined if another process has it.
 */
const tryLock = (path: string): FolderLock | undefined => {
  const database = new DatabaseSync(path);
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY)
      return undefined;
    throw error;
  }
  return { release: () => database.close() };
};
