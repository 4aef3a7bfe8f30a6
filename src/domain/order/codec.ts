import { createCodec, type Codec, type DataCodecs } from '../codec.ts';
import { list, object, oneOf, row, string, whole } from '../decode.ts';
import * as Invoice from '../invoice/index.ts';
import { LINE_PARTS, lineRow } from '../money/index.ts';
import type { Event } from './events.ts';

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
  PaymentRequested: {
    decode: object({
      attempt: whole,
      paymentKey: string,
      body: string,
      amountMinor: whole,
      currency: string,
      at: whole,
    }),
  },
  PaymentCaptured: {
    decode: object({ attempt: whole, reference: string, amountMinor: whole, currency: string }),
  },
  PaymentDeclined: { decode: object({ attempt: whole, code: string }) },
  PaymentReviewRequired: {
    decode: object({
      attempt: whole,
      reason: oneOf('amount'),
      reference: string,
      amountMinor: whole,
      currency: string,
    }),
  },
};

/** Everything that stands in the stream of an order: two aggregates, one history. */
export type StreamEvent = Event | Invoice.Event;

export const codec: Codec<StreamEvent> = createCodec<StreamEvent>({
  ...codecs,
  ...Invoice.codecs,
});
