import { parseConfig, SETTING_NAMES, type EmbeddedSettings, type Environment } from '../config.ts';
import type { ReadSettings } from '../openServices.ts';
import { CHECKS } from './checks.ts';
import { fine, problem, type DoctorFinding } from './finding.ts';

/** Examines every part whose settings are right. */
export const diagnose = async (
  env: Environment,
  source: { readonly embedded?: EmbeddedSettings },
): Promise<readonly DoctorFinding[]> => {
  const all = parseConfig(env, { needs: SETTING_NAMES, ...source });
  const settings = all.match(
    () => [fine('settings', 'are complete')],
    (mistakes) =>
      mistakes.map(({ name, wrong, remedy }) => problem(`setting ${name}`, wrong, remedy)),
  );
  const read: ReadSettings<unknown> = (needs) => parseConfig(env, { needs, ...source });
  const examined = await Promise.all(CHECKS.map((check) => check(read)));
  return [...settings, ...examined.flat()];
};
