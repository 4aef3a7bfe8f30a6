import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomKey } from '../encryption/aead.ts';
import { makePrivateFile } from './privateFolder.ts';

const FILE = 'personal-data.key';
const FILE_MODE = 0o600;

/**
 * The key-encryption key of a data folder, in base64, made when it is first asked for. Of two
 * processes that make it, the one that is first keeps its own: a link refuses a name that is there,
 * and shows no file that is half written.
 */
export const keyOfFolder = (dataDir: string): string => {
  const path = join(dataDir, FILE);
  const draft = `${path}.${process.pid}`;
  mkdirSync(dataDir, { recursive: true });
  makePrivateFile(path);
  const known = read(path);
  if (known !== undefined) return known;
  writeFileSync(draft, `${Buffer.from(randomKey()).toString('base64')}\n`, { mode: FILE_MODE });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (Object(error).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return read(path) ?? '';
};

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (Object(error).code === 'ENOENT') return undefined;
    throw error;
  }
};
