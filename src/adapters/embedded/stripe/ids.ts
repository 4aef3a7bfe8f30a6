import { createHash, randomBytes } from 'node:crypto';

/** An id that looks like Stripe's: the kind, and something random. */
export const newId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

/** The id of something that follows from the journal: the same after every start. */
export const derivedId = (prefix: string, ...from: readonly (string | number)[]): string =>
  `${prefix}_${createHash('sha256').update(from.join(' ')).digest('hex').slice(0, 24)}`;
