import { ok, okAsync } from 'neverthrow';
import type { SeriesRegistry } from '../../src/application/registry/seriesRegistry.ts';
import type { Seals } from '../../src/application/ports/seals.ts';
import type * as Order from '../../src/domain/order/index.ts';
import {
  parseFormat,
  type NumberFormat,
  type AllocatedNumber,
} from '../../src/domain/series/index.ts';

/**
 * When the tests' orders are placed: in the middle of 2026, so that small steps stay in the year.
 */
export const NOON = Date.UTC(2026, 5, 15, 12);
export const RESEND_HORIZON_MS = 30 * 60_000;
/** When absence is proof, counted from the intent. */
export const CLOSE_MS = 45 * 60_000;
/** What of that is the lag of a search. */
export const SETTLE_MS = 5 * 60_000;
/** When a look-up that still fails is given up. */
export const GIVE_UP_MS = CLOSE_MS + RESEND_HORIZON_MS;

/** L, V and the skew: together less than what is between the horizon and the close. */
export const REQUEST_LIFE_MS = 5 * 60_000;
const SEND_WITHIN_MS = 10_000;
export const CLOCK_SKEW_MS = 60_000;
/** How long what is under way at the gateway is waited for. */
export const PENDING_MAX_MS = 10 * 86_400_000;
/** How long a customer may authenticate a payment. */
export const AUTHENTICATION_MAX_MS = 86_400_000;
/** From a claim until another may claim. */
const CLAIM_MS = REQUEST_LIFE_MS + SEND_WITHIN_MS + CLOCK_SKEW_MS;
/**
 * From a refusal until the request may be sent once more: its fence may have taken three minutes to
 * stand.
 */
export const QUIET_MS = 180_000 + CLAIM_MS;
export const DEPLOYMENT: Order.DeploymentIdentity = {
  id: 'dep1',
  account: 'acct_memory:test',
  sealedSince: NOON - 24 * 3_600_000,
};

/** No secret: what a test seals, it can forge. */
const sealOf = (text: string): string => `seal of ${text.length}`;

/** Of the tests' own payment service. */
export const SEALS: Seals = {
  fresh: () => Promise.resolve(),
  seal: (text) => sealOf(text),
  isSeal: (text, seal) => seal === sealOf(text),
};

/** What an intent of the tests says of its sending. */
export const sendingFrom = (at = NOON) => ({
  sendUntil: at + RESEND_HORIZON_MS,
  closeAt: at + CLOSE_MS,
  requestLifeMs: REQUEST_LIFE_MS,
  deployment: DEPLOYMENT.id,
  account: DEPLOYMENT.account,
});

export const formatOf = (format: string): NumberFormat =>
  parseFormat(format).match(
    (parsed) => parsed,
    ({ reasons }) => {
      throw new Error(reasons.join('; '));
    },
  );

const FORMAT = formatOf('{series}-{year}-{number:6}');

/** What the tests decide with: bodies that say what they are for, and one attempt at a payment. */
export const contextAt = (
  now = NOON,
  changes: Partial<Order.DecisionContext> = {},
): Order.DecisionContext => ({
  now,
  resendHorizonMs: RESEND_HORIZON_MS,
  closeMs: CLOSE_MS,
  settleMs: SETTLE_MS,
  viewedAt: now,
  requestLifeMs: REQUEST_LIFE_MS,
  sendWithinMs: SEND_WITHIN_MS,
  clockSkewMs: CLOCK_SKEW_MS,
  pendingMaxMs: PENDING_MAX_MS,
  authenticationMaxMs: AUTHENTICATION_MAX_MS,
  deployment: DEPLOYMENT,
  letter: 'm-1',
  seal: (text) => SEALS.seal(text),
  isSeal: (text, seal) => SEALS.isSeal(text, seal),
  attemptsMax: 1,
  invoices: { series: 'INV', from: 0, format: FORMAT },
  timeZone: 'UTC',
  creditNotes: { series: 'CN', from: 0, format: FORMAT },
  limitsOf: () => ({ leastMinor: 1, mostMinor: Number.MAX_SAFE_INTEGER, stepMinor: 1 }),
  roundsToSteps: false,
  prepare: (request) => ok(JSON.stringify({ charge: request })),
  prepareRefund: (request) => ok(JSON.stringify({ refund: request })),
  isPrepared: (body, request) => body === JSON.stringify({ charge: request }),
  prepareCapture: (request) => ok(JSON.stringify({ capture: request })),
  prepareVoid: (request) => ok(JSON.stringify({ void: request })),
  prepareConfirm: (request) => ok(JSON.stringify({ confirm: request })),
  isPreparedConfirm: (body, request) => body === JSON.stringify({ confirm: request }),
  isPreparedCapture: (body, request) => body === JSON.stringify({ capture: request }),
  isPreparedRefund: (body, request) => body === JSON.stringify({ refund: request }),
  ...changes,
});

/** The place of a document in its series, as an allocator gives it. */
export const numbered = (
  number: number,
  changes: Partial<AllocatedNumber> = {},
): AllocatedNumber => ({
  series: 'INV',
  year: 2026,
  number,
  date: NOON,
  seriesVersion: number,
  ...changes,
});

/**
 * Every series is this worker's and printed alike, for tests that are not about how numbers are
 * printed.
 */
export const anyRegistry = (format = FORMAT): SeriesRegistry => ({
  formatOf: () => okAsync(format),
  known: () => format,
  isOurs: () => true,
});
