import type { SettingName } from './settings.ts';

/**
 * A mistake in a setting. It never holds a value: a secret may have been put under the wrong name.
 */
export type ConfigMistake = {
  readonly name: SettingName;
  readonly wrong: string;
  readonly remedy: string;
};
