import { homedir } from 'node:os';
import { join } from 'node:path';
import { loadSharedConfigFiles } from '@smithy/core/config';
import { defined } from '../defined.ts';

/**
 * The settings of endpoints that a profile may have, under the names that the SDK has in the
 * environment.
 */
export type ProfileSettings = Readonly<
  Partial<Record<'AWS_REGION' | 'AWS_USE_FIPS_ENDPOINT' | 'AWS_USE_DUALSTACK_ENDPOINT', string>>
>;

export type AwsProfile = {
  readonly name: string;
  /** Whether either file has it. */
  readonly isThere: boolean;
  readonly settings: ProfileSettings;
};

/**
 * The profile that the SDK uses, read by its own reader from its own places (AWS_PROFILE,
 * AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE). A file that cannot be read counts as empty.
 */
export const readProfile = async (env: Readonly<NodeJS.ProcessEnv>): Promise<AwsProfile> => {
  const folder = join(env['HOME'] || env['USERPROFILE'] || homedir(), '.aws');
  const { configFile, credentialsFile } = await loadSharedConfigFiles({
    configFilepath: env['AWS_CONFIG_FILE'] || join(folder, 'config'),
    filepath: env['AWS_SHARED_CREDENTIALS_FILE'] || join(folder, 'credentials'),
  });
  const name = env['AWS_PROFILE'] || 'default';
  const [configured, credentials] = [configFile[name], credentialsFile[name]];
  // The SDK prefers the file of the credentials for the region alone.
  const { region } = { ...configured, ...credentials };
  const { use_fips_endpoint: fips, use_dualstack_endpoint: dualStack } = {
    ...credentials,
    ...configured,
  };
  return {
    name,
    isThere: (configured ?? credentials) !== undefined,
    settings: defined({
      AWS_REGION: region,
      AWS_USE_FIPS_ENDPOINT: fips,
      AWS_USE_DUALSTACK_ENDPOINT: dualStack,
    }),
  };
};
