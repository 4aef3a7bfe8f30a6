import * as z from 'zod';
import {
  DISPUTE_STAGES,
  DISPUTE_VERDICTS,
  FAILURE_PROOFS,
  PAYMENT_WAYS,
  REVIEW_REASONS,
} from '../../domain/order/index.ts';
import type { OutgoingEvent } from '../ports/orderEvents.ts';

/**
 * Order events for other systems: CloudEvents 1.0 in structured JSON, a language of its own beside
 * the stored events. Members are added and never removed, renamed or given another type; a greater
 * change is another version under another `type`. Nothing in it is personal but ids.
 */
const minor = (what: string) => z.int().describe(`${what}, in minor units: EUR 19.99 is 1999`);
const code = (what: string) => z.string().describe(what);
/** A reader that validates must not refuse a word that is new. */
const word = (what: string, words: readonly string[]) =>
  z.string().describe(`${what}: ${words.join(', ')}; others may be added`);

const OF_ORDER = {
  orderId: z.string().describe('As the client chose it; the subject too'),
  version: z
    .int()
    .min(1)
    .describe('Of the event in the history of its order: it orders the events of one order'),
  customerId: z.string().describe("The shop's id of the customer, a pseudonym"),
  currency: z.string().describe('ISO 4217 code'),
};
const REFUND_ID = z
  .string()
  .describe(
    'As the client chose it, `cancel#n` of a cancellation, or `gateway#` and the name of a ' +
      'refund that was made at the gateway',
  );
const TOTALS = {
  netMinor: minor('Before tax'),
  taxMinor: minor('The tax'),
  totalMinor: minor('Both'),
};
const NUMBER = z.string().describe('As it is printed');
const DATE = z.string().describe('Its local date, such as 2026-11-29');

const REVIEW = {
  ...OF_ORDER,
  about: word('What is in doubt', ['payment', 'refund']),
  refundId: REFUND_ID.optional(),
  amountMinor: minor('What was asked of the gateway'),
};

const DISPUTE = { disputeId: z.string().describe("The gateway's id of the dispute") };

/** The kinds of events, each with its data. */
export const ORDER_EVENTS = {
  'order.placed.v1': z
    .object({
      ...OF_ORDER,
      ...TOTALS,
      roundingMinor: z.int().describe('What the total is changed by to be payable; may be below 0'),
      prepaidMinor: minor('Paid before by gift card, voucher or deposit'),
      payableMinor: minor('What is charged: total + rounding - prepaid'),
      wayToPay: word('How it is to be paid, as in PlaceOrder', PAYMENT_WAYS),
    })
    .describe('An order was accepted. It is not paid yet.'),
  'order.paid.v1': z
    .object({
      ...OF_ORDER,
      amountMinor: minor('What was captured'),
      ...TOTALS,
      invoiceNumber: NUMBER,
      issuedOn: DATE,
    })
    .describe('The money is captured, and the invoice is issued.'),
  'order.declined.v1': z
    .object({
      ...OF_ORDER,
      amountMinor: minor('What was asked for'),
      reasonCode: code("The gateway's code"),
    })
    .describe('The gateway refused the charge for good.'),
  'order.failed.v1': z
    .object({
      ...OF_ORDER,
      amountMinor: minor('What was asked for'),
      reasonCode: word('What proves that nothing was charged', FAILURE_PROOFS),
      gatewayCode: code("The gateway's code, where it gave one").optional(),
    })
    .describe('It is proven that this try to charge never charged, and never will.'),
  'order.cancelled.v1': z
    .object(OF_ORDER)
    .describe("The order has ended, and none of the customer's money is held."),
  'order.refunded.v1': z
    .object({
      ...OF_ORDER,
      refundId: REFUND_ID,
      amountMinor: minor('What was refunded'),
      ...TOTALS,
      creditNoteNumber: NUMBER,
      issuedOn: DATE,
      cause: word('Who asked for it', ['command', 'cancel', 'gateway']),
    })
    .describe('Money was refunded, and the credit note is issued.'),
  'order.refund-failed.v1': z
    .object({
      ...OF_ORDER,
      refundId: REFUND_ID,
      amountMinor: minor('What was to be refunded'),
      reasonCode: code("The gateway's code, or why it was never made"),
      cause: word('Who asked for it', ['command', 'cancel']),
    })
    .describe('A refund was not made. One of a cancellation is asked for again by itself.'),
  'order.review-required.v1': z
    .object({ ...REVIEW, reasonCode: word('Why', REVIEW_REASONS) })
    .describe('No program can decide whether money moved: a person must look.'),
  'order.review-decided.v1': z
    .object({ ...REVIEW, hasMoved: z.boolean().describe('Whether the money moved') })
    .describe('A person has decided whether money moved.'),
  'order.dispute-opened.v1': z
    .object({
      ...OF_ORDER,
      ...DISPUTE,
      stage: word('How far it has gone', DISPUTE_STAGES),
      amountMinor: minor('What is disputed'),
      reasonCode: code("The gateway's code"),
      evidenceDueBy: z.string().optional().describe('In UTC: 2026-11-29T12:00:00.000Z'),
    })
    .describe('The customer disputes the payment with the bank, or the dispute goes further.'),
  'order.dispute-closed.v1': z
    .object({
      ...OF_ORDER,
      ...DISPUTE,
      verdict: word('How it has ended', DISPUTE_VERDICTS),
    })
    .describe('The dispute has ended. Of one that was lost, the money is gone.'),
} as const;

