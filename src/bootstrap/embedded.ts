import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { err, ok, ResultAsync, type Result } from 'neverthrow';
import {
  EMBEDDED_CREDENTIALS,
  EMBEDDED_REGION,
  EMBEDDED_SEAL_KEY,
  EMBEDDED_STRIPE_KEY,
  EMBEDDED_WEBHOOK_SECRET,
  LOOPBACK,
  holdsData,
  EMBEDDED_SERVERS,
  keyOfFolder,
  openEmbeddedServers,
  type EmbeddedServers,
} from '../adapters/embedded/index.ts';
import { topicNameOf } from '../adapters/sns/topics.ts';
import { parseConfig, type Config, type EmbeddedSettings, type Environment } from './config.ts';
import { resourceNames } from './resourceNames.ts';
import { ensureResources, SETUP_SETTINGS, type Resource } from './resources.ts';
import { VERSION } from './version.ts';

export type EmbeddedStack = EmbeddedSettings & {
  readonly addresses: EmbeddedServers['addresses'];
  readonly startedHere: boolean;
  readonly dataDir: string;
  /** Undefined if whoever made them had the same settings, and nobody looked. */
  readonly resources: readonly Resource[] | undefined;
  /** Starts the servers here, at the addresses they had, if the process that runs them ends. */
  takeOver(until: AbortSignal): Promise<void>;
  close(): Promise<void>;
};

const DATA_DIR = '.paidonce';
const PREFIX = 'paidonce';
const MAIL_FROM = 'receipts@paidonce.example';
/** The id of the one account that the embedded SQS has. */
const ACCOUNT = '000000000000';
/** Ports below are for the system's own services. */
const PORT_MIN = 1_024;
const LOOK_EVERY_MS = 1_000;
const OPENS_MAX = 5;
const OPEN_PAUSE_MS = 300;
const RESOURCES_FILE = 'resources.json';

const dataDirOf = (env: Environment): string => resolve(env['PAIDONCE_DATA_DIR'] || DATA_DIR);

/** The folder in which the servers would have their data, if it holds none. */
export const missingData = (env: Environment): string | undefined => {
  const dataDir = dataDirOf(env);
  return holdsData(dataDir) ? undefined : dataDir;
};

/**
 * Finds or starts the servers, with queues, tables and log group in them. What somebody has made in
 * servers that run, with the same settings, is taken to be there still: to look at each takes more
 * time than most commands do. Servers that are found may be those of a process that is just ending;
 * then they are looked for, or started, again. The error is for a person to read.
 */
export const openEmbedded = (env: Environment): ResultAsync<EmbeddedStack, string> => {
  const dataDir = dataDirOf(env);
  const tryToOpen = async (): Promise<Result<EmbeddedStack, string>> => {
    for (let tries = 1; ; tries += 1) {
      const servers = await open(dataDir, env);
      if (servers.isErr()) return err(servers.error);
      const ready = await prepare(servers.value, { env, dataDir });
      if (ready.isOk() || servers.value.startedHere || tries === OPENS_MAX) return ready;
      await sleep(OPEN_PAUSE_MS);
    }
  };
  return new ResultAsync(tryToOpen());
};

const prepare = async (
  servers: EmbeddedServers,
  { env, dataDir }: { readonly env: Environment; readonly dataDir: string },
): Promise<Result<EmbeddedStack, string>> => {
  const addressed = {
    ...settingsFor(servers.addresses, keyOfFolder(dataDir)),
    ORDER_EVENTS_TOPIC_ARN: topicFor(env),
  };
  const settings = { settings: addressed, credentials: EMBEDDED_CREDENTIALS };
  const config = setupConfig(env, settings);
  const made = join(dataDir, RESOURCES_FILE);
  const how = JSON.stringify({ version: VERSION, ...config, credentials: undefined });
  const stack = (resources?: readonly Resource[]): EmbeddedStack => ({
    ...settings,
    ...embed(servers, { dataDir, env }),
    resources,
  });
  if (!servers.startedHere && (await textIn(made)) === how) return ok(stack());
  const ensured = await ensureResources(config, resourceNames(PREFIX));
  const ready = await ensured
    .mapErr(({ cause }) => cause)
    .asyncAndThen((resources) => write(made, how).map(() => stack(resources)));
  if (ready.isErr()) await servers.close();
  return ready;
};

/**
 * The text of a file; undefined if it cannot be read. It is written again then, which says why it
 * cannot.
 */
const textIn = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch(() => undefined);

const write = ResultAsync.fromThrowable(
  (file: string, text: string) => writeFile(file, text, { mode: 0o600 }),
  (error) => messageOf(error),
);

