import * as z from 'zod';
import { STEERING } from '../../domain/plainText.ts';
import * as Order from '../../domain/order/index.ts';
import { PlaceOrderV2 } from './placeOrderV2.ts';

/**
 * The messages on the queues, as JSON. Additional fields are refused: a version defines exactly its
 * fields. The domain has the rules about an order's values (currencies, limits, card numbers); this
 * file has the shapes.
 */
const orderId = z
  .string()
  .describe('Chosen by the client, kept over retries: 1 to 64 of A-Z a-z 0-9 _ -');
const customer = z.strictObject({
  id: z.string().describe('1 to 64 printable ASCII characters; also the fair-queue group'),
  email: z.string().describe('Where the customer is notified'),
});

export const PlaceOrderV1 = z
  .strictObject({
    type: z.literal('PlaceOrder'),
    v: z.literal(1),
    orderId,
    customer,
    currency: z.string().describe('ISO 4217 code'),
    lines: z
      .array(
        z.strictObject({
          sku: z.string(),
          description: z.string(),
          quantity: z.number().describe('1 to 1,000,000'),
          unitPriceMinor: z.number().describe('Before tax, in minor units: EUR 19.99 is 1999'),
          taxRateBps: z.number().describe('Basis points: 19 % is 1900'),
        }),
      )
      .describe('1 to 100 lines'),
    paymentMethod: z.string().describe("The gateway's token, such as pm_card_visa; no card number"),
  })
  .describe('Queue: payments. Charge this order once and invoice it once.');

export const OrderReceivedV1 = z
  .strictObject({ type: z.literal('OrderReceived'), v: z.literal(1), orderId, customer })
  .describe('Queue: notifications. Notify the customer, at most once, that the order has come in.');

export const OrderReceivedV2 = z
  .strictObject({
    type: z.literal('OrderReceived'),
    v: z.literal(2),
    orderId,
    customer: customer.extend({ language: z.string().describe('As BCP 47 writes it: de, fr-CA') }),
  })
  .describe('Queue: notifications. The same, in the language of the customer.');

export const CancelOrderV1 = z
  .strictObject({
    type: z.literal('CancelOrder'),
    v: z.literal(1),
    orderId,
    reason: z
      .string()
      // Half a surrogate pair would be read back from the log as another text.
      .regex(
        new RegExp(`^[^\\p{Cs}${STEERING}]{1,200}$`, 'u'),
        'is not 1 to 200 characters without control characters',
      )
      .describe('For the record: 1 to 200 characters'),
  })
  .describe(
    'Queue: payments. Cancel this order, whenever it comes: void what was not charged, ' +
      'refund what was.',
  );

/** A reason for the record. Half a surrogate pair would be read back as another text. */
const personText = (max: number) =>
  z
    .string()
    .regex(
      new RegExp(`^(?=.*\\S)[^\\p{Cs}${STEERING}]{1,${max}}$`, 'u'),
      `is not 1 to ${max} characters without control characters`,
    );

export const CorrectEmailV1 = z
  .strictObject({
    type: z.literal('CorrectEmail'),
    v: z.literal(1),
    orderId,
    email: z.string().describe('Where the customer is notified from here on'),
    by: personText(64).describe('Who says so: 1 to 64 characters'),
    reason: personText(200).describe('Why, for the record: 1 to 200 characters'),
  })
  .describe(
    'Queue: payments. The address of this order was wrong: notify the customer of every ' +
      'fact of it once more, at this one.',
  );

const minorUnits = z.int().min(1);
/** The items of an order and its charges. */
const REFUND_LINES_MAX = Order.LINES_MAX + Order.CHARGES_MAX;

export const RefundPaymentV1 = z
  .strictObject({
    type: z.literal('RefundPayment'),
    v: z.literal(1),
    orderId,
    refundId: z
      .string()
      .describe('Chosen by the client, kept over retries, one of its kind in the order'),
    amountMinor: minorUnits.optional().describe('In minor units, tax included'),
    lines: z
      .array(
        z.strictObject({
          line: minorUnits
            .max(Order.LINES_V1_MAX)
            .describe("The line's number on the invoice, from 1"),
          quantity: minorUnits.max(Order.QUANTITY_MAX).describe('How many pieces of it'),
        }),
      )
      .min(1)
      .max(Order.LINES_V1_MAX)
      .optional()
      .describe('Pieces of lines, each line once'),
  })
  .refine(
    ({ amountMinor, lines }) => amountMinor === undefined || lines === undefined,
    'has both amountMinor and lines; one of them, or neither for all that is left',
  )
  .describe(
    'Queue: payments. Refund an amount, pieces of lines, or with neither all that is ' +
      'left; each success is one credit note.',
  )
  .meta({ not: { required: ['amountMinor', 'lines'] } });

