import type { Requested, State } from './state.ts';

/** What a process that holds this order must do next. */
export type Step =
  | { readonly type: 'Charge'; readonly request: Requested }
  /** The key is too old to be sent: the gateway may have forgotten it and would charge again. */
  | { readonly type: 'HorizonPassed'; readonly request: Requested }
  | { readonly type: 'Review'; readonly reason: string }
  | { readonly type: 'Settled'; readonly outcome: 'paid' }
  | { readonly type: 'Settled'; readonly outcome: 'declined'; readonly code: string }
  | { readonly type: 'NotPlaced' };

/**
 * A charge is sent again only while its key is younger than the horizon (ADR 0004). Read the clock right
 * before the request leaves; a later one may be past it.
 */
export const nextStep = (
  { payment }: State,
  { now, resendHorizonMs }: { readonly now: number; readonly resendHorizonMs: number },
): Step => {
  switch (payment.status) {
    case 'none':
      return { type: 'NotPlaced' };
    case 'requested': {
      const type = now - payment.at < resendHorizonMs ? 'Charge' : 'HorizonPassed';
      return { type, request: payment };
    }
    case 'review':
      return { type: 'Review', reason: payment.reason };
    case 'captured':
      return { type: 'Settled', outcome: 'paid' };
    case 'declined':
      return { type: 'Settled', outcome: 'declined', code: payment.code };
  }
};
