import { hash, randomFillSync } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import canonicalize from 'canonicalize';
import type { Ids } from '../../application/ports/ids.ts';
import { isJsonObject, type Json, type JsonObject } from '../../application/ports/json.ts';

/** ULIDs of one factory sort in the order of their creation, even within one millisecond. */
export const createSystemIds = (): Ids => {
  const ulid = monotonicFactory(pooledRandom);
  return { create: () => ulid(), fingerprint, random: () => Math.random() };
};

/** SHA-256 over the canonical JSON (RFC 8785) in base64url. Throws on NaN and infinities. */
export const fingerprint = (value: Json): string => {
  const sorted = sortedCopy(value);
  const text = sorted === undefined ? canonicalize(value) : JSON.stringify(sorted);
  if (text === undefined) throw new Error('a fingerprint was asked of something that is not JSON');
  return hash('sha256', text, 'base64url');
};

/**
 * A copy whose JSON is canonical, for a third of the work of `canonicalize`: an object keeps the
 * order in which its members are added. Undefined where one would not, or where canonical JSON and
 * that of JavaScript differ otherwise.
 */
const sortedCopy = (value: Json): Json | undefined => {
  if (typeof value === 'string') return value.isWellFormed() ? value : undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (Array.isArray(value)) {
    const items = value.map(sortedCopy);
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  return isJsonObject(value) ? sortedMembers(value) : value;
};

const sortedMembers = (object: JsonObject): Json | undefined => {
  const copy: Record<string, Json> = {};
  for (const name of Object.keys(object).toSorted()) {
    const member = object[name];
    if (member === undefined || !KEEPS_ITS_PLACE.test(name)) return undefined;
    const sorted = sortedCopy(member);
    if (sorted === undefined) return undefined;
    copy[name] = sorted;
  }
  return copy;
};

/** Names that are numbers would come first, and `__proto__` is no member. */
const KEEPS_ITS_PLACE = /^[A-Za-z]\w*$/;

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
