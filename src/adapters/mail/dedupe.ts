/** Two mails with the same value here are two copies of one notice. */
export const DEDUPE_HEADER = 'X-Dedupe-Key';
