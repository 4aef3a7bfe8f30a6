/** The source of a key-encryption key: AWS KMS, or this setting itself. */
export type KeySource =
  | { readonly type: 'Kms'; readonly keyId: string }
  | { readonly type: 'Local'; readonly key: Uint8Array };

/** Without any source, personal data is stored as it is. */
export type KeySources = readonly KeySource[];

const NONE = 'none';
const SOURCES_MAX = 4;
/** An id, an ARN or an alias has up to 2,048 of these characters (KMS, Decrypt). */
const KMS = /^kms:([\w:/-]{1,2048})$/;
/** The key has 32 bytes in base64, or in its form for URLs. */
const LOCAL = /^local:([\w+/-]{43}=?)$/;

export const isPersonalDataKey = (text: string): boolean => {
  const parts = text.split(',');
  if (text === NONE) return true;
  const isOneKms = parts.filter((part) => KMS.test(part)).length <= 1;
  return (
    parts.length <= SOURCES_MAX &&
    isOneKms &&
    parts.every((part) => KMS.test(part) || LOCAL.test(part))
  );
};

/** Reads the sources from a text that `isPersonalDataKey`. */
export const readPersonalDataKey = (text: string): KeySources =>
  text.split(',').flatMap((part): KeySources => {
    const [, keyId] = KMS.exec(part) ?? [];
    if (keyId !== undefined) return [{ type: 'Kms', keyId }];
    const [, key] = LOCAL.exec(part) ?? [];
    return key === undefined ? [] : [{ type: 'Local', key: Buffer.from(key, 'base64url') }];
  });
