import type { GatewayEventData, StreamEvent } from '../order/index.ts';
import {
  balanceOf,
  hasNumber,
  isDisputed,
  isRefundOpen,
  violationOf,
  type EventRules,
  type LineBalance,
  type OrderLedger,
  type RefundEntry,
} from './ledger.ts';

type RefundEventType = Exclude<
  Extract<StreamEvent['type'], `Refund${string}` | 'CreditNoteIssued'>,
  keyof GatewayEventData
>;

export const REFUND_RULES: EventRules<RefundEventType> = {
  RefundRejected: ofNew((ledger, { refundId }) => void ledger.rejected.add(refundId)),
  RefundRequested: ofNew((ledger, data) => {
    ledger.refunds.set(data.refundId, { asked: data, is: 'open' });
    const isOfOrder = (data.cause === 'cancel') === ledger.isCancellationRequested;
    const isByShop = data.amountMinor === 0 || !isPaidByGateway(ledger);
    return (
      violationOf(
        [isOfOrder, 'is not for this order'],
        [!isDisputed(ledger), 'a dispute is open (R20)'],
        [isHeld(ledger), 'is of money that is not held (R20)'],
        [isByShop === (data.body === ''), 'is refunded by another than holds the money'],
      ) ?? reserve(ledger, data)
    );
  }),
  RefundAdopted: ofNew((ledger, data) => {
    const { refundId, reference } = data;
    if (refundId !== `gateway#${reference}`) return 'is not named after the gateway';
    ledger.refunds.set(refundId, { asked: data, is: 'done', reference });
    ledger.requiredNext = 'CreditNoteIssued';
    return reserve(ledger, data);
  }),
  CreditNoteIssued: ofKnown((ledger, data, { is, asked }) => {
    const { netMinor, taxMinor, totalMinor, roundingMinor, prepaidMinor, payableMinor } = data;
    const isRequired = ledger.requiredNext === 'CreditNoteIssued' && is === 'done';
    ledger.requiredNext = undefined;
    const isSame =
      JSON.stringify(data.lines) === JSON.stringify(asked.lines) &&
      netMinor + taxMinor === totalMinor &&
      roundingMinor === asked.roundingMinor &&
      prepaidMinor === asked.prepaidMinor &&
      totalMinor + roundingMinor - prepaidMinor === payableMinor &&
      payableMinor === asked.amountMinor;
    return violationOf(
      [isRequired, 'is not in the commit of its refund'],
      [isSame && hasNumber(data), 'is not what was refunded'],
    );
  }),
  RefundSucceeded: ofOpen((ledger, data, refund) => {
    const { refundId, reference, source, amountMinor, currency } = data;
    const { asked } = refund;
    Object.assign(refund, { is: 'done', reference });
    ledger.requiredNext = 'CreditNoteIssued';
    return violationOf(
      [source !== 'person' || isDecided(ledger, refundId), 'nobody decided it'],
      [amountMinor === asked.amountMinor && currency === asked.currency, 'is not what was asked'],
      [(source === 'shop') === (asked.body === ''), 'is not the shop’s to say'],
    );
  }),
  RefundFailed: ofOpen((ledger, _data, refund) => {
    refund.is = 'failed';
    ledger.requiredNext = undefined;
    release(ledger, refund);
    return undefined;
  }),
  RefundReviewRequired: ofOpen((_ledger, { reason }, refund) => {
    const { is, isPending = false } = refund;
    refund.is = 'review';
    return violationOf(
      [is === 'open', 'is of no open refund'],
      [reason !== 'pending' || isPending, 'is not under way (R19)'],
    );
  }),
  RefundReviewResolved: ofOpen((ledger, { refundId, verdict }, { is }) => {
    const wasDecided = isDecided(ledger, refundId);
    ledger.resolved.add(`refund#${refundId}`);
    if (verdict === 'not refunded') ledger.requiredNext = 'RefundFailed';
    return violationOf([is === 'review' && !wasDecided, 'is of no review']);
  }),
};

/** Whether the refunds promise nothing that disputes have taken. This refund is entered by now. */
const isHeld = (ledger: OrderLedger): boolean => {
  const { captured, refunded, pending, gone } = balanceOf(ledger);
  return gone === 0 || refunded + pending + gone <= captured;
};

const isPaidByGateway = ({ asked }: OrderLedger): boolean =>
  asked?.way !== 'transferred' && asked?.way !== 'none';

type OfRefund = { readonly refundId: string };
type Check<D extends OfRefund> = (ledger: OrderLedger, data: D) => string | undefined;
type RefundCheck<D extends OfRefund> = (
  ledger: OrderLedger,
  data: D,
  refund: RefundEntry,
) => string | undefined;

const isDecided = ({ resolved }: OrderLedger, refundId: string): boolean =>
  resolved.has(`refund#${refundId}`);

/** A rule for an id that no refund has yet. */
function ofNew<D extends OfRefund>(rule: Check<D>): Check<D> {
  return (ledger, data) => {
    if (ledger.payment !== 'captured') return NOT_CAPTURED;
    const isTaken = ledger.refunds.has(data.refundId) || ledger.rejected.has(data.refundId);
    return isTaken ? 'the id is taken (I15)' : rule(ledger, data);
  };
}

function ofKnown<D extends OfRefund>(rule: RefundCheck<D>): Check<D> {
  return (ledger, data) => {
    if (ledger.payment !== 'captured') return NOT_CAPTURED;
    const refund = ledger.refunds.get(data.refundId);
    return refund === undefined ? 'nobody asked for it' : rule(ledger, data, refund);
  };
}

function ofOpen<D extends OfRefund>(rule: RefundCheck<D>): Check<D> {
  return ofKnown((ledger, data, refund) =>
    isRefundOpen(refund) ? rule(ledger, data, refund) : 'it has ended',
  );
}

const NOT_CAPTURED = 'nothing was captured';

/** Takes the refund out of the rest of the invoice; no part of that may fall below zero. */
const reserve = (ledger: OrderLedger, asked: RefundEntry['asked']): string | undefined => {
  const { lines, amountMinor, currency, roundingMinor, prepaidMinor } = asked;
  if (currency !== ledger.currency) return 'is in another currency';
  let sum = 0;
  for (const { line, netMinor, taxesMinor } of lines) {
    const row = ledger.rows[line - 1];
    if (row === undefined) return `the invoice has no line ${line}`;
    if (row.taxes.length !== taxesMinor.length) return `line ${line} has other taxes`;
    move(row, -netMinor, (at) => -(taxesMinor[at] ?? 0));
    const isOverdrawn = row.net < 0 || row.taxes.some((tax) => tax < 0);
    if (isOverdrawn) return `line ${line} is refunded for more than it has`;
    sum += taxesMinor.reduce((all, tax) => all + tax, netMinor);
  }
  ledger.prepaid -= prepaidMinor;
  return violationOf(
    [ledger.prepaid >= 0, 'more goes back to what was prepaid than it was'],
    [sum + roundingMinor === amountMinor + prepaidMinor, 'its lines are not its amount'],
    [sum > 0, 'is of nothing'],
  );
};

const release = (ledger: OrderLedger, { asked }: RefundEntry): void => {
  for (const { line, netMinor, taxesMinor } of asked.lines) {
    const row = ledger.rows[line - 1];
    if (row !== undefined) move(row, netMinor, (at) => taxesMinor[at] ?? 0);
  }
  ledger.prepaid += asked.prepaidMinor;
};

const move = (row: LineBalance, net: number, taxAt: (at: number) => number): void => {
  row.net += net;
  row.taxes = row.taxes.map((tax, at) => tax + taxAt(at));
};
