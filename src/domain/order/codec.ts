import { err, ok } from 'neverthrow';
import {
  createCodec,
  type Codec,
  type DataCodecs,
  type StoredData,
  type Upcasts,
} from '../codec.ts';
import { list, object, oneOf, row, string, toRow, whole, type Decoder } from '../decode.ts';
import * as Invoice from '../invoice/index.ts';
import * as DeadLetter from '../deadLetter/index.ts';
import {
  FAILURE_PROOFS,
  PAYMENT_WAYS,
  REVIEW_REASONS,
  SOURCES,
  STOP_REASONS,
  type Event,
  type StreamEvent,
  type Subject,
} from './events.ts';

const MOVED = { reference: string, amountMinor: whole, currency: string } as const;

const FROZEN_PARTS = {
  amountMinor: whole,
  currency: string,
  at: whole,
  series: string,
  seriesFrom: whole,
  sendUntil: whole,
  closeAt: whole,
  requestLifeMs: whole,
  deployment: string,
  account: string,
  seal: string,
} as const;

const CUSTOMER_PARTS = { id: string, email: string } as const;

/** Rows, since a kilobyte is a write unit, and names would take a good part of it (ADR 0001). */
const frozenRow = toRow(FROZEN_PARTS);
const customerRow = toRow(CUSTOMER_PARTS);

const subject: Decoder<Subject> = (value, path) =>
  string(value, path).andThen((text) =>
    /^(payment#[1-9]\d*|refund#.+)$/.test(text)
      ? ok(text as Subject)
      : err({ path, why: 'is no subject' }),
  );

const placed = object({
  orderId: string,
  customer: row(CUSTOMER_PARTS),
  currency: string,
  lines: list(row(Invoice.LINE_PARTS)),
  paymentMethod: string,
  totalMinor: whole,
  fingerprint: string,
});

const paymentRequested = object({
  attempt: whole,
  paymentKey: string,
  way: oneOf(...PAYMENT_WAYS),
  payment: string,
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

const REVIEW = {
  reason: oneOf(...REVIEW_REASONS),
  seen: list(object(MOVED)),
  at: whole,
  letter: string,
} as const;

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
    encode: ({ customer, lines, ...data }) => ({
      ...data,
      customer: customerRow(customer),
      lines: lines.map(Invoice.lineRow),
    }),
  },
  PaymentRequested: {
    v: 3,
    decode: (value, path) =>
      paymentRequested(value, path).map(({ frozen, ...data }) => ({ ...data, ...frozen })),
    encode: ({ attempt, paymentKey, way, payment, body, ...frozen }) => ({
      attempt,
      paymentKey,
      way,
      payment,
      body,
      frozen: frozenRow(frozen),
    }),
  },
  PaymentVerified: {
    decode: object({ attempt: whole, ...MOVED, is: oneOf('authorised', 'captured'), at: whole }),
  },
  PaymentCaptured: { decode: object({ attempt: whole, ...MOVED, source: oneOf(...SOURCES) }) },
  PaymentDeclined: { decode: object({ attempt: whole, code: string }) },
  PaymentFailed: {
    v: 2,
    decode: object({
      attempt: whole,
      proof: oneOf(...FAILURE_PROOFS),
      code: string,
      at: whole,
    }),
  },
  SendingStopped: {
    decode: object({ subject, why: oneOf(...STOP_REASONS), code: string, at: whole }),
  },
  ResendClaimed: { decode: object({ subject, at: whole }) },
  PaymentReviewRequired: { v: 2, decode: object({ attempt: whole, ...REVIEW }) },
  PaymentReviewResolved: {
    decode: object({ attempt: whole, verdict: oneOf('captured', 'not captured'), ...RESOLUTION }),
  },
  CancellationRequested: { decode: object({ reason: string, at: whole }) },
  OrderCancelled: { decode: object({}) },
  RefundRequested: {
    v: 2,
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
  RefundReviewRequired: { v: 2, decode: object({ refundId: string, ...REVIEW }) },
  RefundReviewResolved: {
    decode: object({
      refundId: string,
      verdict: oneOf('refunded', 'not refunded'),
      ...RESOLUTION,
    }),
  },
  RefundAdopted: {
    decode: object({
      refundId: string,
      ...MOVED,
      source: oneOf(...SOURCES),
      lines: list(row(Invoice.CREDIT_LINE_PARTS)),
      at: whole,
    }),
    encode: ({ lines, ...data }) => ({ ...data, lines: lines.map(Invoice.creditLineRow) }),
  },
  GatewayComparisonRequested: {
    decode: object({ by: string, reason: string, at: whole, series: string, seriesFrom: whole }),
  },
  GatewayCompared: { decode: object({ at: whole }) },
  OrderRefused: {
    decode: object({
      customerId: string,
      email: string,
      reasons: list(string),
      fingerprint: string,
      at: whole,
    }),
  },
  RequestedByHand: {
    decode: object({
      command: oneOf('CancelOrder', 'RefundPayment'),
      id: string,
      by: string,
      reason: string,
      at: whole,
    }),
  },
  CustomerEmailCorrected: {
    decode: object({ email: string, by: string, reason: string, at: whole }),
  },
};

/**
 * The oldest release did not freeze how long a request was to be sent. It never sent one later than
 * this by default, and a process that sends it now keeps to the key's window. No settings that it
 * took left a payment open for longer than eleven hours, so that absence counts after that alone.
 */
const UNSAID_SEND_MS = 1_800_000;
const UNSAID_CLOSE_MS = 39_600_000;
/** The longest time-out and the longest run-on that settings could say. */
const UNSAID_LIFE_MS = 3_720_000;

const upcastFrozen =
  (type: 'PaymentRequested' | 'RefundRequested') =>
  (data: unknown): readonly StoredData[] => {
    const { frozen, ...rest } = Object(data);
    const at = Number(frozen[2]);
    const added = [at + UNSAID_SEND_MS, at + UNSAID_CLOSE_MS, UNSAID_LIFE_MS, '', '', ''];
    return [{ type, v: 2, data: { ...rest, frozen: [...frozen, ...added] } }];
  };

/** Before version 3 there was one way to pay. */
const upcastToWay = (data: unknown): readonly StoredData[] => [
  { type: 'PaymentRequested', v: 3, data: { way: 'method', payment: '', ...Object(data) } },
];

const upcastWith =
  (type: string, added: object) =>
  (data: unknown): readonly StoredData[] => [{ type, v: 2, data: { ...added, ...Object(data) } }];

const upcasts: Upcasts = {
  PaymentRequested: { 1: upcastFrozen('PaymentRequested'), 2: upcastToWay },
  RefundRequested: { 1: upcastFrozen('RefundRequested') },
  PaymentFailed: { 1: upcastWith('PaymentFailed', { code: '' }) },
  PaymentReviewRequired: { 1: upcastWith('PaymentReviewRequired', { letter: '' }) },
  RefundReviewRequired: { 1: upcastWith('RefundReviewRequired', { letter: '' }) },
};

export const codecs: DataCodecs<StreamEvent> = {
  ...orderCodecs,
  ...Invoice.codecs,
  ...DeadLetter.codecs,
};

export const codec: Codec<StreamEvent> = createCodec<StreamEvent>(codecs, upcasts);
