import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { Seals } from '../../application/ports/seals.ts';

/** Half of a SHA-256: nobody can find another text with the same seal, and an event stays small. */
const SEAL_BYTES = 16;

/**
 * HMAC-SHA-256. The first key seals. Seals of the other keys are still valid, so that keys can be
 * changed.
 */
export const createHmacSeals = ([first, ...others]: readonly [string, ...string[]]): Seals => {
  const sealing = secretOf(first);
  const keys = [sealing, ...others.map(secretOf)];
  const sealWith = (key: KeyObject, text: string): Buffer =>
    createHmac('sha256', key).update(text, 'utf8').digest().subarray(0, SEAL_BYTES);
  return {
    seal: (text) => sealWith(sealing, text).toString('base64url'),
    isSeal: (text, seal) => {
      const given = Buffer.from(seal, 'base64url');
      return (
        given.length === SEAL_BYTES &&
        keys.some((key) => timingSafeEqual(sealWith(key, text), given))
      );
    },
  };
};

/** Made once: a text would be made a key again for each seal. */
const secretOf = (key: string): KeyObject => createSecretKey(Buffer.from(key, 'utf8'));