export type OrderEventKind = keyof typeof ORDER_EVENTS;
export const ORDER_EVENT_KINDS = Object.keys(ORDER_EVENTS) as readonly OrderEventKind[];

/** An event for other systems, and when it was recorded, in milliseconds since the epoch. */
export type OrderEvent = {
  readonly [K in OrderEventKind]: {
    readonly kind: K;
    readonly data: z.infer<(typeof ORDER_EVENTS)[K]>;
    readonly at: number;
  };
}[OrderEventKind];

export const typeOf = (kind: OrderEventKind): `paidonce.${OrderEventKind}` => `paidonce.${kind}`;

/** The name of the schema of a whole event; its `#/properties/data` is the schema of the data. */
export const schemaIdOf = (kind: OrderEventKind): string => `urn:paidonce:schema:${typeOf(kind)}`;

/** The schema of the whole event, as it is sent. */
export const cloudEventSchema = (kind: OrderEventKind) =>
  z
    .object({
      specversion: z.literal('1.0'),
      id: z.string().describe('The same at every publication: drop what you have had'),
      source: z.string().describe('The deployment: `urn:paidonce:` and its id'),
      type: z.literal(typeOf(kind)),
      subject: z.string().describe('The id of the order'),
      time: z.string().describe('When it was recorded, in UTC: 2026-11-29T12:00:00.000Z'),
      datacontenttype: z.literal('application/json'),
      dataschema: z.literal(`${schemaIdOf(kind)}#/properties/data`),
      replayed: z.literal(true).optional().describe('By `paidonce events replay`'),
      data: ORDER_EVENTS[kind],
    })
    .describe(`Topic: order events. ${ORDER_EVENTS[kind].description ?? ''}`);

/**
 * The id of an event: its order, its version there, and its kind. It follows from the log alone,
 * whoever publishes it.
 */
export const idOf = ({ kind, data: { orderId, version } }: OrderEvent): string =>
  `${orderId}:${version}:${kind}`;

export type Publication = {
  readonly deploymentId: string;
  /** It is published once more from the log, for a subscriber that has lost it or never had it. */
  readonly replayed?: true;
};

/** Its attributes are for filter policies of subscriptions. */
export const encodeOrderEvent = (
  event: OrderEvent,
  { deploymentId, replayed }: Publication,
): OutgoingEvent => {
  const { kind, data, at } = event;
  const { orderId, currency } = data;
  const id = idOf(event);
  const cloudEvent: z.infer<ReturnType<typeof cloudEventSchema>> = {
    specversion: '1.0',
    id,
    source: `urn:paidonce:${deploymentId}`,
    type: typeOf(kind),
    subject: orderId,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    dataschema: `${schemaIdOf(kind)}#/properties/data`,
    ...(replayed && { replayed }),
    data,
  };
  return {
    id,
    groupId: orderId,
    body: JSON.stringify(cloudEvent),
    attributes: { type: typeOf(kind), currency, ...(replayed && { replayed: 'true' }) },
  };
};
