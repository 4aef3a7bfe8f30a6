import type { KeyPurpose } from '../personal/index.ts';

/** A key as far as its end depends on it: one for invoices is of one calendar year (UTC). */
export type KeyAge = { readonly purpose: KeyPurpose; readonly year?: number };

/**
 * When an erasure ends a key, in milliseconds since the epoch: at once, but where the law wants an
 * invoice to be kept, so many calendar years behind the one in which it was issued.
 */
export const endOf = ({ year }: KeyAge, now: number, retentionYears: number): number =>
  year === undefined ? now : Math.max(now, Date.UTC(year + 1 + retentionYears, 0, 1));
