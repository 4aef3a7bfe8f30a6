import { err, ok, ResultAsync, type Result } from 'neverthrow';
import { createSsmClient, openSecretsManagerClient } from '../adapters/aws/clients.ts';
import { readSecretArn } from '../adapters/secrets/secretArn.ts';
import {
  createFetchSecret,
  type OpenSecretClients,
  type FetchSecret,
  type SecretFailure,
} from '../adapters/secrets/secretStore.ts';
import {
  AWS_SETTINGS,
  awsSettings,
  given,
  parseConfig,
  type Config,
  type ConfigMistake,
  type EmbeddedSettings,
  type Environment,
  type SecretSources,
  type SettingName,
} from './config.ts';
import { arnSettingOf, SECRET_NAMES, type SecretName } from './config/secretSchemas.ts';
import type { ReadSettings } from './openServices.ts';

type SettingsFrom = { readonly embedded?: EmbeddedSettings };

type FetchedSecret = {
  readonly name: SecretName;
  readonly text: string;
  readonly fetch: FetchSecret;
};

type Fetching = Promise<Result<FetchedSecret, readonly ConfigMistake[]>>;

/**
 * Reads settings, with the secrets among them that are given by an ARN: only those that are asked
 * for are fetched, and each once, whatever is read afterwards.
 */
export const createReadConfig = (
  env: Environment,
  from: SettingsFrom = {},
): ReadSettings<readonly ConfigMistake[]> => {
  const fetching = new Map<SecretName, Fetching>();
  const fetchOnce = (name: SecretName, arn: string): Fetching => {
    const begun = fetching.get(name) ?? fetchSecret(env, from, { name, arn });
    fetching.set(name, begun);
    return begun;
  };

  const read = async <N extends SettingName>(
    needs: readonly N[],
  ): Promise<Result<Config<N>, readonly ConfigMistake[]>> => {
    const wanted = new Set<SettingName>(needs);
    const kept = SECRET_NAMES.flatMap((name) => {
      const arn = given(env, arnSettingOf(name), from.embedded);
      return wanted.has(name) && arn !== undefined ? [{ name, arn }] : [];
    });
    if (kept.length === 0) return parseConfig(env, { needs, ...from });
    const fetched = await Promise.all(kept.map(({ name, arn }) => fetchOnce(name, arn)));
    const secrets = fetched.flatMap((one) => (one.isOk() ? [one.value] : []));
    const failures = fetched.flatMap((one) => (one.isErr() ? one.error : []));
    const texts = Object.fromEntries(secrets.map(({ name, text }) => [name, text]));
    const parsed = parseConfig({ ...env, ...texts }, { needs, ...from });
    const mistakes = parsed.isErr() ? parsed.error : [];
    const asked = kept.filter(({ name }) => given(env, name, from.embedded) === undefined);
    const all = [...failures, ...mistakes.flatMap((mistake) => aboutKept(mistake, asked, texts))];
    if (parsed.isErr() || all.length > 0) return err(all);
    return ok({ ...parsed.value, secrets: sourcesOf(secrets) });
  };
  return (needs) =>
    new ResultAsync(read(needs).then((result) => result.mapErr(withoutRepetitions)));
};

/** Each secret, and the services, read what leads to AWS. */
const withoutRepetitions = (mistakes: readonly ConfigMistake[]): readonly ConfigMistake[] =>
  mistakes.filter(
    ({ name, wrong }, at) =>
      mistakes.findIndex((other) => other.name === name && other.wrong === wrong) === at,
  );

const sourcesOf = (secrets: readonly FetchedSecret[]): SecretSources =>
  Object.fromEntries(secrets.map(({ name, text, fetch }) => [name, { text, fetch }]));

/**
 * A mistake in a text that was fetched is one of its place; a text that was not fetched is reported
 * already.
 */
const aboutKept = (
  mistake: ConfigMistake,
  kept: readonly { readonly name: SecretName }[],
  texts: Readonly<Record<string, string>>,
): readonly ConfigMistake[] => {
  const secret = kept.find(({ name }) => name === mistake.name)?.name;
  if (secret === undefined) return [mistake];
  if (texts[secret] === undefined) return [];
  const wrong = `names a text that ${mistake.wrong}`;
  return [
    { name: arnSettingOf(secret), wrong, remedy: `${mistake.remedy} Keep it as plain text.` },
  ];
};

const fetchSecret = async (
  env: Environment,
  { embedded }: SettingsFrom,
  { name, arn }: { readonly name: SecretName; readonly arn: string },
): Fetching => {
  const setting = arnSettingOf(name);
  if (given(env, name, embedded) !== undefined) {
    const remedy = `Take one of ${name} and ${setting} away.`;
    return err([{ name: setting, wrong: `is set, and ${name} as well`, remedy }]);
  }
  const source = embedded === undefined ? {} : { embedded };
  const place = readSecretArn(arn);
  if (place === undefined) {
    return parseConfig(env, { needs: [setting], ...source }).andThen(() => err([]));
  }
  // The region is the secret's own.
  const there = { ...env, AWS_REGION: place.region };
  const needs = [...AWS_SETTINGS.SECRETS_MANAGER, ...AWS_SETTINGS.SSM];
  const config = parseConfig(there, { needs, ...source });
  if (config.isErr()) return err(config.error);
  const open: OpenSecretClients = {
    secretsmanager: () => openSecretsManagerClient(awsSettings(config.value, 'SECRETS_MANAGER')),
    ssm: (Client) => createSsmClient(awsSettings(config.value, 'SSM'), Client),
  };
  const fetch = createFetchSecret(place, open);
  const fetched = await fetch();
  return fetched
    .map((text) => ({ name, text, fetch }))
    .mapErr((failure) => [{ name: setting, ...FAILURES[failure.why](failure.cause) }]);
};

type FailureText = Pick<ConfigMistake, 'wrong' | 'remedy'>;

const FAILURES: Readonly<Record<SecretFailure['why'], (cause: string) => FailureText>> = {
  Denied: (cause) => ({
    wrong: `may not be read: access is denied (${cause})`,
    remedy:
      'Allow secretsmanager:GetSecretValue or ssm:GetParameter on it, and kms:Decrypt on its ' +
      'key, to this role; docs/aws.md has the policies.',
  }),
  Missing: (cause) => ({
    wrong: `names nothing that exists (${cause})`,
    remedy: 'Look whether the ARN, its region and its account are right.',
  }),
  Unreachable: (cause) => ({
    wrong: `cannot be reached (${cause})`,
    remedy: 'Try again; look whether a firewall is between, or a VPC endpoint is missing.',
  }),
  Refused: (cause) => ({
    wrong: `cannot be read (${cause})`,
    remedy: 'Let it hold a text, and look what the service says about it.',
  }),
};
