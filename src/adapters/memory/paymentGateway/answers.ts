import type {
  NotExecutedOutcome,
  UnknownOutcome,
} from '../../../application/ports/paymentGateway.ts';
import type { Fault } from '../../embedded/stripe/faultSettings.ts';
import { behaviourOf, type Behaviour } from '../../embedded/stripe/paymentMethods.ts';

/** Faults that are over by time alone. Nothing in memory waits: `slow` is not slow here. */
const NEED_TIME: ReadonlySet<string> = new Set([
  'pm_sandbox_captured_late',
  'pm_sandbox_search_lag',
]);

/** The sandbox's own rules: one payment method behaves in one way, wherever it is tried. */
export const memoryBehaviourOf = (paymentMethod: string): Behaviour | undefined =>
  NEED_TIME.has(paymentMethod) ? undefined : behaviourOf(paymentMethod);

export const notExecuted = (reason: string): NotExecutedOutcome => ({
  type: 'NotExecuted',
  reason,
});

/** A refusal for the request's content, with the gateway's code. */
export const refusedFor = (code: string): NotExecutedOutcome => ({
  type: 'NotExecuted',
  reason: `invalid request: ${code}`,
  refused: code,
});

export const unknown = (
  cause: string,
  more: Omit<UnknownOutcome, 'type' | 'cause'> = {},
): UnknownOutcome => ({ type: 'Unknown', cause, ...more });

/** The answer that a broken gateway or connection gives, and any request could have got. */
const broken = (cause: string): UnknownOutcome => unknown(cause, { trouble: 'Unavailable' });

export const CONNECTION_LOST = broken('connection lost');
export const SERVER_ERROR = broken('status code 500');
export const UNREADABLE = broken('unreadable answer');

/** An answer that is stored for the key and proves nothing, however often it is repeated. */
export const STORED_FAILURE = unknown('stored failure', { stored: true });

export const KEY_OF_ANOTHER = unknown('parameter mismatch', { keyOfAnother: true });

export const RATE_LIMITED: NotExecutedOutcome = {
  type: 'NotExecuted',
  reason: 'rate limited',
  retryAfterMs: 1_000,
  trouble: 'Throttled',
};

/** The faults that are answered in place of an execution. */
export const INSTEAD: Readonly<Partial<Record<Fault, NotExecutedOutcome | UnknownOutcome>>> = {
  dropped: CONNECTION_LOST,
  conflict: unknown('request in progress'),
  refused: refusedFor('resource_missing'),
};
