import * as Order from '../../../domain/order/index.ts';
import { orderStreamId } from '../../log/eventStreams.ts';
import type { LedgerEntry } from '../../ports/gatewayLedger.ts';
import type { Finding } from '../check.ts';
import type { DecodedOrder } from '../decodedStreams.ts';
import { findingOf } from './knownMoves.ts';

/** Of one payment, in minor units. Absent sums are of a payment that the gateway has not listed. */
type HeldMoney = {
  readonly orderId: string;
  readonly version: number;
  readonly logMinor: number;
  readonly currency: string;
  listedMinor?: number;
};

/**
 * What the gateway holds for each order, by its own list and by the log: captured − refunded −
 * withdrawn + reinstated (I23). It is the sum over what is compared one by one, so that an order
 * of which something else is a finding, or waits, is left out.
 */
export const createHeldMoney = () => {
  const held = new Map<string, HeldMoney>();
  const left = new Set<string>();
  const move = (payment: string | undefined, minor: number): void => {
    const money = held.get(payment ?? '');
    if (money?.listedMinor !== undefined) money.listedMinor += minor;
  };
  return {
    keep: ({ id: orderId, state }: DecodedOrder): void => {
      const { payment, placed, version } = state;
      if (payment.status !== 'captured' || payment.source === 'shop' || placed === undefined) {
        return;
      }
      const { currency } = placed;
      const logMinor = Order.heldOf(state);
      held.set(payment.reference, { orderId, version, logMinor, currency });
    },
    /** Payments are listed before whatever takes of them. */
    add: (entry: LedgerEntry): void => {
      if (entry.kind === 'unreadable') return;
      if (entry.kind === 'dispute') {
        return move(entry.paymentReference, entry.reinstatedMinor - entry.withdrawnMinor);
      }
      if (entry.status !== 'moved') return;
      if (entry.kind === 'refund') return move(entry.paymentReference, -entry.amountMinor);
      const money = held.get(entry.reference);
      if (money !== undefined) money.listedMinor = entry.amountMinor;
    },
    isListed: (payment: string): boolean => held.get(payment)?.listedMinor !== undefined,
    leave: (streamId: string): void => void left.add(streamId),
    *different(): Generator<HeldMoney & { readonly finding: Finding }> {
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
