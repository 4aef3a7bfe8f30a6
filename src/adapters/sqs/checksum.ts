import { createHash } from 'node:crypto';

let known: boolean | undefined;

/** Whether bodies can be checked: a machine in FIPS mode has no MD5. */
export const hasChecksums = (): boolean => {
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

/**
 * The checksum that SQS gives for a body, so that a reader can tell whether it is the one that was
 * sent.
 */
export const md5Of = (body: string): string | undefined =>
  hasChecksums() ? createHash('md5').update(body, 'utf8').digest('hex') : undefined;

/** Without MD5 the check is left out, and only TLS protects the body on its way. */
export const isDamaged = (body: string, told: unknown): boolean => {
  const md5 = md5Of(body);
  return md5 !== undefined && md5 !== told;
};
