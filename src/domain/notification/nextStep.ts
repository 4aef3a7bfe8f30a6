import type { State } from './events.ts';

export type Kind =
  | 'received'
  | 'pending'
  | 'authentication'
  | 'receipt'
  | 'declined'
  | 'failed'
  | 'cancelled'
  | 'refused'
  | 'credit'
  | 'refund-failed';

export type NoticeStep =
  | { readonly type: 'Claim' }
  | { readonly type: 'Send' }
  /** Another process holds the claim and may still be sending. */
  | { readonly type: 'Wait'; readonly ms: number }
  /** Nothing is left to do here: the notice was sent, or another process has to send it. */
  | { readonly type: 'Done'; readonly sent: boolean };

/**
 * The next step of a process that has a notice to send. "Received" is a courtesy: it is sent at
 * most once, and not again where its one sender does not know what became of it. A notice about
 * money is sent at least once: a claim is a lease, and when it is over the next process claims
 * again. Ask again right before sending, so that a process that stalled past its own lease does not
 * send beside its successor. A released claim counts as none, since nothing was sent under it.
 */
export const nextStep = (
  state: State,
  facts: {
    readonly kind: Kind;
    readonly myClaimId: string;
    readonly now: number;
    readonly leaseMs: number;
  },
): NoticeStep => {
  switch (state.status) {
    case 'none':
      return { type: 'Claim' };
    case 'sent':
      return { type: 'Done', sent: true };
    case 'withheld':
      return { type: 'Done', sent: false };
    case 'claimed': {
      const mine = state.claimId === facts.myClaimId;
      if (facts.kind === 'received') return mine ? { type: 'Send' } : { type: 'Done', sent: false };
      const leftMs = state.at + facts.leaseMs - facts.now;
      if (leftMs <= 0) return { type: 'Claim' };
      return mine ? { type: 'Send' } : { type: 'Wait', ms: leftMs };
    }
  }
};
