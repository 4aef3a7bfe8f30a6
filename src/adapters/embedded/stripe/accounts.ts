import { createHash } from 'node:crypto';

/** As at Stripe, each key belongs to one account; here every key has its own. */
export const accountOf = (authorization = ''): string =>
  `acct_${createHash('sha256').update(authorization).digest('hex').slice(0, 16)}`;

/** The account of records in journals of earlier releases, which name none: the embedded key's. */
export const FIRST_ACCOUNT = accountOf('Bearer sk_test_embedded');
