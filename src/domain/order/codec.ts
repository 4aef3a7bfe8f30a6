import { createCodec, type Codec, type DataCodecs } from '../codec.ts';
import { list, object, oneOf, row, string, whole } from '../decode.ts';
import * as Invoice from '../invoice/index.ts';
import { LINE_PARTS, lineRow } from '../money/index.ts';
import { REVIEW_REASONS, SOURCES, type Event } from './events.ts';

const MOVED = { reference: string, amountMinor: whole, currency: string } as const;

const FROZEN = {
  body: string,
  amountMinor: whole,
  currency: string,
  at: whole,
  series: string,
  seriesFrom: whole,
} as const;

const REVIEW = { reason: oneOf(...REVIEW_REASONS), seen: list(object(MOVED)), at: whole } as const;

const RESOLUTION = {
  reference: string,
  evidence: string,
  by: string,
  forcedBecause: string,
  at: whole,
} as const;

const codecs: DataCodecs<Event> = {
  OrderPlaced: {
    decode: object({
      orderId: string,
      customer: object({ id: string, email: string }),
      currency: string,
      lines: list(row(LINE_PARTS)),
      paymentMethod: string,
      totalMinor: whole,
      fingerprint: string,
    }),
    encode: ({ lines, ...data }) => ({ ...data, lines: lines.map(lineRow) }),
  },
  PaymentRequested: { decode: object({ attempt: whole, paymentKey: string, ...FROZEN }) },
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
    decode: object({
      refundId: string,
      refundKey: string,
      ...FROZEN,
      cause: oneOf('command', 'cancel'),
      fingerprint: string,
      lines: list(row(Invoice.CREDIT_LINE_PARTS)),
    }),
    encode: ({ lines, ...data }) => ({ ...data, lines: lines.map(Invoice.creditLineRow) }),
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

/** Everything that stands in the stream of an order: two aggregates, one history. */
export type StreamEvent = Event | Invoice.Event;

export const codec: Codec<StreamEvent> = createCodec<StreamEvent>({
  ...codecs,
  ...Invoice.codecs,
});
