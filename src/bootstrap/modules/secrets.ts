import { okAsync, type ResultAsync } from 'neverthrow';
import { createLiveSecret } from '../../adapters/secrets/liveSecret.ts';
import { fixedSecret, type LiveSecret } from '../../application/ports/liveSecret.ts';
import { readSetting, type Config, type Settings } from '../config.ts';
import { arnSettingOf, type SecretName } from '../config/secretSchemas.ts';
import type { Services } from '../services.ts';
import { from, type Provider } from '../tokens.ts';

/** The services from which a holder of a secret is made, beside the setting. */
export const LIVE_SECRETS = ['clock', 'secretRecords'] as const;

/**
 * A secret as it is now if it came by an ARN, and otherwise as it was given. By default every other
 * value is taken that is a valid setting.
 */
export const liveSetting = <const N extends Exclude<SecretName, 'PERSONAL_DATA_KEY'>>(
  name: N,
  config: { readonly [K in N]: Settings[K] } & Pick<Config<never>, 'secrets'>,
  { clock, secretRecords: records }: Pick<Services, (typeof LIVE_SECRETS)[number]>,
  accept: (next: Settings[N], current: Settings[N]) => ResultAsync<void, string> = () => okAsync(),
): LiveSecret<Settings[N]> => {
  const settings: { readonly [K in N]: Settings[K] } = config;
  const value = settings[name];
  const source = config.secrets?.[name];
  if (source === undefined) return fixedSecret(value);
  return createLiveSecret({
    setting: arnSettingOf(name),
    first: { text: source.text, value },
    fetch: source.fetch,
    read: (text) => readSetting(name, text),
    accept,
    clock,
    records,
  });
};

type SecretRecords = {
  readonly secretRecords: Provider<Services['secretRecords'], 'telemetry'>;
};

/** For a command: what fails for want of another key says so itself. */
export const unrecorded: SecretRecords = {
  secretRecords: from([], () => ({ record: () => undefined })),
};

/** For a service, whose telemetry records it. */
export const recorded: SecretRecords = {
  secretRecords: from(['telemetry'], ({ telemetry }) => telemetry),
};
