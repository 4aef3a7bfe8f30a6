import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedDynamoDb } from './dynamodb.ts';
import { holdsServers, openServers, type ServerGroup, type StartServer } from './lifecycle.ts';
export { keyOfFolder } from './keyFile.ts';
import { startEmbeddedLogs } from './logs.ts';
import { startEmbeddedSes } from './ses.ts';
import { startEmbeddedSqs } from './sqs.ts';
import { startEmbeddedStripe } from './stripe.ts';

export { readMailbox } from './ses.ts';
export { LOOPBACK } from './server.ts';

export const EMBEDDED_REGION = 'us-east-1';
/** The servers accept any credentials; these show in a signature where a request comes from. */
export const EMBEDDED_CREDENTIALS = {
  accessKeyId: 'embedded',
  secretAccessKey: 'embedded',
} as const;
export const EMBEDDED_STRIPE_KEY = 'sk_test_embedded';
export const EMBEDDED_WEBHOOK_SECRET = 'whsec_embedded0123456789';
/** This is no secret: whoever can reach the embedded servers may do anything with them. */
export const EMBEDDED_SEAL_KEY = 'embedded-embedded-embedded-embedded';

const STARTERS = {
  sqs: startEmbeddedSqs,
  dynamodb: startEmbeddedDynamoDb,
  logs: startEmbeddedLogs,
  ses: startEmbeddedSes,
  stripe: startEmbeddedStripe,
} satisfies Readonly<Record<string, StartServer>>;

export type EmbeddedName = keyof typeof STARTERS;
export type EmbeddedServers = ServerGroup<EmbeddedName>;

/**
 * The embedded servers of a folder, on loopback: those that already run, or new ones. Rejects with
 * an error for people when another program has taken a port, or when another process holds the
 * folder and its servers do not answer in time.
 */
export const openEmbeddedServers = ({
  dataDir,
  firstPort,
}: {
  readonly dataDir: string;
  /**
   * The port of the first server; the others get the ports after it. Without it any free ports are
   * taken.
   */
  readonly firstPort?: number;
}): Promise<EmbeddedServers> =>
  openServers(dataDir, STARTERS, firstPort === undefined ? {} : { firstPort });

/** The number of ports that the servers take. */
export const EMBEDDED_SERVERS = Object.keys(STARTERS).length;

/** Whether servers have data in that folder: they were opened there, or it was copied from one. */
export const holdsData = (dataDir: string): boolean =>
  holdsServers(dataDir) || Object.keys(STARTERS).every((name) => existsSync(join(dataDir, name)));
