import { ok } from 'neverthrow';
import { diagnose } from '../../doctor/checks.ts';
import type { DoctorFinding } from '../../doctor/finding.ts';
import { defineCommand } from '../common/command.ts';
import { EXIT } from '../common/failure.ts';
import type { Output } from '../common/output.ts';

export const body = defineCommand({
  examples: ['doctor', 'doctor --json | jq \'select(.status == "problem")\''],
  help: 'Exit code: 0 nothing is wrong, 1 something is, each with its remedy.',
  run: async ({ output, embedded, profile, io }) => {
    const findings = await diagnose(io.env, {
      ...(embedded === undefined ? {} : { embedded }),
      ...(profile === undefined ? {} : { profile }),
    });
    for (const finding of findings) printFinding(finding, output);
    const isWell = findings.every(({ status }) => status !== 'problem');
    return ok(isWell ? EXIT.OK : EXIT.FAILED);
  },
});

const printFinding = (finding: DoctorFinding, output: Output): void => {
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
