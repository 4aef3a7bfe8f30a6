import type * as Order from '../domain/order/index.ts';
import { createSample, oneValue } from './delivery/metrics.ts';
import type { DatedEvent } from './log/eventStreams.ts';
import type { Ids } from './ports/ids.ts';
import type { Metric } from './ports/telemetry.ts';

/** An order whose payment is decided within this time of its submission is in time. */
export const SETTLED_WITHIN_MS = 60_000;
/** A customer who is mailed within this time of the notice is notified in time. */
export const NOTIFIED_WITHIN_MS = 300_000;

type LevelMetrics = Readonly<Record<string, Metric>>;

/** Counts what customers wait for, for the metrics of a minute or a batch. */
export type PaymentLevel = {
  /** Events were appended to what was known of an order, whose message was sent at that time. */
  readonly appended: (
    before: Known,
    events: readonly Order.StreamEvent[],
    times: { readonly sentAt: number; readonly now: number },
  ) => void;
  /** The outcome of a request of this order is still unknown. */
  readonly unknown: (order: Known, now: number) => void;
  /** Returns everything since the last call, and begins again. */
  readonly collect: () => LevelMetrics;
};

type Known = {
  readonly state: Pick<Order.State, 'payment' | 'refunds'>;
  readonly history: readonly DatedEvent<Order.StreamEvent>[];
};

export const createPaymentLevel = ({
  ids,
}: {
  readonly ids: Pick<Ids, 'random'>;
}): PaymentLevel => {
  const times = createSample(ids);
  let [settled, late, toReview, unknownMs] = [0, 0, 0, 0];

  return {
    appended: ({ state: { payment }, history }, events, { sentAt, now }) => {
      // What the gateway has under way takes days, and a person takes time as well.
      if (payment.status !== 'requested' || payment.pending !== undefined) return;
      if (events.some(({ type }) => type === 'PaymentReviewRequired')) toReview += 1;
      if (!events.some(({ type }) => DECIDED.has(type))) return;
      // A copy of a message, or one that continues the order, was sent later than it was placed.
      const ms = Math.max(0, now - Math.min(sentAt, history[0]?.at ?? sentAt));
      settled += 1;
      if (ms > SETTLED_WITHIN_MS) late += 1;
      times.add(ms);
    },
    unknown: (order, now) => {
      unknownMs = Math.max(unknownMs, now - oldestUnknown(order, now));
    },
    collect: () => {
      const collected = {
        OrdersSettled: oneValue('Count', settled),
        OrdersSettledLate: oneValue('Count', late),
        OrdersToReview: oneValue('Count', toReview),
        UnknownOutcomeAge: oneValue('Seconds', Math.round(unknownMs / 1000)),
        ...times.collect('SettleTime'),
      };
      [settled, late, toReview, unknownMs] = [0, 0, 0, 0];
      return collected;
    },
  };
};

const DECIDED: ReadonlySet<string> = new Set([
  'PaymentCaptured',
  'PaymentDeclined',
  'PaymentFailed',
] satisfies readonly Order.StreamEvent['type'][]);

/** The time since when the oldest of its requests has had no outcome that the gateway has named. */
const oldestUnknown = ({ state: { payment, refunds }, history }: Known, now: number): number => {
  const isCharge = payment.status === 'requested' && payment.pending === undefined;
  const open = new Set(
    refunds.flatMap((refund) =>
      refund.status === 'pending' && refund.pending === undefined ? [refund.refundId] : [],
    ),
  );
  const ats = history.flatMap(({ event, at }) => {
    if (event.type === 'PaymentRequested') {
      return isCharge && event.data.attempt === payment.attempt ? [at] : [];
    }
    return event.type === 'RefundRequested' && open.has(event.data.refundId) ? [at] : [];
  });
  return Math.min(now, ...ats);
};

export type NotificationLevel = {
  /** A mail was sent, for a notice of that time. */
  readonly sent: (times: { readonly sentAt: number; readonly now: number }) => void;
  /** The customer's address takes no mail. */
  readonly undeliverable: () => void;
  readonly collect: () => LevelMetrics;
};

export const createNotificationLevel = ({
  ids,
}: {
  readonly ids: Pick<Ids, 'random'>;
}): NotificationLevel => {
  const times = createSample(ids);
  let [sent, late, undeliverable] = [0, 0, 0];

  return {
    sent: ({ sentAt, now }) => {
      const ms = Math.max(0, now - sentAt);
      sent += 1;
      if (ms > NOTIFIED_WITHIN_MS) late += 1;
      times.add(ms);
    },
    undeliverable: () => {
      undeliverable += 1;
    },
    collect: () => {
      const collected = {
        MailsSent: oneValue('Count', sent),
        MailsSentLate: oneValue('Count', late),
        MailsUndeliverable: oneValue('Count', undeliverable),
        ...times.collect('MailTime'),
      };
      [sent, late, undeliverable] = [0, 0, 0];
      return collected;
    },
  };
};
