import { ERROR_ROWS } from './errorTable.ts';
import { PAYMENT_ROWS } from './intents.ts';
import { REFUND_ROWS } from './refunds.ts';
import type { OutcomeRow } from './rows.ts';

/** Every table that turns an answer of Stripe into an outcome, for the documentation. */
export const OUTCOME_ROWS: readonly OutcomeRow[] = [
  ...PAYMENT_ROWS,
  ...REFUND_ROWS,
  ...ERROR_ROWS,
].map(({ when, outcome, source }) => ({ when, outcome, source }));
