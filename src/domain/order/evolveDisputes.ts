import type { EventOf } from './events.ts';
import type { Dispute, State } from './state.ts';

type DisputeEvent = EventOf<
  'DisputeOpened' | 'DisputeFundsWithdrawn' | 'DisputeFundsReinstated' | 'DisputeClosed'
>;

/** What is said of a dispute that was never opened changes nothing. */
export const changeDisputes = (
  { disputes = [] }: State,
  event: DisputeEvent,
): readonly Dispute[] => {
  const { dispute } = event.data;
  const known = disputes.find((one) => one.dispute === dispute);
  if (known === undefined) {
    return event.type === 'DisputeOpened' ? [...disputes, opened(event.data)] : disputes;
  }
  return disputes.map((one) => (one === known ? changeDispute(one, event) : one));
};

const opened = (
  { at: openedAt, ...data }: EventOf<'DisputeOpened'>['data'],
  { withdrawnMinor, reinstatedMinor }: Pick<Dispute, 'withdrawnMinor' | 'reinstatedMinor'> = NONE,
): Dispute => ({ ...data, openedAt, withdrawnMinor, reinstatedMinor });

const NONE = { withdrawnMinor: 0, reinstatedMinor: 0 } as const;

const changeDispute = (dispute: Dispute, event: DisputeEvent): Dispute => {
  switch (event.type) {
    // The same dispute has gone further; its money is what was moved in all stages.
    case 'DisputeOpened':
      return opened(event.data, dispute);
    case 'DisputeFundsWithdrawn': {
      const withdrawnMinor = dispute.withdrawnMinor + event.data.amountMinor;
      return { ...dispute, withdrawnMinor };
    }
    case 'DisputeFundsReinstated': {
      const reinstatedMinor = dispute.reinstatedMinor + event.data.amountMinor;
      return { ...dispute, reinstatedMinor };
    }
    case 'DisputeClosed':
      return { ...dispute, verdict: event.data.verdict };
  }
};
