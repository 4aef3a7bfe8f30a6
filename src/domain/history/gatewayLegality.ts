import type { GatewayEventData, PaymentWay } from '../order/index.ts';
import {
  violationOf,
  type DataOf,
  type DisputeEntry,
  type EventRule,
  type EventRules,
  type OrderLedger,
  type RefundEntry,
} from './ledger.ts';

/**
 * The rules for what the gateway says later: what is under way, disputes, and refunds that come
 * back.
 */
export const GATEWAY_RULES: EventRules<keyof GatewayEventData> = {
  PaymentPending: (ledger, data) => {
    const { asked, payment, isPending } = ledger;
    ledger.isPending = true;
    return violationOf(
      [payment === 'open' && data.attempt === asked?.attempt, 'is of no open payment'],
      [isPending !== true, 'twice'],
      [asked !== undefined && AT_GATEWAY.has(asked.way), 'is not at the gateway'],
      [asked?.payment === '' || asked?.payment === data.reference, 'is of another payment (R16)'],
      [isNamed(data), 'has no name or no limit (R19)'],
    );
  },
  RefundPending: (ledger, data) => {
    const refund = ledger.refunds.get(data.refundId);
    const { is, isPending = false, asked } = refund ?? {};
    if (refund !== undefined) refund.isPending = true;
    return violationOf(
      [is === 'open', 'is of no open refund'],
      [!isPending, 'twice'],
      [asked?.body !== '', 'is not at the gateway'],
      [isNamed(data), 'has no name or no limit (R19)'],
    );
  },
  PaymentAuthenticationRequested: (ledger, data) => {
    const { asked, payment, authentication, isCancellationRequested } = ledger;
    ledger.authentication = 'asked';
    return violationOf(
      [payment === 'open' && data.attempt === asked?.attempt, 'is of no open payment'],
      [authentication === undefined, 'twice'],
      [asked?.way === 'saved', 'is of no saved method'],
      [!isCancellationRequested, 'of a cancelled order'],
      [data.body !== '' && data.sendUntil > data.at, 'has no request'],
      [isNamed(data), 'has no name or no limit (R24)'],
    );
  },
  PaymentAuthenticationAwaited: (ledger, data) => {
    const { asked, payment, authentication } = ledger;
    ledger.authentication = 'awaited';
    return violationOf(
      [payment === 'open' && data.attempt === asked?.attempt, 'is of no open payment'],
      [authentication === 'asked', 'was not asked for, or twice (R24)'],
      [data.link !== '', 'has no link'],
    );
  },
  GatewayDifferenceFound: (ledger) => needsCapture(ledger),
  DisputeOpened: (ledger, { dispute, stage }) => {
    const known = ledger.disputes.get(dispute);
    const { withdrawn = 0, reinstated = 0 } = known ?? {};
    ledger.disputes.set(dispute, { stage, is: 'open', withdrawn, reinstated });
    const isNew = known === undefined || known.is !== 'open' || known.stage !== stage;
    return needsCapture(ledger) ?? violationOf([isNew, 'is open already']);
  },
  DisputeFundsWithdrawn: ofDispute((known, { amountMinor }) => {
    known.withdrawn += amountMinor;
    return violationOf([amountMinor > 0, 'is of nothing']);
  }),
  DisputeFundsReinstated: ofDispute((known, { amountMinor }) => {
    known.reinstated += amountMinor;
    return violationOf(
      [amountMinor > 0, 'is of nothing'],
      [known.reinstated <= known.withdrawn, 'is more than was withdrawn'],
    );
  }),
  DisputeClosed: ofDispute((known, { verdict }) => {
    const { is } = known;
    known.is = verdict;
    return violationOf([is === 'open', 'is open no more']);
  }),
  RefundReturned: ofRefund((refund, { reference }) => {
    const wasAway = refund.is === 'done' || refund.madeAgainAs !== undefined;
    const name = refund.madeAgainAs ?? refund.reference;
    Object.assign(refund, { is: 'returned', isDecided: false, madeAgainAs: undefined });
    return violationOf(
      [wasAway, 'is of no refund that was made'],
      [name === reference, 'is of another refund'],
    );
  }),
  RefundReturnResolved: ofRefund((refund, { verdict, reference }) => {
    const { is, isDecided } = refund;
    const isAgain = verdict === 'refunded again';
    Object.assign(refund, { isDecided: true, madeAgainAs: isAgain ? reference : undefined });
    return violationOf(
      [is === 'returned', 'is of no refund that came back'],
      [isDecided !== true, 'was decided before'],
      [!isAgain || reference !== '', 'does not name the refund that was made (R21)'],
    );
  }),
};

/** The ways to pay for which the gateway has the order's money. */
const AT_GATEWAY: ReadonlySet<PaymentWay> = new Set(['method', 'saved', 'authorised', 'paid']);

type PendingData = DataOf<'PaymentPending' | 'RefundPending'>;

const isNamed = ({ reference, at, until }: PendingData): boolean => reference !== '' && until > at;

const needsCapture = ({ payment, asked }: OrderLedger): string | undefined =>
  violationOf(
    [payment === 'captured', 'nothing was captured'],
    [asked !== undefined && AT_GATEWAY.has(asked.way), 'is not at the gateway'],
  );

type DisputeCheck<D> = (known: DisputeEntry, data: D) => string | undefined;

function ofDispute<D extends { readonly dispute: string }>(rule: DisputeCheck<D>): EventRule<D> {
  return (ledger, data) => {
    const known = ledger.disputes.get(data.dispute);
    return known === undefined ? 'was never opened' : rule(known, data);
  };
}

type ReturnCheck<D> = (refund: RefundEntry, data: D) => string | undefined;

function ofRefund<D extends { readonly refundId: string }>(rule: ReturnCheck<D>): EventRule<D> {
  return (ledger, data) => {
    const refund = ledger.refunds.get(data.refundId);
    return refund === undefined ? 'nobody asked for it' : rule(refund, data);
  };
}
