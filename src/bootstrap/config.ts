import { err, ok, type Result } from 'neverthrow';
import type * as z from 'zod';
import { issueText } from '../application/messages/index.ts';
import type { AwsSettings } from '../adapters/aws/clients.ts';
import type { DeliverySettings } from '../application/delivery/settings.ts';
import { awsSchemas } from './config/awsSchemas.ts';
import { PROXY_SETTINGS } from './config/awsSettings.ts';
import type { FetchSecret } from '../adapters/secrets/secretStore.ts';
import type { ConfigMistake } from './config/configMistake.ts';
import { arnSettingOf, SECRET_NAMES, type SecretName } from './config/secretSchemas.ts';
import { disagreements } from './config/constraints.ts';
import { RECEIVES_MAX } from './config/queueSettings.ts';
import {
  SETTING_NAMES,
  settingSchemas,
  type SettingName,
  type Settings,
} from './config/settings.ts';

export { AWS_SETTINGS, awsSettings, proxySettings, PROXY_SETTINGS } from './config/awsSettings.ts';
export type { ConfigMistake } from './config/configMistake.ts';
export { SETTING_NAMES, type SettingName, type Settings } from './config/settings.ts';

/** Exactly the settings that were asked for; whoever needs another has to ask for it to compile. */
export type Config<N extends SettingName = SettingName> = Pick<Settings, N> & {
  /** Without them the SDK's credentials chain is used. */
  readonly credentials?: NonNullable<AwsSettings['credentials']>;
  readonly secrets?: SecretSources;
};

/** Secrets that came by an ARN: the text that came, and how to ask for it again. */
export type SecretSources = Readonly<
  Partial<Record<SecretName, { readonly text: string; readonly fetch: FetchSecret }>>
>;

/**
 * Settings of the embedded servers. Each takes the place of the one in the environment; an empty
 * one stands for none.
 */
export type EmbeddedSettings = {
  readonly settings: Readonly<Partial<Record<SettingName, string>>>;
  readonly credentials: NonNullable<AwsSettings['credentials']>;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the settings a command needs, and reports every mistake in them at once. */
export const parseConfig = <N extends SettingName>(
  env: Environment,
  { needs, embedded }: { readonly needs: readonly N[]; readonly embedded?: EmbeddedSettings },
): Result<Config<N>, readonly ConfigMistake[]> => {
  const mistakes: ConfigMistake[] = [];
  const settings: Partial<Record<SettingName, Settings[SettingName]>> = {};
  const wanted = new Set<SettingName>(needs);
  for (const name of SETTING_NAMES.filter((known) => wanted.has(known))) {
    const text = given(env, name, embedded);
    const parsed = readSetting(name, text);
    if (parsed.isOk()) settings[name] = parsed.value;
    else {
      const wrong = text === undefined ? 'is missing' : parsed.error;
      const remedy = settingSchemas[name].description ?? '';
      const more = text === undefined ? remedyOfSecret(name) : '';
      mistakes.push({ name, wrong, remedy: `${remedy}${more}` });
    }
  }
  const wrong = new Set(mistakes.map(({ name }) => name));
  const between = disagreements(settings as Partial<Settings>);
  mistakes.push(...between.filter(({ name }) => !wrong.has(name)));
  if (mistakes.length > 0) return err(mistakes);
  const { credentials } = embedded ?? {};
  return ok({ ...(settings as Pick<Settings, N>), ...(credentials && { credentials }) });
};

const remedyOfSecret = (name: SettingName): string =>
  SECRET_NAMES.filter((secret) => secret === name)
    .map((secret) => ` Or let ${arnSettingOf(secret)} name where it is kept.`)
    .join('');

/** Reads one setting by itself; the error says what is wrong with the text, and nothing of it. */
export const readSetting = <N extends SettingName>(
  name: N,
  text: string | undefined,
): Result<Settings[N], string> => {
  const parsed: z.ZodSafeParseResult<Settings[SettingName]> = settingSchemas[name].safeParse(text, {
    error: issueText,
  });
  return parsed.success
    ? ok(parsed.data as Settings[N])
    : err(parsed.error.issues[0]?.message ?? 'is wrong');
};

/** Whether a setting that a command can do without is given, rightly or wrongly. */
export const isGiven = (
  env: Environment,
  name: SettingName,
  { embedded }: { readonly embedded?: EmbeddedSettings },
): boolean =>
  [name, ...SECRET_NAMES.filter((secret) => secret === name).map(arnSettingOf)].some(
    (one) => given(env, one, embedded) !== undefined,
  );

/** The text of a setting, wherever it is from. */
export const given = (
  env: Environment,
  name: SettingName,
  embedded: EmbeddedSettings | undefined,
): string | undefined => {
  const preset = embedded?.settings[name];
  return preset === undefined ? read(env, name) : preset || undefined;
};

/**
 * Without them more is allowed than with them: left empty by mistake, they must not open anything.
 */
const GUARDS: ReadonlySet<SettingName> = new Set(['REFUND_SENDER_IDS']);

/** An empty variable is a missing one: shells and compose files cannot distinguish them. */
const read = (env: Environment, name: SettingName): string | undefined => {
  if (GUARDS.has(name)) return env[name];
  const variable = variableOf(env, name);
  return variable && env[variable];
};

/** The variable that gives a setting. Some have a second name. */
export const variableOf = (env: Environment, name: SettingName): string | undefined =>
  (SECOND_NAMES[name] ?? [name]).find((variable) => env[variable]);

const SECOND_NAMES: Readonly<Partial<Record<SettingName, readonly string[]>>> = {
  AWS_REGION: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
  // Lower case comes first, as with curl and Node.
  ...Object.fromEntries(PROXY_SETTINGS.map((name) => [name, [name.toLowerCase(), name]])),
};

/** Settings of ours that are set, and that the embedded servers replace. */
export const overridden = (env: Environment, embedded: EmbeddedSettings): readonly SettingName[] =>
  SETTING_NAMES.filter(
    // Others are usual in a shell, and nobody expects them to lead away from --embedded.
    (name) => !(name in awsSchemas) && env[name] && embedded.settings[name] !== undefined,
  );

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
  // `setup` makes the queues with this value, and `doctor` wants it.
  receivesMax: RECEIVES_MAX,
});

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
