import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { expect } from 'chai';
import { CLI } from '../../support/process.ts';
import { textOf } from '../../support/cli.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { someOf } from '../../support/runs.ts';

/** A disk that is full. */
const FULL = '/dev/full';

describe('output that cannot be written', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  before(async () => (folder = await makeTemporaryFolder()));
  after(() => folder.remove());

  const COMMANDS: readonly (readonly string[])[] = [
    ['--version'],
    ['--help'],
    ['refund', '--help'],
    ['servers', '--embedded', '--json'],
    ['submit', '--generate', '30', '--embedded', '--json'],
    ['doctor', '--embedded'],
  ];
  for (const args of someOf(1, COMMANDS)) {
    it(`fails: ${args.join(' ')}`, async () => {
      const full = await open(FULL, 'w');
      try {
        const child = spawn(process.execPath, [CLI, ...args], {
          env: { PAIDONCE_DATA_DIR: folder.path },
          stdio: ['ignore', full.fd, 'pipe'],
        });
        const { stderr } = child;
        if (stderr === null) return expect.fail('no stderr');
        const [text, [code]] = await Promise.all([textOf(stderr), once(child, 'close')]);
        expect(text).to.include('the output could not be written: ENOSPC');
        expect(code).to.equal(1);
      } finally {
        await full.close();
      }
    });
  }
});
