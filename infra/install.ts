import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Installs the packages of this folder as its lockfile names them, unless they are there: they are
 * no part of the checkout's own install, which they would make a third larger (ADR 0055).
 */

const mark = join(import.meta.dirname, 'node_modules/.installed');
const lockfile = readFileSync(join(import.meta.dirname, 'package-lock.json'));
const wanted = createHash('sha256').update(lockfile).digest('hex');

if (!existsSync(mark) || readFileSync(mark, 'utf8') !== wanted) {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status, error } = spawnSync('npm', args, {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`npm ci in infra ended with ${status}`);
  writeFileSync(mark, wanted);
}
