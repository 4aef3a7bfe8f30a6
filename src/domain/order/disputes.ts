import type { EventOf, StreamEvent } from './events.ts';
import type { ListedDispute } from './evidence.ts';
import { isLaterStage } from './gatewayEvents.ts';
import type { Dispute, State } from './state.ts';

/** The maximum number of disputes of one order. It bounds the stream. */
export const DISPUTES_MAX = 20;

/**
 * The money that these disputes have taken for good, in minor units. The money of an open one may
 * come back. That of one that was won counts as held, also before it is back (R20).
 */
export const takenForGood = (
  disputes: readonly Pick<ListedDispute, 'status' | 'withdrawnMinor' | 'reinstatedMinor'>[],
): number =>
  disputes.reduce(
    (sum, { status, withdrawnMinor, reinstatedMinor }) =>
      status === 'open' || status === 'won' ? sum : sum + withdrawnMinor - reinstatedMinor,
    0,
  );

/**
 * The events that the log lacks of the disputes that the gateway lists, in one commit: the table "A
 * dispute of the order's payment" (docs/protocol.md). An event records how much more was moved, so
 * that the events add up whatever was missed.
 */
export const disputeEvents = (
  listed: readonly ListedDispute[],
  { disputes = [] }: State,
  now: number,
): readonly StreamEvent[] =>
  listed.flatMap((found) => {
    const known = disputes.find(({ dispute }) => dispute === found.dispute);
    return eventsOf(found, known, now);
  });

const eventsOf = (
  found: ListedDispute,
  known: Dispute | undefined,
  at: number,
): readonly StreamEvent[] => {
  const { dispute, currency, status } = found;
  const opens = openedBy(found, known, at);
  const { withdrawnMinor = 0, reinstatedMinor = 0, verdict } = known ?? {};
  const taken = Math.max(withdrawnMinor, found.withdrawnMinor);
  // No more can come back than was taken.
  const back = Math.min(found.reinstatedMinor, taken) - reinstatedMinor;
  const funds = (amountMinor: number) => ({ dispute, amountMinor, currency, at });
  const isOpenInLog = opens !== undefined || (known !== undefined && verdict === undefined);
  return [
    ...(opens === undefined ? [] : [opens]),
    ...(taken > withdrawnMinor
      ? [{ type: 'DisputeFundsWithdrawn' as const, data: funds(taken - withdrawnMinor) }]
      : []),
    ...(back > 0 ? [{ type: 'DisputeFundsReinstated' as const, data: funds(back) }] : []),
    ...(status !== 'open' && isOpenInLog
      ? [{ type: 'DisputeClosed' as const, data: { dispute, verdict: status, at } }]
      : []),
  ];
};

/** The event of a dispute that is new, has gone further, or has ended otherwise after an appeal. */
const openedBy = (
  found: ListedDispute,
  known: Dispute | undefined,
  at: number,
): EventOf<'DisputeOpened'> | undefined => {
  const { dispute, reason, amountMinor, currency, dueBy, status } = found;
  const as = (stage: ListedDispute['stage']): EventOf<'DisputeOpened'> => ({
    type: 'DisputeOpened',
    data: { dispute, stage, reason, amountMinor, currency, dueBy, at },
  });
  if (known === undefined) return as(found.stage);
  if (known.verdict === undefined) {
    return isLaterStage(found.stage, known.stage) ? as(found.stage) : undefined;
  }
  if (status === 'open') return as(found.stage);
  return status === known.verdict ? undefined : as('appeal');
};
