import type { DeliveryDependencies } from './dependencies.ts';
import type { Clock } from '../ports/clock.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import { holdLease, type Lease, type LeaseState, type LossReason } from './lease.ts';
import type { Settlement, SettlementChange, SettlementResult } from './settlement.ts';

export type Hold = Pick<Lease, 'signal' | 'state' | 'heldMs' | 'interrupt'> & {
  /** Makes the last change. Returns `LeaseLost` also where another change was made before. */
  readonly settle: (change: SettlementChange) => Promise<SettlementResult>;
};

export type OpenHold = (message: ReceivedMessage, onLost: (reason: LossReason) => void) => Hold;

/** The hold of a worker: a lease, which is renewed until the message is settled. */
export const createLeaseHold =
  ({
    settlement,
    clock,
    ids,
    settings,
  }: Pick<DeliveryDependencies, 'clock' | 'ids' | 'settings'> & {
    readonly settlement: Pick<Settlement, 'renew' | 'settle'>;
  }): OpenHold =>
  (message, onLost) => {
    const renew = (visibilityMs: number) => settlement.renew(message, visibilityMs);
    const lease = holdLease({ clock, ids, settings, renew, onLost });
    return { ...lease, settle: (change) => settlement.settle(message, lease, change) };
  };

/**
 * The hold of a Lambda function: the visibility that its event source set. It outlasts the batch,
 * so nothing is renewed and nothing is lost. The event source also makes the delete; a release that
 * fails leaves the message hidden until its visibility ends.
 */
export const createVisibilityHold =
  ({
    settlement,
    clock,
  }: {
    readonly settlement: Pick<Settlement, 'renew'>;
    readonly clock: Pick<Clock, 'now'>;
  }): OpenHold =>
  (message) => {
    const receivedAt = clock.now();
    const handlerStops = new AbortController();
    let state: LeaseState = 'held';
    return {
      signal: handlerStops.signal,
      state: () => state,
      heldMs: () => clock.now() - receivedAt,
      interrupt: () => handlerStops.abort(),
      settle: async (change) => {
        // A message that was released shows again by now, whatever its handler says later.
        if (state !== 'held') return { type: 'LeaseLost' };
        state = 'settling';
        const answer =
          change.type === 'Delete'
            ? { type: 'Done' as const }
            : await settlement.renew(message, change.delayMs);
        if (answer.type !== 'Done') return answer;
        state = 'settled';
        return { type: 'Settled' };
      },
    };
  };
