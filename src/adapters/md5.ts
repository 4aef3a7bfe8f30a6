import { createHash } from 'node:crypto';

let known: boolean | undefined;

/** A machine in FIPS mode has none. */
export const hasMd5 = (): boolean => {
  known ??= tryOut();
  return known;
};

const tryOut = (): boolean => {
  try {
    return createHash('md5').update('').digest('hex') !== '';
  } catch {
    return false;
  }
};

/** The checksum that SQS gives for a body, by which a reader checks what was sent. */
export const md5Of = (body: string): string | undefined =>
  hasMd5() ? createHash('md5').update(body, 'utf8').digest('hex') : undefined;
