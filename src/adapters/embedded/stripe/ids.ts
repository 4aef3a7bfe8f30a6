import { createHash, randomBytes } from 'node:crypto';
import * as CardNumber from '../../../domain/cardNumber/index.ts';

/** An id that looks like Stripe's: the kind, and something random. */
export const newId = (prefix: string): string =>
  withoutCardNumber(() => `${prefix}_${randomBytes(12).toString('hex')}`);

/** The id of something that follows from the journal: the same after every start. */
export const derivedId = (prefix: string, ...from: readonly (string | number)[]): string =>
  withoutCardNumber((tries) => {
    const text = [...from, ...(tries === 0 ? [] : [tries])].join(' ');
    return `${prefix}_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
  });

/** One id in some 10,000 looks like a card number. */
const TRIES_MAX = 10;

/**
 * Stripe's ids use the whole alphabet, and hardly ever have so many digits in a row. One of these
 * that passed for a card number would be refused with its message.
 */
const withoutCardNumber = (idOf: (tries: number) => string): string => {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const id = idOf(tries);
    if (!CardNumber.holdsCardNumber(id)) return id;
  }
  throw new RangeError('every id looks like a card number');
};
