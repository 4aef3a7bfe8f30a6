import { once } from 'node:events';
import { expect } from 'chai';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';
import { startProcess, stopProcess } from '../support/process.ts';
import { jsonLines, lineOf, textOf } from '../support/cli.ts';
import { fenced, readText } from './markdown.ts';

const PROGRAM = /^\/(?:app|opt\/paidonce)\/node_modules\/\.bin\/paidonce$/;

/** The commands by which docs/aws.md runs a worker, word by word. */
const commandsOf = (page: string): Readonly<Record<string, readonly string[]>> => {
  const [, section = ''] = page.split(/^## Running a worker$/m);
  const [part = ''] = section.split(/^## /m);
  const linesOf = (language: string) => fenced(part, language).join('\n');
  const [entry = [], ecs = []] = [
    /^ENTRYPOINT (\[.*\])$/m.exec(linesOf('dockerfile'))?.[1] ?? '[]',
    JSON.stringify((JSON.parse(linesOf('json')) as { command: readonly string[] }).command),
  ].map((text) => JSON.parse(text) as readonly string[]);
  const docker = JSON.parse(/^CMD (\[.*\])$/m.exec(linesOf('dockerfile'))?.[1] ?? '[]') as string[];
  const kubernetes = /args: \[(.*)\]/.exec(linesOf('yaml'))?.[1]?.split(', ') ?? [];
  const systemd = /^ExecStart=(.*)$/m.exec(linesOf('ini'))?.[1]?.split(' ') ?? [];
  return {
    docker: [...entry, ...docker],
    ecs: [...entry, ...ecs],
    kubernetes: [...entry, ...kubernetes],
    systemd,
  };
};

describe('The commands of docs/aws.md (case 21)', () => {
  const commands = commandsOf(readText('docs/aws.md'));

  it('run the program itself, without npx or a shell around it', () => {
    expect(Object.keys(commands)).to.deep.equal(['docker', 'ecs', 'kubernetes', 'systemd']);
    for (const [where, [program = '', ...args]] of Object.entries(commands)) {
      expect(program, where).to.match(PROGRAM);
      expect(args.slice(0, 2), where).to.deep.equal(['worker', '--service']);
    }
    expect(readText('docs/aws.md')).not.to.match(/npx paidonce worker/);
  });

  for (const [where, [, ...args]] of Object.entries(commands)) {
    it(`drain at SIGTERM: ${where}`, async () => {
      const folder = await makeTemporaryFolder();
      const env = { PAIDONCE_DATA_DIR: folder.path };
      const worker = startProcess([...args, '--embedded', '--json'], env);
      try {
        await lineOf(worker, (line) => line.includes('"worker.started"'));
        const rest = textOf(worker.stdout);
        worker.kill('SIGTERM');
        const [code] = (await once(worker, 'exit')) as [number | null];
        expect(code).to.equal(0);
        expect(jsonLines(await rest).map(({ event }) => event)).to.include('worker.drained');
      } finally {
        await stopProcess(worker, 'SIGKILL');
        await folder.remove();
      }
    });
  }
});
