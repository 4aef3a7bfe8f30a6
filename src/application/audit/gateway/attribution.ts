import type { Finding } from '../check.ts';
import { eventsOf, type DecodedOrder } from '../decodedStreams.ts';
import type { LedgerDispute } from '../../ports/gatewayLedger.ts';
import type { KnownMoves, LedgerMovement, UnrecordedMoves } from './knownMoves.ts';

/**
 * The policy for what others may have moved on a shared account. `apart`: entries that are not of
 * this deployment are counted and not judged. The other two are for entries of releases before 0.2,
 * which name no deployment; they judge whatever names an order: `ignore` skips an entry that names
 * none, `report` makes it a finding.
 */
export type ForeignPolicy = 'apart' | 'ignore' | 'report';

/** Decides to whom an entry belongs that the scan of the log did not show. */
export type EntryAttribution = {
  /**
   * Finds the order by the entry's own metadata, or by the log's record of the payment that was
   * refunded.
   */
  readonly orderIdOf: (entry: LedgerMovement) => string | undefined;
  /** Judges an entry that names no order. */
  readonly stranger: (entry: LedgerMovement) => readonly Finding[];
  /** Counts an entry that another deployment made. */
  readonly other: (entry: LedgerMovement) => readonly Finding[];
  /** Judges a dispute of a payment that the log does not have, and that names nobody. */
  readonly otherDispute: (entry: LedgerDispute) => readonly Finding[];
  /** Whether another deployment moved it. If the entry names none, only its order shows it. */
  readonly isOthers: (entry: LedgerMovement, order: DecodedOrder | undefined) => boolean;
};

type AttributionParts = {
  readonly known: KnownMoves;
  readonly unrecorded: UnrecordedMoves;
  readonly totals: { foreign: number };
  readonly foreign: ForeignPolicy;
  readonly deployment: () => string;
};

export const createAttribution = ({
  known,
  unrecorded,
  totals,
  foreign,
  deployment,
}: AttributionParts): EntryAttribution => {
  const orderIdOf = (entry: LedgerMovement): string | undefined => {
    const under = entry.kind === 'payment' ? entry.attempt : entry.refundId;
    if (under !== undefined && entry.orderId !== undefined) return entry.orderId;
    return entry.kind === 'refund' ? known.orderOf(entry.paymentReference ?? '') : undefined;
  };

  const stranger = (entry: LedgerMovement): readonly Finding[] => {
    const isAwaited = entry.kind === 'refund' && unrecorded.has(entry.paymentReference);
    if (foreign === 'ignore' && !isAwaited) {
      totals.foreign += 1;
      return [];
    }
    const why = `a ${entry.kind} that is of no order`;
    const finding = { streamId: entry.reference, why, evidence: evidenceOf(entry) };
    return unrecorded.add(entry, { invariant: 'gateway', ...finding });
  };

  const other = (entry: LedgerMovement): readonly Finding[] => {
    // Subtracts a refund, whoever made it, from a payment of ours that is not recorded.
    if (entry.kind === 'refund' && unrecorded.has(entry.paymentReference)) {
      return unrecorded.add(entry);
    }
    totals.foreign += 1;
    return [];
  };

  const isOthers = (entry: LedgerMovement, order: DecodedOrder | undefined): boolean => {
    if (foreign !== 'apart') return false;
    if (entry.kind === 'refund' && known.orderOf(entry.paymentReference ?? '') !== undefined) {
      return false;
    }
    if (entry.deployment !== undefined) return entry.deployment !== deployment();
    return order !== undefined && !hasOlderRequests(order);
  };

  const otherDispute = (entry: LedgerDispute): readonly Finding[] => {
    // The payment is ours and not recorded: the payment itself is the finding.
    if (unrecorded.has(entry.paymentReference)) {
      unrecorded.dispute(entry);
      return [];
    }
    if (foreign === 'report') {
      const why = 'a dispute of a payment that is of no order';
      const streamId = entry.reference;
      return [{ invariant: 'gateway', streamId, why, evidence: evidenceOf(entry) }];
    }
    totals.foreign += 1;
    return [];
  };

  return { orderIdOf, stranger, other, otherDispute, isOthers };
};

/** Releases before 0.2 named no deployment, so that their entries never carry one. */
const hasOlderRequests = (order: DecodedOrder): boolean =>
  eventsOf(order).some(
    ({ type, data }) =>
      (type === 'PaymentRequested' || type === 'RefundRequested') && data.deployment === '',
  );

/** The fields about money; none of them is personal. */
export const evidenceOf = (entry: LedgerMovement | LedgerDispute): Finding['evidence'] => {
  const { kind: _kind, at, ...parts } = entry;
  return { ...parts, made: new Date(at).toISOString() };
};
