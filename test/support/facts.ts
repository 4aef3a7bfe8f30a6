import { ok } from 'neverthrow';
import type * as Order from '../../src/domain/order/index.ts';
import { parseFormat, type NumberFormat, type Numbered } from '../../src/domain/series/index.ts';

/** When the tests' orders are placed: in the middle of 2026, so that small steps stay in the year. */
export const NOON = Date.UTC(2026, 5, 15, 12);
export const RESEND_HORIZON_MS = 30 * 60_000;
/** When absence is proof, counted from the intent. */
export const CLOSE_MS = 45 * 60_000;
/** When a look-up that still fails is given up. */
export const GIVE_UP_MS = CLOSE_MS + RESEND_HORIZON_MS;

export const formatOf = (format: string): NumberFormat =>
  parseFormat(format).match(
    (parsed) => parsed,
    ({ reasons }) => {
      throw new Error(reasons.join('; '));
    },
  );

const FORMAT = formatOf('{series}-{year}-{number:6}');

/** What the tests decide with: bodies that say what they are for, and one attempt at a payment. */
export const factsAt = (now = NOON, changes: Partial<Order.Facts> = {}): Order.Facts => ({
  now,
  resendHorizonMs: RESEND_HORIZON_MS,
  closeMs: CLOSE_MS,
  attemptsMax: 1,
  invoices: { series: 'INV', from: 0, format: FORMAT },
  creditNotes: { series: 'CN', from: 0, format: FORMAT },
  prepare: (request) => ok(JSON.stringify({ charge: request })),
  prepareRefund: (request) => ok(JSON.stringify({ refund: request })),
  ...changes,
});

/** The place of a document in its series, as a clerk gives it. */
export const numbered = (number: number, changes: Partial<Numbered> = {}): Numbered => ({
  series: 'INV',
  year: 2026,
  number,
  date: NOON,
  seriesVersion: number,
  ...changes,
});
