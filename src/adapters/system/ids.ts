import { createHash } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import canonicalize from 'canonicalize';
import type { Ids } from '../../application/ports/ids.ts';
import type { Json } from '../../application/ports/json.ts';

/** ULIDs of one factory sort in the order of their creation, even within one millisecond. */
export const createSystemIds = (): Ids => {
  const ulid = monotonicFactory();
  return { create: () => ulid(), fingerprint, random: () => Math.random() };
};

/** SHA-256 over the canonical JSON (RFC 8785) in base64url. Throws on NaN and infinities. */
export const fingerprint = (value: Json): string => {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('a fingerprint was asked of something that is not JSON');
  return createHash('sha256').update(text, 'utf8').digest('base64url');
};
