import type { Command } from 'commander';
import { err, type Result } from 'neverthrow';
import type { SettingName } from '../../config.ts';
import { queueNameOf } from '../../config/settingTypes.ts';
import { RESOURCE_SETTINGS, resourceNames, type ResourceNames } from '../../resourceNames.ts';
import type { Session } from './command.ts';
import { misused, type CliFailure } from './failure.ts';

export type PrefixOption = { readonly prefix: string };

const PREFIX = /^[A-Za-z0-9_-]{1,60}$/;

export const withPrefix = (command: Command): Command =>
  command.option('--prefix <prefix>', 'begins the name of whatever no setting names', 'paidonce');

/**
 * The names that settings give, all of which have to be right, those needed besides too, and names
 * with the prefix for the others.
 */
export const chooseNames = (
  { config, isGiven }: Pick<Session, 'config' | 'isGiven'>,
  prefix: string,
  needs: readonly SettingName[],
): Result<ResourceNames, CliFailure> => {
  if (!PREFIX.test(prefix))
    return err(misused('the prefix is not 1 to 60 letters, digits, _ or -'));
  const given = RESOURCE_SETTINGS.filter((name) => isGiven(name));
  return config([...needs, ...given]).map((settings) => ({
    ...resourceNames(prefix),
    ...Object.fromEntries(
      given.map((name) => [
        name,
        name.endsWith('_URL') ? queueNameOf(settings[name]) : settings[name],
      ]),
    ),
  }));
};
