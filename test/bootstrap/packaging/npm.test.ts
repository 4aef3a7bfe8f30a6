import { createHash } from 'node:crypto';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { openEmbedded, type EmbeddedStack } from '../../../src/bootstrap/embedded.ts';
import { VERSION } from '../../../src/bootstrap/version.ts';
import { TOP } from '../../docs/markdown.ts';
import { lineOf, textOf, type Env } from '../../support/cli.ts';
import { installedNodes } from '../../support/installedNodes.ts';
import { bytesBelow, installInto, packBoth, type PackedFile } from '../../support/packed.ts';
import { exitOf, stopProcess } from '../../support/process.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { describeInTurn, someOf } from '../../support/runs.ts';

const MEGABYTE = 1_048_576;
const PROGRAM = 'node_modules/@paidonce/cli/src/paidonce.js';

/** The Node that the second package brings, where this machine has one. */
const NEWER = `node-${process.platform}-${process.arch}`;

type Course = {
  readonly project: string;
  readonly node: string;
  readonly options: readonly string[];
  readonly env: Env;
};

describeInTurn(1, 'The packed program', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let packed: readonly PackedFile[];
  /** A project with the program alone, and one with the embedded servers too. */
  let production: string;
  let trial: string;
  let endpoints: EmbeddedStack;
  /** The settings that name them. */
  let settings: Env;
  /** An order that one of the courses below took to its end. */
  let taken = '';
  const children: ChildProcessWithoutNullStreams[] = [];

  before(async () => {
    folder = await makeTemporaryFolder();
    packed = await packBoth(folder.path);
    [production, trial] = [join(folder.path, 'production'), join(folder.path, 'trial')];
    const files = packed.map(({ filename }) => join(folder.path, filename));
    await installInto(production, files.slice(0, 1));
    await installInto(trial, files);
    const newer = join(TOP, 'node_modules', NEWER);
    const opened = await openEmbedded({ PAIDONCE_DATA_DIR: join(folder.path, 'endpoints') });
    endpoints = opened._unsafeUnwrap();
    settings = {
      ...endpoints.settings,
      AWS_ACCESS_KEY_ID: endpoints.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: endpoints.credentials.secretAccessKey,
    };
    if (existsSync(newer)) await symlink(newer, join(trial, 'node_modules', NEWER), 'junction');
  });

  // Of a test that failed one may be left.
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  after(async () => {
    await endpoints.close();
    await folder.remove();
  });

  const startIn = (
    project: string,
    node: string,
    args: readonly string[],
    env: Env = {},
  ): ChildProcessWithoutNullStreams => {
    const child = spawn(node, [join(project, PROGRAM), ...args], {
      cwd: project,
      env: { PATH: process.env['PATH'], PAIDONCE_DATA_DIR: join(project, 'data'), ...env },
    });
    children.push(child);
    return child;
  };

  const runIn = async (project: string, node: string, args: readonly string[], env?: Env) => {
    const child = startIn(project, node, args, env);
    const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
    child.stdin.end();
    const code = await exitOf(child, { event: 'close' });
    return { code, stdout: await stdout, stderr: await stderr };
  };

  /** Gives the id of the order. */
  const takeAnOrder = async ({ project, node, options, env }: Course): Promise<string> => {
    const submitted = await runIn(project, node, ['submit', '--generate', '1', ...options], env);
    const [id = ''] = submitted.stdout.split('\n');
    expect(submitted.stderr).not.to.match(/warning|error/i);

    const worker = startIn(project, node, ['worker', '--json', ...options], env);
    await lineOf(worker, (line) => line.includes(id) && line.includes('"outcome":"paid"'));
    worker.stdout.resume();
    expect(await stopProcess(worker)).to.equal(0);

    const { code, stdout } = await runIn(project, node, ['order', id, ...options], env);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^status +paid$/m);
    return id;
  };

  it('has what runs, its licences and its documentation, and nothing else', () => {
    const programs = String.raw`src\/paidonce\.js|dist\/cli\/[\w.-]+\.js`;
    const notices = String.raw`dist\/cli\/THIRD-PARTY-NOTICES\.txt|LICENSE`;
    const documents = String.raw`dist\/cli\/(fonts\/(NotoSans-\w+\.ttf|LICENSE)|data\/\w+\.icc)`;
    const pages = String.raw`docs\/[\w./-]+\.(md|json|csv)|(README|CHANGELOG|SECURITY)\.md`;
    const allowed = new RegExp(`^(package\\.json|${programs}|${notices}|${documents}|${pages})$`);
    const [program] = packed;
    const paths = program?.files.map(({ path }) => path) ?? [];

    expect(paths.filter((path) => !allowed.test(path))).to.deep.equal([]);
    expect(paths).to.include.members(['LICENSE', 'README.md', 'CHANGELOG.md', 'docs/install.md']);
  });

  it('has modules of one byte for each character, of which V8 then needs no more', async () => {
    const modules = join(production, 'node_modules/@paidonce/cli/dist/cli');
    const names = (await readdir(modules)).filter((name) => name.endsWith('.js'));
    expect(names).to.include('paidonce.js');
    for (const name of names) {
      const bytes = await readFile(join(modules, name));
      expect(
        bytes.findIndex((byte) => byte > 0x7f),
        name,
      ).to.equal(-1);
    }
  });

  it('installs as one package without dependencies, of a few megabytes', async () => {
    const installed = join(production, 'node_modules');

    expect(await readdir(join(installed, '@paidonce'))).to.deep.equal(['cli']);
    expect((await readdir(installed)).filter((name) => !name.startsWith('.'))).to.deep.equal([
      '@paidonce',
    ]);
    expect(await bytesBelow(installed)).to.be.lessThan(12 * MEGABYTE);
    expect(await bytesBelow(join(trial, 'node_modules/@paidonce'))).to.be.lessThan(25 * MEGABYTE);
  });

  for (const { version, path: node } of someOf(1, installedNodes())) {
    describe(`on Node ${version}`, () => {
      const hasSqlite = Number(version.split('.')[0]) >= 22;

      it('says its version and its commands', async () => {
        const ended = await runIn(production, node, ['--version']);
        expect(ended).to.deep.equal({ code: 0, stdout: `${VERSION}\n`, stderr: '' });

        const help = await runIn(production, node, ['--help']);
        expect(help).to.deep.include({ code: 0, stderr: '' });
        expect(help.stdout).to.include('worker').and.include('$ paidonce submit');
      });

      it('says which settings are missing', async () => {
        const { code, stdout, stderr } = await runIn(production, node, ['doctor']);

        expect(code).to.be.oneOf([1, 2]);
        expect(`${stdout}${stderr}`).to.include('PAYMENTS_QUEUE_URL').and.not.include('    at ');
      });

      it('says what to install for the embedded servers', async () => {
        for (const line of someOf(1, ['demo', 'servers', 'submit --generate 1 --embedded'])) {
          const { code, stderr } = await runIn(production, node, line.split(' '));

          expect(code, line).to.equal(1);
          expect(stderr).to.match(hasSqlite ? /are not installed\n/ : /need Node 22\.13 or newer/);
          expect(stderr).to.include(`npm i -g ./paidonce-embedded-${VERSION}.tgz`);
          expect(stderr).not.to.include('    at ');
        }
      });

      it('takes an order to its end on the endpoints that settings name', async () => {
        taken = await takeAnOrder({ project: production, node, options: [], env: settings });
      });

      it('takes an order to its end on the embedded servers', async () => {
        await takeAnOrder({ project: trial, node, options: ['--embedded'], env: {} });
      });
    });
  }

  // After the courses above, as mocha runs a suite’s own tests before those of suites in it.
  describe('on every Node', () => {
    it('writes an invoice as the same PDF', async () => {
      const hashes = new Set<string>();
      for (const { version, path } of installedNodes()) {
        const file = join(folder.path, `${version}.pdf`);
        const made = await runIn(production, path, ['invoice', taken, '--pdf', file], settings);
        expect(made, version).to.deep.include({ code: 0, stdout: '' });
        const bytes = await readFile(file);
        expect(bytes.subarray(0, 8).toString(), version).to.equal('%PDF-1.7');
        hashes.add(createHash('sha256').update(bytes).digest('hex'));
      }
      expect(hashes.size).to.equal(1);
    });
  });
});
