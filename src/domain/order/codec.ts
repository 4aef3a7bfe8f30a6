import { createCodec, type Codec, type DataCodecs } from '../codec.ts';
import { list, object, oneOf, row, string, whole } from '../decode.ts';
import * as Invoice from '../invoice/index.ts';
import * as Letter from '../letter/index.ts';
import { LINE_PARTS, lineRow } from '../money/index.ts';
import { REVIEW_REASONS, SOURCES, type Event } from './events.ts';

const MOVED = { reference: string, amountMinor: whole, currency: string } as const;

/** The parts of a frozen request in the order in which a stored row has them; what is added comes behind. */
const FROZEN_PARTS = {
  amountMinor: whole,
  currency: string,
  at: whole,
  series: string,
  seriesFrom: whole,
} as const;

const CUSTOMER_PARTS = { id: string, email: string } as const;

type Frozen = Pick<
  Extract<Event, { readonly type: 'PaymentRequested' }>['data'],
  keyof typeof FROZEN_PARTS
>;

/** Rows, since the first commit of a usual order is to cost one write unit (ADR 0001). */
const frozenRow = ({ amountMinor, currency, at, series, seriesFrom }: Frozen) => [
  amountMinor,
  currency,
  at,
  series,
  seriesFrom,
];

const placed = object({
  orderId: string,
  customer: row(CUSTOMER_PARTS),
  currency: string,
  lines: list(row(LINE_PARTS)),
  paymentMethod: string,
  totalMinor: whole,
  fingerprint: string,
});

const paymentRequested = object({
  attempt: whole,
  paymentKey: string,
  body: string,
  frozen: row(FROZEN_PARTS),
});

const refundRequested = object({
  refundId: string,
  refundKey: string,
  body: string,
  frozen: row(FROZEN_PARTS),
  cause: oneOf('command', 'cancel'),
  fingerprint: string,
  lines: list(row(Invoice.CREDIT_LINE_PARTS)),
});

const REVIEW = { reason: oneOf(...REVIEW_REASONS), seen: list(object(MOVED)), at: whole } as const;

const RESOLUTION = {
  reference: string,
  evidence: string,
  by: string,
  forcedBecause: string,
  at: whole,
} as const;

const orderCodecs: DataCodecs<Event> = {
  OrderPlaced: {
    decode: placed,
    encode: ({ customer: { id, email }, lines, ...data }) => ({
      ...data,
      customer: [id, email],
      lines: lines.map(lineRow),
    }),
  },
  PaymentRequested: {
    decode: (value, path) =>
      paymentRequested(value, path).map(({ frozen, ...data }) => ({ ...data, ...frozen })),
    encode: ({ attempt, paymentKey, body, ...frozen }) => ({
      attempt,
      paymentKey,
      body,
      frozen: frozenRow(frozen),
    }),
  },
  PaymentCaptured: { decode: object({ attempt: whole, ...MOVED, source: oneOf(...SOURCES) }) },
  PaymentDeclined: { decode: object({ attempt: whole, code: string }) },
  PaymentFailed: {
    decode: object({ attempt: whole, proof: oneOf('absent after close', 'person'), at: whole }),
  },
  PaymentReviewRequired: { decode: object({ attempt: whole, ...REVIEW }) },
  PaymentReviewResolved: {
    decode: object({ attempt: whole, verdict: oneOf('captured', 'not captured'), ...RESOLUTION }),
  },
  CancellationRequested: { decode: object({ reason: string, at: whole }) },
  OrderCancelled: { decode: object({}) },
  RefundRequested: {
    decode: (value, path) =>
      refundRequested(value, path).map(({ frozen, ...data }) => ({ ...data, ...frozen })),
    encode: ({ refundId, refundKey, body, cause, fingerprint, lines, ...frozen }) => ({
      refundId,
      refundKey,
      body,
      frozen: frozenRow(frozen),
      cause,
      fingerprint,
      lines: lines.map(Invoice.creditLineRow),
    }),
  },
  RefundSucceeded: { decode: object({ refundId: string, ...MOVED, source: oneOf(...SOURCES) }) },
  RefundFailed: { decode: object({ refundId: string, code: string }) },
  RefundRejected: { decode: object({ refundId: string, fingerprint: string, reason: string }) },
  RefundReviewRequired: { decode: object({ refundId: string, ...REVIEW }) },
  RefundReviewResolved: {
    decode: object({
      refundId: string,
      verdict: oneOf('refunded', 'not refunded'),
      ...RESOLUTION,
    }),
  },
};

/** Everything that stands in the stream of an order: two aggregates, one history, and what people did with its dead letters. */
export type StreamEvent = Event | Invoice.Event | Letter.Event;

/** How each event is stored by this release. */
export const codecs: DataCodecs<StreamEvent> = {
  ...orderCodecs,
  ...Invoice.codecs,
  ...Letter.codecs,
};

export const codec: Codec<StreamEvent> = createCodec<StreamEvent>(codecs);
