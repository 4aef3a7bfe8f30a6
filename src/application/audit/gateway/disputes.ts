import { okAsync } from 'neverthrow';
import * as Order from '../../../domain/order/index.ts';
import type { LedgerDispute } from '../../ports/gatewayLedger.ts';
import type { CheckDependencies, CheckResult, Finding } from '../check.ts';
import { loadOrder, type DecodedOrder } from '../decodedStreams.ts';
import type { PartItem } from '../part.ts';
import { evidenceOf } from './attribution.ts';
import { findingOf } from './knownMoves.ts';

/**
 * The command that fixes a dispute: the reconciler asks the gateway for its events, and has a
 * worker record their subjects.
 */
export const RECONCILE = 'paidonce reconcile';

const OTHER_ACCOUNT =
  'check that the gateway’s key is of the account that took the payment (`paidonce doctor`)';

type KnownDispute = Order.Dispute & {
  readonly orderId: string;
  readonly payment: string;
  seen: boolean;
};

/** The disputes of the log, to be found in the gateway's list. */
export type KnownDisputes = {
  readonly keep: (order: DecodedOrder) => void;
  readonly items: () => Iterable<PartItem>;
  /** Keeps one of another share. */
  readonly join: (item: Extract<PartItem, { readonly of: 'dispute' }>) => void;
  /** The log's record for an entry of the list, which is marked as seen. */
  readonly see: (entry: LedgerDispute) => KnownDispute | undefined;
  /** A dispute is younger than its payment: where that is listed, the dispute has to be, too. */
  readonly unseen: (isListed: (payment: string) => boolean) => Iterable<Finding>;
};

export const createKnownDisputes = (): KnownDisputes => {
  const known = new Map<string, KnownDispute>();
  return {
    keep: ({ id: orderId, state: { disputes = [], payment } }) => {
      if (payment.status !== 'captured') return;
      for (const dispute of disputes) {
        const { reference } = payment;
        known.set(dispute.dispute, { ...dispute, orderId, payment: reference, seen: false });
      }
    },
    items: function* () {
      for (const { orderId, payment, seen: _seen, ...dispute } of known.values()) {
        yield { of: 'dispute', orderId, payment, dispute };
      }
    },
    join: ({ orderId, payment, dispute }) =>
      void known.set(dispute.dispute, { ...dispute, orderId, payment, seen: false }),
    see: ({ reference }) => {
      const dispute = known.get(reference);
      if (dispute !== undefined) dispute.seen = true;
      return dispute;
    },
    *unseen(isListed) {
      for (const { seen, payment, orderId, ...dispute } of known.values()) {
        if (seen || !isListed(payment)) continue;
        const { dispute: reference, amountMinor, currency } = dispute;
        const why = 'the log has a dispute that the gateway does not list';
        const money = { reference, amountMinor, currency, payment };
        const logSays = saysOf(dispute);
        yield findingOf({ orderId }, why, { ...money, logSays, remedy: OTHER_ACCOUNT });
      }
    },
  };
};

/** A dispute in the log, in short. */
const saysOf = ({ stage, verdict, withdrawnMinor, reinstatedMinor }: Order.Dispute) =>
  `${stage} ${verdict ?? 'open'}, withdrawn ${withdrawnMinor}, reinstated ${reinstatedMinor}`;

const differenceOf = (listed: LedgerDispute, dispute: Order.Dispute): string | undefined => {
  if (listed.withdrawnMinor !== dispute.withdrawnMinor) {
    return 'the gateway withdrew another amount for the dispute than the log says';
  }
  if (listed.reinstatedMinor !== dispute.reinstatedMinor) {
    return 'the gateway reinstated another amount for the dispute than the log says';
  }
  if (listed.status !== (dispute.verdict ?? 'open')) {
    return 'the dispute has ended otherwise than the log says';
  }
  // The last word of a dispute does not say how far it had gone when it ended.
  return listed.status === 'open' && Order.isLaterStage(listed.stage, dispute.stage)
    ? 'the dispute has gone further than the log says'
    : undefined;
};

type DisputeJudgeDependencies = CheckDependencies & {
  readonly disputes: KnownDisputes;
  /** The order that the log has for a payment. */
  readonly orderOf: (payment: string) => string | undefined;
  readonly otherDispute: (entry: LedgerDispute) => readonly Finding[];
};

type DisputeJudgeOptions = {
  /** For this long after its beginning, a dispute that is missing in the log is no finding. */
  readonly openMs: number;
  readonly onYoung: (orderId: string) => void;
};

/**
 * Judges a dispute of the list. One that differs from the scan is compared once more with the order
 * as it is now.
 */
export const createDisputeJudge =
  (
    { store, clock, disputes, orderOf, otherDispute }: DisputeJudgeDependencies,
    { openMs, onYoung }: DisputeJudgeOptions,
  ) =>
  (entry: LedgerDispute): CheckResult => {
    const seen = disputes.see(entry);
    if (seen !== undefined && differenceOf(entry, seen) === undefined) return okAsync([]);
    const orderId = seen?.orderId ?? orderOf(entry.paymentReference ?? '');
    if (orderId === undefined) return okAsync(otherDispute(entry));
    return loadOrder(store, orderId).map((order) => {
      const dispute = order?.state.disputes?.find((one) => one.dispute === entry.reference);
      if (dispute === undefined && clock.now() - entry.at < openMs) {
        onYoung(orderId);
        return [];
      }
      const why =
        dispute === undefined
          ? 'a dispute that the log does not have'
          : differenceOf(entry, dispute);
      if (why === undefined) return [];
      const logSays = dispute === undefined ? 'none' : saysOf(dispute);
      const evidence = { ...evidenceOf(entry), logSays, remedy: RECONCILE };
      return [findingOf({ orderId }, why, evidence)];
    });
  };
