import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of a test's own, gone again with `remove`. */
export const makeTemporaryFolder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'paidonce-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
};
