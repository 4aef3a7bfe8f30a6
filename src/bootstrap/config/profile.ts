import { readProfile, type AwsProfile } from '../../adapters/aws/profile.ts';
import { variableOf, type Environment, type SettingName } from '../config.ts';

export type EnvironmentWithProfile = {
  readonly env: Environment;
  /** The profile, with no more settings than were taken from it. */
  readonly profile: AwsProfile;
};

/** Takes from the AWS profile what the environment does not say itself. */
export const withProfile = async (env: Environment): Promise<EnvironmentWithProfile> => {
  const profile = await readProfile(env);
  const settings = Object.fromEntries(
    Object.entries(profile.settings).filter(
      ([name]) => variableOf(env, name as SettingName) === undefined,
    ),
  );
  return { env: { ...env, ...settings }, profile: { ...profile, settings } };
};
