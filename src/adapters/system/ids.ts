import { hash, randomFillSync } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import canonicalize from 'canonicalize';
import type { Ids } from '../../application/ports/ids.ts';
import type { Json } from '../../application/ports/json.ts';

/** ULIDs of one factory sort in the order of their creation, even within one millisecond. */
export const createSystemIds = (): Ids => {
  const ulid = monotonicFactory(pooledRandom);
  return { create: () => ulid(), fingerprint, random: () => Math.random() };
};

/** SHA-256 over the canonical JSON (RFC 8785) in base64url. Throws on NaN and infinities. */
export const fingerprint = (value: Json): string => {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('a fingerprint was asked of something that is not JSON');
  return hash('sha256', text, 'base64url');
};

const pool = new Uint8Array(4_096);
let used = pool.length;

/** A fraction in [0, 1) for one character of an id: 256 values, of which 32 have to be distinct. */
export const pooledRandom = (): number => {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const value = pool[used] ?? 0;
  used += 1;
  return value / 256;
};
