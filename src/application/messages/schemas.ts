import { z } from 'zod';

/**
 * What travels on the queues, as JSON. Extra parts are refused: a version says exactly what it has. The value
 * rules of an order (currencies, limits, card numbers) are the domain's; here stand the shapes.
 */
const orderId = z
  .string()
  .describe('Chosen by the client, kept over retries: 1 to 64 of A-Z a-z 0-9 _ -');
const customer = z.strictObject({
  id: z.string().describe('1 to 64 printable ASCII characters; also the fair-queue group'),
  email: z.string().describe('Where the customer is told'),
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
  .describe('Queue: notifications. Tell the customer, at most once, that the order has come in.');

export const OrderSettledV1 = z
  .strictObject({
    type: z.literal('OrderSettled'),
    v: z.literal(1),
    orderId,
    outcome: z.enum(['paid', 'declined']),
  })
  .describe(
    "Queue: notifications. Tell the customer the outcome; the facts are in the order's stream.",
  );

export type PlaceOrder = z.infer<typeof PlaceOrderV1>;
export type OrderReceived = z.infer<typeof OrderReceivedV1>;
export type OrderSettled = z.infer<typeof OrderSettledV1>;

/** What the payment service takes from its queue. */
export const PaymentMessages = [PlaceOrderV1] as const;
/** What the notification service takes from its queue. */
export const NotificationMessages = [OrderReceivedV1, OrderSettledV1] as const;
