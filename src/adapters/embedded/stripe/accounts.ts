import { createHash } from 'node:crypto';

/** Like Stripe, each key belongs to one account; here every key has one of its own. */
export const accountOf = (authorization = ''): string =>
  `acct_${createHash('sha256').update(authorization).digest('hex').slice(0, 16)}`;

/** Whose everything is that a journal of an earlier release names no account for: the embedded key's. */
export const FIRST_ACCOUNT = accountOf('Bearer sk_test_embedded');
