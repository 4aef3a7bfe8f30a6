import { randomBytes } from 'node:crypto';

/** As Stripe's ids look: the kind, and something random. */
export const newId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;
