import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** The permissions of the group and of others. */
const OF_OTHERS = 0o077;

/** Makes a folder that its owner alone can read, or takes away what others could do with it. */
export const makePrivateFolder = (path: string): void => {
  mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
  tighten(path, FOLDER_MODE);
};

/**
 * Makes everything in the folder private too: an earlier version, or a library that asks for no
 * mode of its own, may have left files that others can read. A link is left alone, and so is what
 * it leads to.
 */
export const makePrivate = (folder: string): void => {
  makePrivateFolder(folder);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) tighten(path, FOLDER_MODE);
    else if (entry.isFile()) tighten(path, FILE_MODE);
  }
};

/** Makes a file private that is there and that others can read. */
export const makePrivateFile = (path: string): void => {
  if (existsSync(path)) tighten(path, FILE_MODE);
};

const tighten = (path: string, mode: number): void => {
  if ((lstatSync(path).mode & OF_OTHERS) === 0) return;
  try {
    chmodSync(path, mode);
  } catch (cause) {
    throw new Error(
      `${path} can be read by others, and its mode cannot be changed. Take it away from them, or ` +
        'let PAIDONCE_DATA_DIR name another folder.',
      { cause },
    );
  }
};
