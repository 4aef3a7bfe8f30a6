import type * as Order from '../../domain/order/index.ts';

/** The pure part of the gateway that writes requests, without any secret. */
export type PreparedRequests = Pick<
  Order.GatewayRequests,
  'limitsOf' | 'prepare' | 'prepareCapture' | 'prepareVoid' | 'prepareConfirm' | 'prepareRefund'
>;

const SERIES: Order.DecisionContext['invoices'] = { series: '', from: 0, format: [] };
/** The deployment does not decide whether an order can be charged, or refunded. */
const DEPLOYMENT: Order.DecisionContext['deployment'] = {
  id: 'nobody',
  account: '',
  sealedSince: 0,
};

/**
 * The context of a decision that is not carried out. Times and series are frozen in a request, and
 * do not decide whether there is one.
 */
export const dryContext = (
  requests: PreparedRequests,
  roundsToSteps = false,
): Order.DecisionContext => ({
  limitsOf: (currency) => requests.limitsOf(currency),
  prepare: (request) => requests.prepare(request),
  prepareCapture: (request) => requests.prepareCapture(request),
  prepareVoid: (request) => requests.prepareVoid(request),
  prepareConfirm: (request) => requests.prepareConfirm(request),
  prepareRefund: (request) => requests.prepareRefund(request),
  now: 0,
  viewedAt: 0,
  resendHorizonMs: 0,
  closeMs: 0,
  settleMs: 0,
  requestLifeMs: 0,
  sendWithinMs: 0,
  clockSkewMs: 0,
  pendingMaxMs: 0,
  authenticationMaxMs: 0,
  deployment: DEPLOYMENT,
  letter: '',
  seal: () => '',
  isSeal: () => true,
  isPrepared: () => true,
  isPreparedCapture: () => true,
  isPreparedConfirm: () => true,
  isPreparedRefund: () => true,
  attemptsMax: 1,
  invoices: SERIES,
  timeZone: 'UTC',
  creditNotes: SERIES,
  roundsToSteps,
});
