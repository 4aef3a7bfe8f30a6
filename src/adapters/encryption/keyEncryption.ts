import { createHash, createSecretKey } from 'node:crypto';
import { errAsync, okAsync, type ResultAsync } from 'neverthrow';
import type { KeyTrouble } from '../../application/ports/personalData.ts';
import { misconfigured } from '../failures.ts';
import { decrypt, encryptOnce } from './aead.ts';

/** A data key that a key-encryption key has encrypted. `kek` names that one and is no secret. */
export type WrappedKey = { readonly kek: string; readonly wrapped: Uint8Array };

/** Wraps and unwraps data keys. `about` binds a wrapped key to its owner and name. */
export interface KeyEncryption {
  /** Whether it has the key-encryption key of that name. */
  knows(kek: string): boolean;
  wrap(secret: Uint8Array, about: string): ResultAsync<WrappedKey, KeyTrouble>;
  unwrap(wrapped: WrappedKey, about: string): ResultAsync<Uint8Array, KeyTrouble>;
  /** Whether there is a key-encryption key: the first `wrap` makes one where there is none. */
  isMade(): ResultAsync<boolean, KeyTrouble>;
}

const NAME_CHARACTERS = 8;

/** A key-encryption key from the settings. It is named by a hash of its own, shortened. */
export const createLocalKeyEncryption = (bytes: Uint8Array): KeyEncryption => {
  const key = createSecretKey(bytes);
  const name = createHash('sha256').update('paidonce-kek-1').update(bytes).digest('hex');
  const kek = `local:${name.slice(0, NAME_CHARACTERS)}`;
  return {
    knows: (named) => named === kek,
    wrap: (secret, about) => okAsync({ kek, wrapped: encryptOnce(key, secret, about) }),
    unwrap: ({ wrapped }, about) => {
      const secret = decrypt(key, wrapped, about);
      return secret === undefined ? errAsync(damaged(kek)) : okAsync(secret);
    },
    isMade: () => okAsync(true),
  };
};

export const damaged = (kek: string): KeyTrouble =>
  misconfigured('CustomerKeys', `a key cannot be unwrapped by ${kek}: its item was changed`);

/** The first wraps. Keys that others have wrapped are unwrapped by those. */
export const combineKeyEncryption = (
  all: readonly [KeyEncryption, ...KeyEncryption[]],
): KeyEncryption => ({
  knows: (kek) => all.some((one) => one.knows(kek)),
  wrap: (secret, about) => all[0].wrap(secret, about),
  isMade: () => all[0].isMade(),
  unwrap: (wrapped, about) => {
    const known = all.find((one) => one.knows(wrapped.kek));
    return known === undefined
      ? errAsync(
          misconfigured(
            'CustomerKeys',
            `PERSONAL_DATA_KEY lacks the key-encryption key ${wrapped.kek}, which is needed`,
          ),
        )
      : known.unwrap(wrapped, about);
  },
});
