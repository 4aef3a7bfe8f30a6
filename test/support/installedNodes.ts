import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';

/** A Node that can run the packed program: its version, and where it is. */
export type InstalledNode = { readonly version: string; readonly path: string };

const FILE = process.platform === 'win32' ? 'node.exe' : 'node';

/**
 * The Node of this process, that of the machine, if it is another, and those in the folders that
 * PAIDONCE_TEST_NODES names, which is written as PATH is. Each version once.
 */
export const installedNodes = (): readonly InstalledNode[] => {
  const { PATH = '', PAIDONCE_TEST_NODES: others = '' } = process.env;
  const ofMachine = PATH.split(delimiter)
    .filter((folder) => !folder.includes(`node_modules${sep}.bin`))
    .find((folder) => existsSync(join(folder, FILE)));
  const folders = [ofMachine ?? '', ...others.split(delimiter)].filter((folder) => folder !== '');
  const byVersion = new Map([[process.versions.node, process.execPath]]);
  for (const path of folders.map((folder) => join(folder, FILE))) {
    const version = execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' });
    if (!byVersion.has(version.trim())) byVersion.set(version.trim(), path);
  }
  return [...byVersion].map(([version, path]) => ({ version, path }));
};
