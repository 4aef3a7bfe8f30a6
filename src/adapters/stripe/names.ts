import type { MovementKind } from '../../application/ports/paymentGateway.ts';

/** An id begins with its kind (https://docs.stripe.com/api); banks have kinds of their own. */
const PREFIXES: Readonly<Record<string, MovementKind>> = {
  pi: 'payment',
  re: 'refund',
  pyr: 'refund',
  ch: 'charge',
  py: 'charge',
};

const ID = /^(?<prefix>[a-z]{2,3})_[A-Za-z0-9_]{6,250}$/;

export const kindOf = (reference: string): MovementKind | undefined => {
  const { prefix = '' } = ID.exec(reference)?.groups ?? {};
  return Object.hasOwn(PREFIXES, prefix) ? PREFIXES[prefix] : undefined;
};
