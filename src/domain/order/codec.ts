import { err, ok } from 'neverthrow';
import { createCodec, type Codec, type DataCodecs } from '../codec.ts';
import {
  integer,
  list,
  object,
  oneOf,
  row,
  string,
  toRow,
  whole,
  type Decoder,
} from '../decode.ts';
import * as Invoice from '../invoice/index.ts';
import * as DeadLetter from '../deadLetter/events.ts';
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
import { RESOLUTION, gatewayCodecs } from './gatewayCodec.ts';
import { placedCodec } from './placedCodec.ts';
import { upcasts } from './upcasts.ts';

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

/**
 * Requests are stored as rows, since a kilobyte is a write unit, and names would take a good part
 * of it (ADR 0001).
 */
const frozenRow = toRow(FROZEN_PARTS);

const subject: Decoder<Subject> = (value, path) =>
  string(value, path).andThen((text) =>
    /^(payment#[1-9]\d*|refund#.+)$/.test(text)
      ? ok(text as Subject)
      : err({ path, why: 'is no subject' }),
  );

/** A refund's part of the rounding may be below zero. */
const CREDIT = {
  lines: list(Invoice.creditLine),
  roundingMinor: integer,
  prepaidMinor: whole,
} as const;

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
  ...CREDIT,
});

const refundAdopted = object({
  refundId: string,
  ...MOVED,
  source: oneOf(...SOURCES),
  ...CREDIT,
  at: whole,
});

const REVIEW = {
  reason: oneOf(...REVIEW_REASONS),
  seen: list(object(MOVED)),
  at: whole,
  letter: string,
} as const;

const orderCodecs: DataCodecs<Event> = {
  OrderPlaced: placedCodec,
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
    v: 3,
    decode: (value, path) =>
      refundRequested(value, path).map(({ frozen, ...data }) => ({ ...data, ...frozen })),
    encode: ({
      refundId,
      refundKey,
      body,
      cause,
      fingerprint,
      lines,
      roundingMinor,
      prepaidMinor,
      ...frozen
    }) => ({
      refundId,
      refundKey,
      body,
      frozen: frozenRow(frozen),
      cause,
      fingerprint,
      lines: lines.map(Invoice.creditLineRow),
      roundingMinor,
      prepaidMinor,
    }),
  },
  RefundSucceeded: { decode: object({ refundId: string, ...MOVED, source: oneOf(...SOURCES) }) },
  RefundFailed: { v: 2, decode: object({ refundId: string, code: string, reference: string }) },
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
    v: 2,
    decode: refundAdopted,
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
  ...gatewayCodecs,
};

export const codecs: DataCodecs<StreamEvent> = {
  ...orderCodecs,
  ...Invoice.codecs,
  ...DeadLetter.codecs,
};

export const codec: Codec<StreamEvent> = createCodec<StreamEvent>(codecs, upcasts);
