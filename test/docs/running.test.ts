import { expect } from 'chai';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';
import { exitOf, startProcess, stopProcess } from '../support/process.ts';
import { jsonLines, lineOf, textOf } from '../support/cli.ts';
import { fenced, readText } from './markdown.ts';
import { describeInTurn, someOf } from '../support/runs.ts';

const PROGRAM = '/opt/paidonce/node_modules/.bin/paidonce';

/** The commands by which docs/aws.md and the image run a worker, word by word. */
const commandsOf = (page: string, image: string): Readonly<Record<string, readonly string[]>> => {
  const [, section = ''] = page.split(/^## Running a worker$/m);
  const [part = ''] = section.split(/^## /m);
  const linesOf = (language: string) => fenced(part, language).join('\n');
  const listAfter = (word: string): readonly string[] =>
    JSON.parse(new RegExp(`^${word} (\\[.*\\])$`, 'm').exec(image)?.[1] ?? '[]') as string[];
  const entry = listAfter('ENTRYPOINT');
  const { command: ecs } = JSON.parse(linesOf('json')) as { readonly command: readonly string[] };
  const kubernetes = /args: \[(.*)\]/.exec(linesOf('yaml'))?.[1]?.split(', ') ?? [];
  return {
    image: [...entry, ...listAfter('CMD')],
    ecs: [...entry, ...ecs],
    kubernetes: [...entry, ...kubernetes],
    systemd: /^ExecStart=(.*)$/m.exec(linesOf('ini'))?.[1]?.split(' ') ?? [],
  };
};

/** What comes behind the program itself. */
const argumentsOf = ([first = '', second = '', ...others]: readonly string[]): readonly string[] =>
  first === 'node' ? others : [second, ...others];

const commands = commandsOf(readText('docs/aws.md'), readText('Dockerfile'));

describe('The commands of docs/aws.md (case 21)', () => {
  it('run the program itself, without npx or a shell around it', () => {
    for (const [where, command] of Object.entries(commands)) {
      const isSystemd = where === 'systemd';
      expect(command.slice(0, isSystemd ? 1 : 2), where).to.deep.equal(
        isSystemd ? [PROGRAM] : ['node', 'src/paidonce.js'],
      );
      expect(argumentsOf(command).slice(0, 2), where).to.deep.equal(['worker', '--service']);
    }
    expect(readText('docs/aws.md')).not.to.match(/npx paidonce worker/);
  });
});

describeInTurn(1, 'A worker by the commands of docs/aws.md (case 21)', () => {
  // Most are the same, word by word, behind the program itself.
  const distinct = new Map(
    Object.entries(commands).map(([where, command]) => [argumentsOf(command).join(' '), where]),
  );
  for (const where of someOf(1, [...distinct.values()])) {
    const command = commands[where] ?? expect.fail(where);
    it(`drains at SIGTERM: ${where}`, async () => {
      const folder = await makeTemporaryFolder();
      const env = { PAIDONCE_DATA_DIR: folder.path };
      const worker = startProcess([...argumentsOf(command), '--embedded', '--json'], env);
      try {
        await lineOf(worker, (line) => line.includes('"worker.started"'));
        const rest = textOf(worker.stdout);
        worker.kill('SIGTERM');
        expect(await exitOf(worker)).to.equal(0);
        expect(jsonLines(await rest).map(({ event }) => event)).to.include('worker.drained');
      } finally {
        await stopProcess(worker, 'SIGKILL');
        await folder.remove();
      }
    });
  }
});
