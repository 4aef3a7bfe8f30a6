import {
  settingSchemas,
  type SettingName,
  type Settings,
} from '../src/bootstrap/config/settings.ts';
import type { Deployment } from './parameters.ts';

/** What a setting is in a deployment, whether it was given or not. */
export const settingValue = <N extends SettingName>(
  { settings }: Pick<Deployment, 'settings'>,
  name: N,
): Settings[N] => settingSchemas[name].parse(settings[name]) as Settings[N];
