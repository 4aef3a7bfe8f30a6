import * as Order from '../../../domain/order/index.ts';
import { orderStreamId } from '../../log/eventStreams.ts';
import type { LedgerEntry } from '../../ports/gatewayLedger.ts';
import type { Finding } from '../check.ts';
import type { DecodedOrder } from '../decodedStreams.ts';
import type { HeldByLog, PartItem } from '../part.ts';
import { findingOf } from './knownMoves.ts';

/** The money of one payment, in minor units. The gateway's sum is absent until it is listed. */
type HeldSum = HeldByLog & { listedMinor?: number };

export type HeldMoney = {
  readonly keep: (order: DecodedOrder) => void;
  /** What was kept, before anything was listed. */
  readonly items: () => Iterable<PartItem>;
  /** Keeps the sum of a payment of another share. */
  readonly join: (payment: string, sum: HeldByLog) => void;
  /** Adds an entry of the list. Payments are listed before their refunds and disputes. */
  readonly add: (entry: LedgerEntry) => void;
  readonly isListed: (payment: string) => boolean;
  /** Leaves out the order of a stream. */
  readonly leave: (streamId: string) => void;
  readonly different: () => Iterable<HeldSum & { readonly finding: Finding }>;
};

/**
 * The money that the gateway holds for each order, by its own list and by the log: captured −
 * refunded − withdrawn + reinstated (I23). It is the sum over what is compared one by one, so that
 * an order with another finding, or with something that waits, is left out.
 */
export const createHeldMoney = (): HeldMoney => {
  const held = new Map<string, HeldSum>();
  const left = new Set<string>();
  const move = (payment: string | undefined, minor: number): void => {
    const money = held.get(payment ?? '');
    if (money?.listedMinor !== undefined) money.listedMinor += minor;
  };
  return {
    keep: ({ id: orderId, state }) => {
      const { payment, placed, version } = state;
      if (payment.status !== 'captured' || payment.source === 'shop' || placed === undefined) {
        return;
      }
      const { currency } = placed;
      const logMinor = Order.heldOf(state);
      held.set(payment.reference, { orderId, version, logMinor, currency });
    },
    items: function* () {
      for (const [payment, sum] of held) yield { of: 'held', payment, held: sum };
    },
    join: (payment, sum) => void held.set(payment, { ...sum }),
    add: (entry) => {
      if (entry.kind === 'unreadable') return;
      if (entry.kind === 'dispute') {
        return move(entry.paymentReference, entry.reinstatedMinor - entry.withdrawnMinor);
      }
      if (entry.status !== 'moved') return;
      if (entry.kind === 'refund') return move(entry.paymentReference, -entry.amountMinor);
      const money = held.get(entry.reference);
      if (money !== undefined) money.listedMinor = entry.amountMinor;
    },
    isListed: (payment) => held.get(payment)?.listedMinor !== undefined,
    leave: (streamId) => void left.add(streamId),
    *different() {
      for (const [reference, money] of held) {
        const { orderId, version, logMinor, listedMinor, currency } = money;
        if (listedMinor === undefined || listedMinor === logMinor) continue;
        if (left.has(orderStreamId(orderId))) continue;
        const why = 'the gateway holds another amount for the order than the log says';
        const remedy = `compare it in the dashboard with \`paidonce order ${orderId}\``;
        const sums = {
          reference,
          gatewayHoldsMinor: listedMinor,
          logHoldsMinor: logMinor,
          currency,
        };
        yield { ...money, finding: findingOf({ orderId, version }, why, { ...sums, remedy }) };
      }
    },
  };
};
