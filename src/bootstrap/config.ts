import { err, ok, type Result } from 'neverthrow';
import type { z } from 'zod';
import type { AwsSettings } from '../adapters/aws/clients.ts';
import {
  DEFAULT_DELIVERY_SETTINGS,
  type DeliverySettings,
} from '../application/delivery/settings.ts';
import { fitsReceives, RECEIVES_MAX } from './config/queuePlan.ts';
import {
  SETTING_NAMES,
  settingSchemas,
  type SettingName,
  type Settings,
} from './config/settings.ts';
import { handlerTimeMaxMs } from './config/timeBounds.ts';

export { SETTING_NAMES, type SettingName, type Settings } from './config/settings.ts';

/** Exactly the settings that were asked for; whoever needs another has to ask for it to compile. */
export type Config<N extends SettingName = SettingName> = Pick<Settings, N> & {
  /** Without them the SDK's credentials chain is used. */
  readonly credentials?: NonNullable<AwsSettings['credentials']>;
};

/** Never holds a value: a secret may have been put under the wrong name. */
export type ConfigMistake = {
  readonly name: SettingName;
  readonly wrong: string;
  readonly remedy: string;
};

/** What the embedded servers answer to. Takes the place of the environment, setting by setting. */
export type EmbeddedSettings = {
  readonly settings: Readonly<Partial<Record<SettingName, string>>>;
  readonly credentials: NonNullable<AwsSettings['credentials']>;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the settings a command needs, and tells every mistake in them at once. */
export const parseConfig = <N extends SettingName>(
  env: Environment,
  { needs, embedded }: { readonly needs: readonly N[]; readonly embedded?: EmbeddedSettings },
): Result<Config<N>, readonly ConfigMistake[]> => {
  const mistakes: ConfigMistake[] = [];
  const settings: Partial<Record<SettingName, string | number | undefined>> = {};
  const wanted = new Set<SettingName>(needs);
  for (const name of SETTING_NAMES.filter((known) => wanted.has(known))) {
    const text = embedded?.settings[name] ?? read(env, name);
    const parsed: z.ZodSafeParseResult<string | number | undefined> =
      settingSchemas[name].safeParse(text);
    if (parsed.success) settings[name] = parsed.data;
    else {
      const wrong =
        text === undefined ? 'is missing' : (parsed.error.issues[0]?.message ?? 'is wrong');
      mistakes.push({ name, wrong, remedy: settingSchemas[name].description ?? '' });
    }
  }
  const known = settings as Partial<Settings>;
  mistakes.push(...distinctQueues(known), ...encryptedKey(known));
  mistakes.push(...fittingTimes(known), ...fittingReceives(known));
  if (mistakes.length > 0) return err(mistakes);
  const { credentials } = embedded ?? {};
  return ok({ ...(settings as Pick<Settings, N>), ...(credentials && { credentials }) });
};

/** An empty variable is a missing one: shells and compose files cannot tell them apart. */
const read = (env: Environment, name: SettingName): string | undefined => {
  const text = env[name] || (name === 'AWS_REGION' ? env['AWS_DEFAULT_REGION'] : undefined);
  return text === undefined || text === '' ? undefined : text;
};

/** Settings of ours that are set and that the embedded servers take the place of. */
export const overridden = (env: Environment, embedded: EmbeddedSettings): readonly SettingName[] =>
  SETTING_NAMES.filter(
    // The SDK's own are usual in a shell, and nobody expects them to lead away from --embedded.
    (name) => !name.startsWith('AWS_') && env[name] && embedded.settings[name] !== undefined,
  );

/** How a client of one service is to be made. Endpoints are the SDK's names; a missing one is AWS itself. */
export const awsSettings = (
  config: Config<AwsSettingName>,
  service: 'SQS' | 'DYNAMODB' | 'CLOUDWATCH_LOGS' | 'SESV2',
): AwsSettings => {
  const named = config[`AWS_ENDPOINT_URL_${service}`] ?? config.AWS_ENDPOINT_URL;
  const endpoint = config.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true' ? undefined : named;
  const { credentials } = config;
  return {
    region: config.AWS_REGION,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
};

export const deliverySettings = (config: Config<DeliverySettingName>): DeliverySettings => ({
  concurrency: config.WORKER_CONCURRENCY,
  groupShare: config.WORKER_GROUP_SHARE / 100,
  heldBytesMax: config.HELD_BYTES_MAX,
  visibilityMs: config.VISIBILITY_TIMEOUT_MS,
  leaseMs: config.HANDLER_TIMEOUT_MS,
  retryBaseMs: config.RETRY_DELAY_BASE_MS,
  retryMaxMs: config.RETRY_DELAY_MAX_MS,
  pollMs: config.RECEIVE_WAIT_MS,
  drainMs: config.DRAIN_TIMEOUT_MS,
});

export const AWS_SETTINGS = [
  'AWS_REGION',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_SQS',
  'AWS_ENDPOINT_URL_DYNAMODB',
  'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS',
  'AWS_ENDPOINT_URL_SESV2',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
] as const;
export type AwsSettingName = (typeof AWS_SETTINGS)[number];

export const DELIVERY_SETTINGS = [
  'WORKER_CONCURRENCY',
  'WORKER_GROUP_SHARE',
  'HELD_BYTES_MAX',
  'VISIBILITY_TIMEOUT_MS',
  'HANDLER_TIMEOUT_MS',
  'RETRY_DELAY_BASE_MS',
  'RETRY_DELAY_MAX_MS',
  'RECEIVE_WAIT_MS',
  'DRAIN_TIMEOUT_MS',
] as const;
export const HEALTH_SETTINGS = ['HEALTH_PORT', 'HEALTH_HOST'] as const;
export type DeliverySettingName = (typeof DELIVERY_SETTINGS)[number];

const QUEUES = [
  'PAYMENTS_QUEUE_URL',
  'PAYMENTS_DLQ_URL',
  'NOTIFICATIONS_QUEUE_URL',
  'NOTIFICATIONS_DLQ_URL',
] as const;

/** A dead-letter queue that is its own queue would go round for ever; a shared one mixes two services. */
const distinctQueues = (settings: Partial<Settings>): readonly ConfigMistake[] =>
  QUEUES.flatMap((name, index) => {
    const same = QUEUES.slice(0, index).find(
      (other) => settings[name] !== undefined && settings[other] === settings[name],
    );
    if (same === undefined) return [];
    const remedy = 'Give each of the four queues a URL of its own.';
    return [{ name, wrong: `is the same queue as ${same}`, remedy }];
  });

const encryptedKey = (settings: Partial<Settings>): readonly ConfigMistake[] => {
  const { STRIPE_API_URL: url, STRIPE_SECRET_KEY: key } = settings;
  if (!url?.startsWith('http:') || !key?.includes('_live_')) return [];
  const wrong = 'would carry a live key over unencrypted HTTP';
  return [{ name: 'STRIPE_API_URL', wrong, remedy: 'Use https, or a key for tests.' }];
};

const fittingTimes = (settings: Partial<Settings>): readonly ConfigMistake[] => {
  const mistakes: ConfigMistake[] = [];
  const mustBe = (
    name: SettingName,
    relation: 'above' | 'at least' | 'below',
    limit: { readonly ms: number | undefined; readonly is: string },
  ): void => {
    const value = settings[name];
    if (typeof value !== 'number' || limit.ms === undefined) return;
    const holds = {
      above: value > limit.ms,
      'at least': value >= limit.ms,
      below: value < limit.ms,
    };
    if (holds[relation]) return;
    const wrong = `has to be ${relation} ${limit.is} (${limit.ms})`;
    mistakes.push({ name, wrong, remedy: 'Change one of the two.' });
  };
  const { RETRY_DELAY_BASE_MS, RECEIVE_WAIT_MS, GATEWAY_TIMEOUT_MS } = settings;
  mustBe('RETRY_DELAY_MAX_MS', 'at least', { ms: RETRY_DELAY_BASE_MS, is: 'RETRY_DELAY_BASE_MS' });
  // Else a charge whose answer was lost would come back only when its key may not be sent any more.
  mustBe('RETRY_DELAY_MAX_MS', 'below', {
    ms: settings.GATEWAY_RESEND_HORIZON_MS,
    is: 'GATEWAY_RESEND_HORIZON_MS',
  });
  // Else every stop would cut off the polls, and what they bring would stay hidden.
  mustBe('DRAIN_TIMEOUT_MS', 'above', { ms: RECEIVE_WAIT_MS, is: 'RECEIVE_WAIT_MS' });
  // Else every deployment would cut off charges that are on their way.
  mustBe('DRAIN_TIMEOUT_MS', 'above', { ms: GATEWAY_TIMEOUT_MS, is: 'GATEWAY_TIMEOUT_MS' });
  const longest = handlerTimeMaxMs({ gatewayTimeoutMs: GATEWAY_TIMEOUT_MS ?? 0 });
  const ms = Math.max(longest.payments, longest.notifications);
  mustBe('HANDLER_TIMEOUT_MS', 'above', { ms, is: 'the longest that a handler takes' });
  return mistakes;
};

/** Else a queue would give up on a payment that is still open. */
const fittingReceives = (settings: Partial<Settings>): readonly ConfigMistake[] => {
  const { GATEWAY_RESEND_HORIZON_MS: horizonMs, RETRY_DELAY_BASE_MS: retryBaseMs } = settings;
  const { RETRY_DELAY_MAX_MS: retryMaxMs } = settings;
  if (horizonMs === undefined || retryBaseMs === undefined || retryMaxMs === undefined) return [];
  const delivery = { ...DEFAULT_DELIVERY_SETTINGS, retryBaseMs, retryMaxMs };
  if (fitsReceives(horizonMs, delivery)) return [];
  const wrong = `lets a payment come back too often before GATEWAY_RESEND_HORIZON_MS is over: its queue allows ${RECEIVES_MAX} receives`;
  return [{ name: 'RETRY_DELAY_MAX_MS', wrong, remedy: 'Raise it, or shorten the horizon.' }];
};
