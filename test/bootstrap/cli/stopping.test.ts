import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { CLI, exitOf, startProcess, stopProcess } from '../../support/process.ts';
import { lineOf, textOf, type Env } from '../../support/cli.ts';
import { until } from '../../support/until.ts';
import { someOf } from '../../support/runs.ts';

/** As npm runs a program: by a shell that stays in between. The shell says the program's id. */
const SCRIPT = '"$@" & echo "$!" >&2; wait';
const { PATH = '' } = process.env;
/** Longer than the worker takes to notice. */
const NOTICED_MS = 3_000;

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('A worker that is stopped', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let shell: ChildProcessWithoutNullStreams;
  let worker: number;

  beforeEach(async () => {
    folder = await makeTemporaryFolder();
  });
  afterEach(async () => {
    if (worker !== 0 && isAlive(worker)) process.kill(worker, 'SIGKILL');
    await stopProcess(shell, 'SIGKILL');
    await folder.remove();
  });

  /** Starts a worker in a shell, and ends the shell once the worker works. */
  const orphan = async (env: Env, signal: NodeJS.Signals): Promise<void> => {
    const args = ['-c', SCRIPT, 'sh', process.execPath, CLI, 'worker', '--embedded', '--json'];
    shell = spawn('sh', args, { env: { PATH, PAIDONCE_DATA_DIR: folder.path, ...env } });
    let said = '';
    shell.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    worker = await until('the shell says which process its worker is', (see) => {
      see(said);
      return said.includes('\n') ? Number(said.split('\n')[0]) : undefined;
    });
    await lineOf(shell, (line) => line.includes('"worker.started"'));
    shell.kill(signal);
    await exitOf(shell);
  };

  for (const signal of someOf(1, ['SIGTERM', 'SIGKILL'] as const)) {
    it(`drains when the npm that started it is gone after ${signal} (case 21)`, async () => {
      await orphan({ npm_execpath: '/usr/lib/npm' }, signal);
      const rest = textOf(shell.stdout);
      await until('it has ended', () => Promise.resolve(isAlive(worker) ? undefined : true));
      expect(await rest).to.include('"worker.drained"');
    });
  }

  it('works on without its shell where it was no npm that started it', async () => {
    await orphan({}, 'SIGTERM');
    shell.stdout.resume();
    await sleep(NOTICED_MS);
    expect(isAlive(worker)).to.equal(true);
  });

  for (const signal of someOf(1, ['SIGINT', 'SIGHUP'] as const)) {
    it(`drains at ${signal} too, and says so`, async () => {
      worker = 0;
      shell = startProcess(['worker', '--embedded'], { PAIDONCE_DATA_DIR: folder.path });
      let said = '';
      shell.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
      await until('it works', () => (said.includes('worker.started') ? true : undefined));
      expect(await stopProcess(shell, signal)).to.equal(0);
      expect(said).to.include(`stopping: ${signal}`).and.include('payments drained in');
    });
  }
});
