import { createCodec, type Codec, type Decoders } from '../codec.ts';
import { list, object, oneOf, string, whole } from '../decode.ts';
import * as Invoice from '../invoice/index.ts';
import type { Event } from './events.ts';

const decoders: Decoders<Event> = {
  OrderPlaced: object({
    orderId: string,
    customer: object({ id: string, email: string }),
    currency: string,
    lines: list(
      object({
        sku: string,
        description: string,
        quantity: whole,
        unitPriceMinor: whole,
        taxRateBps: whole,
      }),
    ),
    paymentMethod: string,
    totalMinor: whole,
    fingerprint: string,
  }),
  PaymentRequested: object({
    attempt: whole,
    paymentKey: string,
    body: string,
    amountMinor: whole,
    currency: string,
    at: whole,
  }),
  PaymentCaptured: object({
    attempt: whole,
    reference: string,
    amountMinor: whole,
    currency: string,
  }),
  PaymentDeclined: object({ attempt: whole, code: string }),
  PaymentReviewRequired: object({
    attempt: whole,
    reason: oneOf('amount'),
    reference: string,
    amountMinor: whole,
    currency: string,
  }),
};

/** Everything that stands in the stream of an order: two aggregates, one history. */
export type StreamEvent = Event | Invoice.Event;

export const codec: Codec<StreamEvent> = createCodec<StreamEvent>({
  ...decoders,
  ...Invoice.decoders,
});
