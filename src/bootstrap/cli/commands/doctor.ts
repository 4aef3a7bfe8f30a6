import { ok } from 'neverthrow';
import { parseConfig, SETTING_NAMES, type SettingName } from '../../config.ts';
import { CHECKS, type Check } from '../../doctor/checks.ts';
import { fine, problem, type Finding } from '../../doctor/finding.ts';
import { describeCommand, runs, type Outcome, type Register, type Session } from '../command.ts';
import { EXIT } from '../failure.ts';
import type { Output } from '../output.ts';

export const registerDoctor: Register = (program, lifecycle) => {
  const command = describeCommand(program.command('doctor'), {
    summary: 'check settings, credentials, queues, tables, logs, Stripe and SES; changes nothing',
    examples: ['doctor', 'doctor --json | jq \'select(.status == "problem")\''],
  }).addHelpText('after', '\nExit code: 0 nothing is wrong, 1 something is, each with its remedy.');
  runs(command, lifecycle, examine);
};

/** A part whose settings are wrong is not looked at; the others are. */
const examine = async ({ output, embedded }: Session): Outcome => {
  const source = embedded === undefined ? {} : { embedded };
  const all = parseConfig(process.env, { needs: SETTING_NAMES, ...source });
  const settings = all.match(
    () => [fine('settings', 'are complete')],
    (mistakes) =>
      mistakes.map(({ name, wrong, remedy }) => problem(`setting ${name}`, wrong, remedy)),
  );
  const examined = async <N extends SettingName>({ needs, look }: Check<N>) => {
    const config = parseConfig(process.env, { needs, ...source });
    return config.isOk() ? look(config.value) : [];
  };
  const { queues, tables, logs, gateway, mail } = CHECKS;
  const looked = await Promise.all([
    examined(queues),
    examined(tables),
    examined(logs),
    examined(gateway),
    examined(mail),
  ]);
  const findings = [...settings, ...looked.flat()];
  for (const finding of findings) tell(finding, output);
  const isWell = findings.every(({ status }) => status !== 'problem');
  return ok(isWell ? EXIT.OK : EXIT.FAILED);
};

const tell = (finding: Finding, output: Output): void => {
  const { green, red, dim } = output.colours;
  output.data(finding, () => {
    const { subject, what } = finding;
    switch (finding.status) {
      case 'ok':
        return `${green('ok      ')} ${subject} ${what}`;
      case 'note':
        return `${dim('note    ')} ${subject}: ${what}`;
      case 'problem':
        return `${red('problem ')} ${subject} ${what}\n         ${finding.remedy}`;
    }
  });
};
