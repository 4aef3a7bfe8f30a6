import { execFile } from 'node:child_process';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TOP } from '../docs/markdown.ts';

const WITHIN_MS = 120_000;

export type PackedFile = {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
};

/** What npm prints; rejects with what it says went wrong. */
const npm = async (args: readonly string[], cwd: string): Promise<string> => {
  const options = { cwd, timeout: WITHIN_MS, maxBuffer: 16 * 1_048_576 };
  const { stdout, stderr } = await promisify(execFile)('npm', [...args], {
    ...options,
    shell: process.platform === 'win32',
  });
  if (/EBADENGINE/.test(stderr)) throw new Error(stderr);
  return stdout;
};

/** Packs both packages into a folder, the program first. */
export const packBoth = async (folder: string): Promise<readonly PackedFile[]> => {
  const args = ['pack', '.', './embedded', '--json', '--pack-destination', folder];
  const output = await npm(args, TOP);
  // The build says what it made before.
  return JSON.parse(output.slice(output.indexOf('[\n'))) as PackedFile[];
};

/** Installs packed files into a project, from these files alone: nothing is fetched. */
export const installInto = async (project: string, files: readonly string[]): Promise<void> => {
  await mkdir(project, { recursive: true });
  await writeFile(join(project, 'package.json'), '{ "private": true }');
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts'];
  await npm(['i', '--omit=dev', '--omit=optional', '--offline', ...quiet, ...files], project);
};

/** The bytes of all files below a folder. */
export const bytesBelow = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
};
