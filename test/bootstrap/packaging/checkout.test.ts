import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadEmbedded } from '../../../src/bootstrap/cli/common/loadEmbedded.ts';
import { readText, TOP } from '../../docs/markdown.ts';
import { textOf, type Env } from '../../support/cli.ts';
import { bytesBelow } from '../../support/packed.ts';
import { CLI, exitOf, startProgram } from '../../support/process.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';

const MEGABYTE = 1_048_576;

type LockedPackage = {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly engines?: { readonly node?: string };
};

describe('A production install of a checkout', () => {
  const lock = JSON.parse(readText('package-lock.json')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const all = Object.entries(lock.packages).filter(([path]) => path.includes('node_modules/'));
  const installed = all.filter(([, { dev, link }]) => dev !== true && link !== true);

  it('has fewer than 120 packages, of less than 120 MB', async () => {
    expect(installed).to.have.length.within(20, 119);
    const sizes = await Promise.all(installed.map(([path]) => bytesBelow(join(TOP, path))));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    expect(bytes).to.be.within(10 * MEGABYTE, 120 * MEGABYTE);
  });

  it('runs no script, and brings nothing that refuses Node 20', () => {
    const scripts = installed.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    const newer = installed.filter(([, { engines }]) => !admits20(engines?.node ?? '*'));

    expect(scripts.map(([path]) => path)).to.deep.equal([]);
    expect(newer.map(([path]) => path)).to.deep.equal([]);
  });

  it('needs no script of a development package either, but where it builds by itself', () => {
    const scripts = all.filter(([, { hasInstallScript }]) => hasInstallScript === true);

    // Both bring what they would build.
    expect(scripts.map(([path]) => path)).to.have.members([
      'node_modules/classic-level',
      'node_modules/esbuild',
    ]);
  });
});

describe('A checkout', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;

  before(async () => {
    folder = await makeTemporaryFolder();
  });

  after(() => folder.remove());

  const run = async (program: string, args: readonly string[], env: Env = {}) => {
    const child = startProgram(program, args, env);
    const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
    const code = await exitOf(child, { event: 'close' });
    return { code, stdout: await stdout, stderr: await stderr };
  };

  it('says which Node it needs, also to a program', async () => {
    const env = { NODE_OPTIONS: '--no-experimental-strip-types' };
    const ended = await run(CLI, ['--version'], env);

    expect(ended).to.deep.include({ code: 1, stdout: '' });
    expect(ended.stderr).to.match(
      /^error: A checkout of Paidonce runs its sources, on Node 22\.18/,
    );
    expect(ended.stderr).to.include('npm ci').and.not.include('    at ');
    const { stderr } = await run(CLI, ['--version', '--json'], env);
    expect(JSON.parse(stderr)).to.have.nested.property('error.type', 'Installation');
  });

  it('says that its packages are not installed', async () => {
    const sources = join(folder.path, 'src/bootstrap/cli');
    await mkdir(sources, { recursive: true });
    await cp(CLI, join(folder.path, 'src/paidonce.js'));
    await writeFile(join(folder.path, 'package.json'), '{ "type": "module" }');
    await writeFile(join(sources, 'paidonce.ts'), "import 'commander';");
    const ended = await run(join(folder.path, 'src/paidonce.js'), ['--version']);

    expect(ended).to.deep.include({ code: 1, stdout: '' });
    expect(ended.stderr).to.match(/^error: The packages .* Run `npm ci`\.\n/);
    expect(ended.stderr).to.include("'commander'").and.not.include('    at ');
  });

  it('says how to get the emulators that a production install leaves out', async () => {
    const missing = Object.assign(new Error("Cannot find package 'dynalite'"), {
      code: 'ERR_MODULE_NOT_FOUND',
    });
    const loaded = await loadEmbedded(() => Promise.reject(missing));

    expect(loaded._unsafeUnwrapErr()).to.deep.include({
      message: 'the embedded servers are not installed',
      details: ['Run `npm ci`, without --omit=dev.', "Cannot find package 'dynalite'"],
    });
  });
});

/** One of the alternatives begins at Node 20 or before, or names it. */
const admits20 = (range: string): boolean =>
  range.split('||').some((part) => {
    const [, operator = '', major = '0'] = /(>=|\^|~)?\s*v?(\d+)/.exec(part) ?? [];
    return operator === '>=' ? Number(major) <= 20 : Number(major) === 20 || part.trim() === '*';
  });
