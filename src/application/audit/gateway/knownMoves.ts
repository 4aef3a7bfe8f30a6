import * as Order from '../../../domain/order/index.ts';
import type { LedgerDispute, LedgerPayment, LedgerRefund } from '../../ports/gatewayLedger.ts';
import { orderStreamId } from '../../log/eventStreams.ts';
import type { Finding } from '../check.ts';
import type { PartItem } from '../part.ts';
import { movesIn, type Move } from './verdict.ts';
import type { DecodedOrder } from '../decodedStreams.ts';

export type LedgerMovement = LedgerPayment | LedgerRefund;

/** One entry for each payment and refund that moved: a million of them take some 300 MB. */
type KnownMove = Move & { seen: boolean; readonly isDue: boolean };

/** The maximum difference between two clocks that the settings allow. */
const SKEW_MS_MAX = 3_600_000;

/** The movements that the log has, to be found in the gateway's list. */
export type KnownMoves = {
  /** Keeps those of an order. The same money twice is a finding. */
  readonly keep: (order: DecodedOrder) => readonly Finding[];
  /** The log's record for an entry of the list, which is marked as seen. */
  readonly see: (entry: LedgerMovement) => Move | undefined;
  /** Keeps one that was recorded after the scan, so that other entries find its order. */
  readonly learn: (move: Move) => Move;
  readonly orderOf: (paymentReference: string) => string | undefined;
  readonly unseen: () => Iterable<Finding>;
  /** The number that need not be in the list, since they may be older than it. */
  readonly before: () => number;
  readonly items: () => Iterable<PartItem>;
  /** Keeps one of another share, as `keep` does. */
  readonly join: (kind: 'payment' | 'refund', move: Move) => readonly Finding[];
};

/** `since`: when the list begins, in milliseconds since the epoch; without it the list has all. */
export const createKnownMoves = (since: number | undefined): KnownMoves => {
  const known = {
    payment: new Map<string, KnownMove>(),
    refund: new Map<string, KnownMove>(),
  };
  const later = new Map<string, string>();
  let before = 0;

  const keep = (moves: Map<string, KnownMove>, move: Move): readonly Finding[] => {
    const { reference, requestedAt } = move;
    const other = moves.get(reference);
    if (other !== undefined) {
      const evidence = { reference, otherOrder: other.orderId, otherVersion: other.version };
      return [findingOf(move, 'the log has the same money twice', evidence)];
    }
    const isDue = since === undefined || requestedAt >= since + SKEW_MS_MAX;
    if (!isDue) before += 1;
    moves.set(reference, { ...move, isDue, seen: false });
    return [];
  };

  return {
    keep: (order) => {
      const { payments, refunds } = movesIn(order);
      return [
        ...payments.flatMap((move) => keep(known.payment, move)),
        ...refunds.flatMap((move) => keep(known.refund, move)),
      ];
    },
    see: ({ kind, reference }) => {
      const move = known[kind].get(reference);
      if (move !== undefined) move.seen = true;
      return move;
    },
    learn: (move) => {
      later.set(move.reference, move.orderId);
      return move;
    },
    orderOf: (paymentReference) =>
      known.payment.get(paymentReference)?.orderId ?? later.get(paymentReference),
    *unseen() {
      for (const moves of [known.payment, known.refund]) {
        for (const move of moves.values()) {
          if (move.seen || !move.isDue) continue;
          const { reference, amountMinor, currency } = move;
          const why = 'the log says that the money moved, and the gateway lists nothing';
          yield findingOf(move, why, { reference, amountMinor, currency });
        }
      }
    },
    before: () => before,
    items: function* () {
      for (const kind of ['payment', 'refund'] as const) {
        for (const { seen: _seen, isDue: _isDue, ...move } of known[kind].values()) {
          yield { of: 'move', kind, move };
        }
      }
    },
    join: (kind, move) => keep(known[kind], move),
  };
};

/**
 * A movement at the gateway that is not recorded. `finding` is reported unless all of the money has
 * left the gateway for good.
 */
type UnrecordedMove = {
  readonly finding: Finding | undefined;
  restMinor: number;
  /** The last dispute of it that is listed, with its status. */
  dispute?: string;
};

/**
 * The payments and refunds that the gateway lists and the log lacks. A payment waits until its
 * refunds and disputes are known. What belongs to such a payment belongs to no other order.
 */
export type UnrecordedMoves = {
  /** Returns the finding of a refund at once, and keeps that of a payment. */
  readonly add: (entry: LedgerMovement, finding?: Finding) => readonly Finding[];
  readonly dispute: (entry: LedgerDispute) => void;
  readonly has: (paymentReference?: string) => boolean;
  /** The findings of payments of which the gateway still holds money. */
  readonly left: () => Iterable<Finding>;
  /** The number of which it holds none: the money was refunded, or lost in a dispute. */
  readonly gone: () => number;
};

export const createUnrecorded = (): UnrecordedMoves => {
  const payments = new Map<string, UnrecordedMove>();
  let gone = 0;
  return {
    add: (entry, finding) => {
      const { kind, reference, amountMinor: restMinor } = entry;
      if (kind === 'payment') {
        payments.set(reference, { finding, restMinor });
        return [];
      }
      const paid = payments.get(entry.paymentReference ?? '');
      if (paid === undefined) return finding === undefined ? [] : [finding];
      paid.restMinor -= restMinor;
      return [];
    },
    dispute: (entry) => {
      const paid = payments.get(entry.paymentReference ?? '');
      if (paid === undefined) return;
      paid.restMinor -= Order.takenForGood([entry]);
      paid.dispute = `${entry.reference} ${entry.status}`;
    },
    has: (paymentReference = '') => payments.has(paymentReference),
    *left() {
      for (const { finding, restMinor, dispute } of payments.values()) {
        if (finding === undefined) continue;
        const evidence = { ...finding.evidence, restMinor, ...(dispute && { dispute }) };
        if (restMinor > 0) yield { ...finding, evidence };
        else gone += 1;
      }
    },
    gone: () => gone,
  };
};

export const findingOf = (
  { orderId, version }: { readonly orderId: string; readonly version?: number },
  why: string,
  evidence: Finding['evidence'],
): Finding => ({
  invariant: 'gateway',
  streamId: orderStreamId(orderId),
  ...(version === undefined ? {} : { version }),
  why,
  evidence,
});
