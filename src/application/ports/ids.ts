import type { Json } from './json.ts';

export interface Ids {
  /** A new id that sorts by time (ULID). */
  create(): string;
  /** The SHA-256 of the canonical JSON (RFC 8785) in base64url: the order of keys is irrelevant. */
  fingerprint(value: Json): string;
  /** A fraction in [0, 1), for jitter. */
  random(): number;
}
