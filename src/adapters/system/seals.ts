import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { forgetOldest } from '../../application/forgetOldest.ts';
import { fixedSecret, type LiveSecret } from '../../application/ports/liveSecret.ts';
import type { Seals } from '../../application/ports/seals.ts';

/** Half of a SHA-256: nobody can find another text with the same seal, and an event stays small. */
const SEAL_BYTES = 16;
/**
 * The seals that are remembered have some hundred bytes each: far more than the orders in flight.
 */
const REMEMBERED_MAX = 1_000;

type SealKeys = readonly [string, ...string[]];

/** HMAC-SHA-256. The first key seals; seals of the others stay valid, so that keys can change. */
export const createHmacSeals = (keys: SealKeys): Seals => createLiveSeals(fixedSecret(keys));

/** Seals by keys that may change while the process runs. */
export const createLiveSeals = (keys: LiveSecret<SealKeys>): Seals => {
  let used = keys.current();
  let seals = sealsBy(used);
  const now = (): Omit<Seals, 'fresh'> => {
    const current = keys.current();
    if (current !== used) seals = sealsBy(current);
    used = current;
    return seals;
  };
  return {
    fresh: () => keys.fresh(),
    seal: (text) => now().seal(text),
    isSeal: (text, seal) => now().isSeal(text, seal),
  };
};

const sealsBy = (keys: SealKeys): Omit<Seals, 'fresh'> => {
  const [sealing, ...others] = [secretOf(keys[0]), ...keys.slice(1).map(secretOf)] as const;
  const sealWith = (key: KeyObject, text: string): Buffer =>
    createHmac('sha256', key).update(text, 'utf8').digest().subarray(0, SEAL_BYTES);
  /** What this process seals, it checks soon after, before each step that it takes. */
  const sealed = new Map<string, Buffer>();
  const ownSeal = (text: string): Buffer => {
    const seal = sealed.get(text) ?? sealWith(sealing, text);
    sealed.set(text, seal);
    forgetOldest(sealed, REMEMBERED_MAX);
    return seal;
  };
  return {
    seal: (text) => ownSeal(text).toString('base64url'),
    isSeal: (text, seal) => {
      const given = Buffer.from(seal, 'base64url');
      return (
        given.length === SEAL_BYTES &&
        (timingSafeEqual(ownSeal(text), given) ||
          others.some((key) => timingSafeEqual(sealWith(key, text), given)))
      );
    },
  };
};

/** The key is made once: a text would be made a key again for each seal. */
const secretOf = (key: string): KeyObject => createSecretKey(Buffer.from(key, 'utf8'));
