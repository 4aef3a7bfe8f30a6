import {
  parseConfig,
  SETTING_NAMES,
  type EmbeddedSettings,
  type Environment,
  type SettingName,
} from '../config.ts';
import { CHECKS, type DoctorCheck } from './checks.ts';
import { fine, problem, type DoctorFinding } from './finding.ts';

/** Looks at every part. One whose settings are wrong is not looked at; the others are. */
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
  const examined = async <N extends SettingName>({ needs, look }: DoctorCheck<N>) => {
    const config = parseConfig(env, { needs, ...source });
    return config.isOk() ? look(config.value) : [];
  };
  const { queues, tables, deployment, protocol, logs, gateway, refunds, mail } = CHECKS;
  const looked = await Promise.all([
    examined(queues),
    examined(tables),
    examined(deployment),
    examined(protocol),
    examined(logs),
    examined(gateway),
    examined(refunds),
    examined(mail),
  ]);
  return [...settings, ...looked.flat()];
};
