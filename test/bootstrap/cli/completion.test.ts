import { execFileSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { expect } from 'chai';
import { candidatesFor } from '../../../src/bootstrap/cli/completion/candidates.ts';
import { idleProgram, run } from '../../support/cli.ts';
import { someOf } from '../../support/runs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';

const PROGRAM = fileURLToPath(new URL('../../../src/paidonce.js', import.meta.url));

describe('what may stand next on a command line', () => {
  const wordsFor = async (...words: readonly string[]): Promise<readonly string[]> =>
    candidatesFor(await idleProgram(), words).map(({ word }) => word);

  it('is a command, or one of its group', async () => {
    expect(await wordsFor('')).to.include.members(['dlq', 'worker', 'help']);
    expect(await wordsFor('re')).to.include.members(['refund', 'review', 'replay']);
    expect(await wordsFor('dlq', 're')).to.deep.equal(['redrive']);
    expect(await wordsFor('help', 'dl')).to.deep.equal(['dlq']);
  });

  it('is an option of the command', async () => {
    expect(await wordsFor('dlq', 'list', '--o')).to.deep.equal(['--order', '--older-than']);
    expect(await wordsFor('dlq', '--')).to.deep.equal(['--help']);
    expect(await wordsFor('submit', '--', '--g')).to.deep.equal([]);
  });

  it('is a choice where there are some, in every way of writing the option', async () => {
    expect(await wordsFor('worker', '--service', 'p')).to.deep.equal(['payments']);
    expect(await wordsFor('worker', '--service=p')).to.deep.equal(['--service=payments']);
    expect(await wordsFor('worker', '--service', '=', 'p')).to.deep.equal(['payments']);
    expect(await wordsFor('worker', '--service', '=')).to.include('notifications');
    expect(await wordsFor('completion', '')).to.deep.equal(['bash', 'zsh', 'fish']);
  });

  it('is left to the shell where it may be anything', async () => {
    expect(await wordsFor('submit', '')).to.deep.equal([]);
    expect(await wordsFor('order', 'first', '')).to.deep.equal([]);
    expect(await wordsFor('audit', '--export', '')).to.deep.equal([]);
    expect(await wordsFor('wrong', 'li')).to.deep.equal([]);
  });
});

describe('paidonce completion', () => {
  it('prints a script for each shell, and names them where it knows none', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, stdout } = await run(['completion', shell], { env: {} });
      expect(stdout).to.include(`completion ${shell} --words -- `);
      expect(code).to.equal(0);
    }
    const { code, stderr } = await run(['completion', 'bsh'], { env: {} });
    expect(stderr).to.match(/Did you mean one of bash, zsh\?/);
    expect(code).to.equal(2);
  });

  // Each asks the program in a process of its own.
  const cases: readonly (readonly [words: string, candidates: string])[] = [
    ['dlq ""', 'list show redrive discard help'],
    ['worker --service = n', 'notifications'],
    ['submit ""', ''],
  ];
  it('completes in bash', async () => {
    const asked = someOf(1, cases);
    const folder = await makeTemporaryFolder();
    try {
      const program = join(folder.path, 'paidonce');
      await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
      await chmod(program, 0o755);
      const complete = asked.map(
        ([words]) =>
          `COMP_WORDS=('${program}' ${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); ` +
          '_paidonce; echo "${COMPREPLY[*]}"',
      );
      const script = [`eval "$('${program}' completion bash)"`, ...complete].join('; ');
      const completed = execFileSync('bash', ['-c', script], { encoding: 'utf8' });

      expect(completed).to.equal(asked.map(([, candidates]) => `${candidates}\n`).join(''));
    } finally {
      await folder.remove();
    }
  });
});
