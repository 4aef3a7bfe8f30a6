import type { DecisionContext } from './context.ts';
import type { FrozenRequest } from './events.ts';
import type { OpenRequest } from './openRequest.ts';
import type { RequestOnItsWay } from './requests.ts';
import { closeMsOf } from './ways.ts';

/*
 * When a request may be sent, when it is looked up, and what a look-up proves. The argument is in
 * docs/protocol.md; all times are in milliseconds.
 */

/**
 * Whether it may still be sent (R4): by its own terms, and by the settings of this process, which
 * can only shorten them. A request from the future is not young: its writer's clock was wrong.
 */
export const isYoung = (request: RequestOnItsWay, context: DecisionContext): boolean => {
  const { at, sendUntil, closeAt } = request;
  const { now, resendHorizonMs, requestLifeMs, clockSkewMs } = context;
  const closeMs = closeMsOf(request, context);
  // A process whose requests live longer than the author's would outlive the close, or a fence.
  const isShortLived =
    requestLifeMs <= request.requestLifeMs && closeMs - resendHorizonMs <= closeAt - sendUntil;
  return isShortLived && now >= at - clockSkewMs && now < sendUntil && now - at < resendHorizonMs;
};

/**
 * The time after a restore in which a new intent is looked up before it is sent. No message is kept
 * for more than 14 days, and a shop sends an order again within weeks, if ever. A look-up for each
 * order would be too much for ever, as a gateway allows few of them (Stripe: 20 in a second).
 */
const RESTORE_LOOK_UP_MS = 30 * 86_400_000;

/**
 * Whether the log may have lost an order, or refund, of that id, which the gateway then knows. The
 * clock by which the restore was dated may have been ahead of the intent's.
 */
export const isAfterRestore = (
  { at }: Pick<FrozenRequest, 'at'>,
  { deployment: { restoredAt }, clockSkewMs }: DecisionContext,
): boolean =>
  restoredAt !== undefined &&
  at >= restoredAt - clockSkewMs &&
  at < restoredAt + RESTORE_LOOK_UP_MS;

/**
 * A: the time within which an append takes effect after it was decided on, if at all. The store and
 * the SDK try it for two minutes in all, and an append that they gave up may still be written.
 */
const APPEND_LIFE_MS = 180_000;

/**
 * The time from which nothing that was sent without a claim, or under an earlier one, can take
 * effect any more. Until the fence itself stood, others looked without seeing it; only a process
 * that saw it stand uses a claim.
 */
export const quietFrom = (
  { stopped, requestLifeMs, at }: OpenRequest['request'],
  { sendWithinMs, clockSkewMs }: DecisionContext,
): number => {
  const from = stopped?.claim?.at ?? (stopped?.at ?? at) + APPEND_LIFE_MS;
  return from + sendWithinMs + requestLifeMs + clockSkewMs;
};

/** The last moment at which it may be sent, by its own terms and by this process's settings. */
export const sendableUntil = (
  { sendUntil, at }: FrozenRequest,
  { resendHorizonMs }: DecisionContext,
): number => Math.min(sendUntil, at + resendHorizonMs);

/** Whether a look-up that began then proves by absence that it was never executed (R5). */
export const isAfterClose = ({ closeAt }: FrozenRequest, lookedUpAt: number): boolean =>
  lookedUpAt >= closeAt;

/**
 * Whether a look-up that fails is given up. For as long after the close as the request had to be
 * sent, it is tried again, so that a gateway's bad minute does not make a person look (ADR 0011).
 */
export const isGivenUp = ({ closeAt, sendUntil, at }: FrozenRequest, lookedUpAt: number): boolean =>
  lookedUpAt >= closeAt + (sendUntil - at);

/** The shortest pause between two look-ups; it grows with the time that has passed. */
const LOOK_UP_PAUSE_MS = 5_000;

/**
 * The time of the next look-up after one without evidence: soon where it has just begun to be
 * useful, later and later after that, and at the close.
 */
export const nextLookUpAt = (
  { request: { closeAt }, lookUpFrom }: OpenRequest,
  lookedUpAt: number,
): number => {
  const at = lookedUpAt + Math.max(LOOK_UP_PAUSE_MS, lookedUpAt - lookUpFrom);
  return lookedUpAt < closeAt ? Math.min(closeAt, at) : at;
};