const open = ResultAsync.fromThrowable(
  async (dataDir: string, env: Environment) =>
    openEmbeddedServers({ dataDir, ...firstPortOf(env) }),
  (error) => messageOf(error),
);

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/**
 * The first port, for settings that have to name the ports before there are any servers
 * (compose.yaml).
 */
const firstPortOf = (env: Environment): { readonly firstPort?: number } => {
  const text = env['PAIDONCE_SERVERS_PORT'] || undefined;
  if (text === undefined) return {};
  const firstPort = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  const portMax = 65_536 - EMBEDDED_SERVERS;
  if (firstPort >= PORT_MIN && firstPort <= portMax) return { firstPort };
  throw new Error(`PAIDONCE_SERVERS_PORT has to be a number from ${PORT_MIN} to ${portMax}.`);
};

const embed = (
  servers: EmbeddedServers,
  { dataDir, env }: { readonly dataDir: string; readonly env: Environment },
) => {
  let held = servers;
  return {
    addresses: servers.addresses,
    startedHere: servers.startedHere,
    dataDir,
    takeOver: async (until: AbortSignal): Promise<void> => {
      while (!held.startedHere && !until.aborted) {
        await sleep(LOOK_EVERY_MS, undefined, { signal: until }).catch(() => undefined);
        // A failure, because the other process is just ending, is tried again.
        if (!until.aborted) held = await open(dataDir, env).unwrapOr(held);
      }
    },
    close: (): Promise<void> => held.close(),
  };
};

/** Settings that are empty here, whatever the environment has in them. */
const NOT_FOR_LOOPBACK = {
  AWS_ENDPOINT_URL: '',
  AWS_USE_FIPS_ENDPOINT: '',
  AWS_USE_DUALSTACK_ENDPOINT: '',
  HTTPS_PROXY: '',
  HTTP_PROXY: '',
  NO_PROXY: '',
} as const;

const settingsFor = (
  { sqs, dynamodb, logs, ses, stripe }: EmbeddedServers['addresses'],
  key: string,
): EmbeddedSettings['settings'] => {
  const names = resourceNames(PREFIX);
  const queueUrl = (name: string): string => new URL(`/${ACCOUNT}/${name}`, sqs).href;
  return {
    AWS_REGION: EMBEDDED_REGION,
    AWS_ENDPOINT_URL_SQS: sqs,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs,
    AWS_ENDPOINT_URL_SESV2: ses,
    AWS_ENDPOINT_URL_SNS: sqs,
    AWS_ENDPOINT_URL_KMS: '',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: '',
    AWS_ENDPOINT_URL_SSM: '',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
    ...NOT_FOR_LOOPBACK,
    ...names,
    PAYMENTS_QUEUE_URL: queueUrl(names.PAYMENTS_QUEUE_URL),
    PAYMENTS_DLQ_URL: queueUrl(names.PAYMENTS_DLQ_URL),
    NOTIFICATIONS_QUEUE_URL: queueUrl(names.NOTIFICATIONS_QUEUE_URL),
    NOTIFICATIONS_DLQ_URL: queueUrl(names.NOTIFICATIONS_DLQ_URL),
    STRIPE_SECRET_KEY: EMBEDDED_STRIPE_KEY,
    INTENT_SEAL_KEYS: EMBEDDED_SEAL_KEY,
    PERSONAL_DATA_KEY: `local:${key}`,
    STRIPE_API_URL: stripe,
    STRIPE_WEBHOOK_SECRETS: EMBEDDED_WEBHOOK_SECRET,
    STRIPE_SECRET_KEY_ARN: '',
    STRIPE_WEBHOOK_SECRETS_ARN: '',
    INTENT_SEAL_KEYS_ARN: '',
    PERSONAL_DATA_KEY_ARN: '',
    WEBHOOK_HOST: LOOPBACK,
    MAIL_FROM,
  };
};

/** The ARN here of the topic that the environment names; empty if it names none. */
const topicFor = ({ ORDER_EVENTS_TOPIC_ARN: arn }: Environment): string =>
  arn ? `arn:aws:sns:${EMBEDDED_REGION}:${ACCOUNT}:${topicNameOf(arn)}` : '';

/** A wrong setting in the environment is reported by the command that needs it. */
const setupConfig = (
  env: Environment,
  embedded: EmbeddedSettings,
): Config<(typeof SETUP_SETTINGS)[number]> => {
  const parsed = parseConfig(env, { needs: SETUP_SETTINGS, embedded }).orElse(() =>
    parseConfig({}, { needs: SETUP_SETTINGS, embedded }),
  );
  if (parsed.isErr()) throw new Error('Broken invariant: the embedded settings are valid');
  return parsed.value;
};
