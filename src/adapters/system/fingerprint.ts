import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Json } from '../../application/ports/json.ts';

/**
 * SHA-256 over the canonical JSON (RFC 8785) of a value, in base64url: 43 characters. Throws on NaN
 * and infinities.
 */
export const fingerprint = (value: Json): string => {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('a fingerprint was asked of something that is not JSON');
  return createHash('sha256').update(text, 'utf8').digest('base64url');
};
