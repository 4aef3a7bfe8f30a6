import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type CipherGCMTypes,
  type KeyObject,
} from 'node:crypto';

const CIPHER: CipherGCMTypes = 'aes-256-gcm';
const KEY_BYTES = 32;
/** The nonce that AES-GCM is made for (NIST SP 800-38D). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A new key for AES-256, data key or key-encryption key. */
export const randomKey = (): Uint8Array => randomBytes(KEY_BYTES);

/** Node makes a key object of bytes for each call, which takes longer than to encrypt with it. */
type SecretKey = Uint8Array | KeyObject;

const encrypt = (
  key: SecretKey,
  nonce: Uint8Array,
  { text, about }: { readonly text: Uint8Array; readonly about: string },
): Buffer => {
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(about, 'utf8'));
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
};

/** The text; undefined for another key, for bytes that were changed, and for another `about`. */
export const decrypt = (key: SecretKey, bytes: Uint8Array, about: string): Buffer | undefined => {
  if (bytes.byteLength < NONCE_BYTES + TAG_BYTES) return undefined;
  const end = bytes.byteLength - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(about, 'utf8'));
  decipher.setAuthTag(bytes.subarray(end));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()]);
  } catch {
    return undefined;
  }
};

/**
 * Encrypts with a random nonce: a key wraps far fewer than the 2^32 texts that such nonces allow.
 */
export const encryptOnce = (key: SecretKey, text: Uint8Array, about: string): Buffer =>
  encrypt(key, randomBytes(NONCE_BYTES), { text, about });

/** The keys that encrypt a customer's data, made of a data key. */
export type DataKey = { readonly encryption: KeyObject; readonly nonces: KeyObject };

export const dataKeyOf = (secret: Uint8Array): DataKey => {
  const key = createSecretKey(secret);
  const part = (name: string): KeyObject =>
    createSecretKey(
      new Uint8Array(hkdfSync('sha256', key, '', `paidonce-personal-1 ${name}`, KEY_BYTES)),
    );
  return { encryption: part('encryption'), nonces: part('nonces') };
};

/**
 * The same text about the same event gives the same bytes, so that an append that is repeated is
 * recognised. The nonce is a MAC over both, by a key of its own: another text, or another event,
 * has another nonce.
 */
export const encryptRepeatably = (key: DataKey, text: Uint8Array, about: string): Buffer => {
  const nonce = createHmac('sha256', key.nonces)
    .update(`${Buffer.byteLength(about)}:${about}`, 'utf8')
    .update(text)
    .digest()
    .subarray(0, NONCE_BYTES);
  return encrypt(key.encryption, nonce, { text, about });
};