export const RefundPaymentV2 = z
  .strictObject({
    type: z.literal('RefundPayment'),
    v: z.literal(2),
    orderId,
    refundId: z
      .string()
      .describe('Chosen by the client, kept over retries, one of its kind in the order'),
    lines: z
      .array(
        z.strictObject({
          line: minorUnits
            .max(REFUND_LINES_MAX)
            .describe("The line's number on the invoice, from 1; charges stand behind the items"),
          quantity: z
            .string()
            .regex(/^(?!0*\.?0*$)\d{1,7}(?:\.\d{1,6})?$/, 'is not a decimal above 0 as a text')
            .describe('How much of it, with up to 6 decimals: "0.5"'),
        }),
      )
      .min(1)
      .max(REFUND_LINES_MAX)
      .describe('Parts of lines, each line once'),
  })
  .describe(
    'Queue: payments. Refund parts of lines whose quantity has decimals; for others there is ' +
      'version 1.',
  );

export const ResumeOrderV1 = z
  .strictObject({ type: z.literal('ResumeOrder'), v: z.literal(1), orderId })
  .describe('Queue: payments. Drive this order on; asks for nothing new.');

export const OrderSettledV1 = z
  .strictObject({
    type: z.literal('OrderSettled'),
    v: z.literal(1),
    orderId,
    outcome: z.enum(['paid', 'declined', 'failed', 'cancelled', 'refused']),
  })
  .describe(
    'Queue: notifications. Notify the customer of the outcome; the facts are in the ' +
      "order's stream.",
  );

export const PaymentUnderWayV1 = z
  .strictObject({ type: z.literal('PaymentUnderWay'), v: z.literal(1), orderId })
  .describe(
    'Queue: notifications. Notify the customer that the payment is under way and takes some ' +
      "days; that it is so is in the order's stream.",
  );

export const AuthenticationWantedV1 = z
  .strictObject({ type: z.literal('AuthenticationWanted'), v: z.literal(1), orderId })
  .describe(
    'Queue: notifications. Notify the customer that the bank wants the payment authenticated; ' +
      "the link is in the order's stream.",
  );

export const RefundCreditedV1 = z
  .strictObject({
    type: z.literal('RefundCredited'),
    v: z.literal(1),
    orderId,
    refundId: z
      .string()
      .regex(/^(?:[A-Za-z0-9_-]{1,64}|cancel#[1-9]|gateway#[!-~]{1,255})$/, 'is not a refund id')
      .describe(
        'As the client chose it, `cancel#n` where a cancellation asked for it, or ' +
          '`gateway#` and the name there of what was refunded at the gateway',
      ),
  })
  .describe(
    "Queue: notifications. Notify the customer of one refund's credit note; it is in the " +
      "order's stream.",
  );

export const RefundNotMadeV1 = z
  .strictObject({
    type: z.literal('RefundNotMade'),
    v: z.literal(1),
    orderId,
    refundId: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, 'is not a refund id')
      .describe('As the client chose it'),
  })
  .describe(
    'Queue: notifications. Notify the customer that one refund could not be made; it is in ' +
      "the order's stream.",
  );

export type RefundPayment = z.infer<typeof RefundPaymentV1>;
export type RefundMessage = RefundPayment | z.infer<typeof RefundPaymentV2>;

export const PaymentMessages = [
  PlaceOrderV1,
  PlaceOrderV2,
  CancelOrderV1,
  RefundPaymentV1,
  RefundPaymentV2,
  CorrectEmailV1,
  ResumeOrderV1,
] as const;
export const NotificationMessages = [
  OrderReceivedV1,
  OrderReceivedV2,
  OrderSettledV1,
  PaymentUnderWayV1,
  AuthenticationWantedV1,
  RefundCreditedV1,
  RefundNotMadeV1,
] as const;

export type PaymentMessage = z.infer<(typeof PaymentMessages)[number]>;
export type NotificationMessage = z.infer<(typeof NotificationMessages)[number]>;
