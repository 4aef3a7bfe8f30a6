import type { Json } from './json.ts';

export interface Ids {
  /** A new id that sorts by time (ULID). */
  create(): string;
  /** SHA-256 over the canonical JSON (RFC 8785) in base64url: the order of keys is irrelevant. */
  fingerprint(value: Json): string;
  /** A fraction in [0, 1), for jitter. */
  random(): number;
}
