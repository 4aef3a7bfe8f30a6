import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Seals } from '../../application/ports/seals.ts';

/** Half of a SHA-256: nobody can find another text with the same seal, and an event stays small. */
const SEAL_BYTES = 16;

/** HMAC-SHA-256. The first key seals; seals of the others stay valid, so that keys can change. */
export const createHmacSeals = (keys: readonly [string, ...string[]]): Seals => {
  const sealWith = (key: string, text: string): Buffer =>
    createHmac('sha256', key).update(text, 'utf8').digest().subarray(0, SEAL_BYTES);
  return {
    seal: (text) => sealWith(keys[0], text).toString('base64url'),
    isSeal: (text, seal) => {
      const given = Buffer.from(seal, 'base64url');
      return (
        given.length === SEAL_BYTES &&
        keys.some((key) => timingSafeEqual(sealWith(key, text), given))
      );
    },
  };
};
