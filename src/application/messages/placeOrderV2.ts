import * as z from 'zod';
import { PREPAID_TYPES, PRICE_MODES, ROUNDINGS, TAX_CATEGORIES } from '../../domain/money/index.ts';

/** The shapes of version 2; the domain has the rules about the values. */
const minor = (what: string) => z.number().describe(`${what}, in minor units`);
const decimal = (what: string) => z.string().describe(what);

const tax = z.strictObject({
  name: z.string().describe('As the invoice names it: VAT, GST, QST; 1 to 32 characters'),
  category: z.enum(TAX_CATEGORIES).optional().describe('Otherwise standard'),
  rate: z
    .string()
    .optional()
    .describe('A percentage with up to 6 decimals, 8.875; 0 or left out unless standard'),
  reason: z.string().optional().describe('Why no tax is due; needed where it is exempt'),
});
const taxes = z.array(tax).describe('1 to 4; several are all standard, each with another name');

const adjustment = z.strictObject({
  reason: z.string().describe('1 to 100 characters'),
  percent: decimal('With up to 6 decimals; either this or amountMinor').optional(),
  amountMinor: minor('In the terms of priceMode').optional(),
});
const adjustments = (what: string) =>
  z.array(adjustment).optional().describe(`${what}, before tax; at most 10`);

const line = z.strictObject({
  sku: z.string().describe('1 to 64 characters'),
  description: z.string().describe('1 to 200 characters'),
  quantity: z
    .union([z.number(), z.string()])
    .describe('A whole number, or a decimal as a text with up to 6 decimals: 3, "0.5"'),
  unit: z
    .string()
    .optional()
    .describe('A code of UN/ECE Recommendation 20: KGM, HUR; none: pieces'),
  unitPrice: decimal('Of one unit, in the major unit, with up to 10 decimals: 19.99, 0.0042'),
  allowances: adjustments('Deducted from quantity × unitPrice'),
  charges: adjustments('Added to it'),
  taxes,
  given: z
    .strictObject({
      netMinor: minor('After every allowance and charge'),
      taxMinor: minor('All taxes of the line'),
      grossMinor: minor('Both'),
    })
    .optional()
    .describe('What the shop has calculated for the line; refused if it is not that'),
  expectedTotalMinor: minor('What the shop shows for the line, with tax').optional(),
});

const address = z.strictObject({
  street: z.string().optional(),
  addition: z.string().optional().describe('Building, floor, department'),
  postalCode: z.string().optional(),
  city: z.string().optional(),
  region: z.string().optional().describe('Province or state'),
  country: z.string().describe('ISO 3166-1 alpha-2: DE'),
});

const payment = z.union([
  z
    .strictObject({ type: z.literal('method'), paymentMethod: z.string() })
    .describe("Charge this means of payment; the gateway's token, pm_…; never a card number"),
  z
    .strictObject({
      type: z.literal('saved'),
      customer: z.string(),
      paymentMethod: z.string(),
      mandate: z.string().optional(),
      returnUrl: z
        .string()
        .optional()
        .describe(
          'Where the customer returns after authenticating it, https; then there is a link',
        ),
    })
    .describe('Charge a means of payment that the gateway has saved for a customer, cus_…'),
  z
    .strictObject({
      type: z.literal('authorised'),
      payment: z.string(),
      partial: z.literal(true).optional(),
    })
    .describe('Capture this payment, pi_…, that the customer has authorised at the checkout'),
  z
    .strictObject({ type: z.literal('paid'), payment: z.string() })
    .describe('The gateway has captured it already, as pi_…'),
  z
    .strictObject({ type: z.literal('transferred'), reference: z.string() })
    .describe("It came by bank transfer, on the shop's word"),
  z.strictObject({ type: z.literal('none') }).describe('Nothing is to be paid'),
]);

export const PlaceOrderV2 = z
  .strictObject({
    type: z.literal('PlaceOrder'),
    v: z.literal(2),
    orderId: z
      .string()
      .describe('Chosen by the client, kept over retries: 1 to 64 of A-Z a-z 0-9 _ -'),
    customer: z.strictObject({
      id: z.string().describe('1 to 64 printable ASCII characters; also the fair-queue group'),
      email: z.string().describe('Where the customer is notified'),
      language: z.string().optional().describe('As BCP 47 writes it: de, fr-CA'),
    }),
    currency: z.string().describe('ISO 4217 code'),
    priceMode: z.enum(PRICE_MODES).describe('Whether every price of the order has tax in it'),
    rounding: z
      .enum(ROUNDINGS)
      .optional()
      .describe('Tax is rounded on each line (otherwise so), or once for each rate on the order'),
    lines: z.array(line).describe('1 to 1,000 lines, as bytes allow'),
    allowances: adjustments('On all lines, shared out among them'),
    charges: z
      .array(
        z.strictObject({
          description: z.string(),
          amountMinor: minor('In the terms of priceMode'),
          taxes,
        }),
      )
      .optional()
      .describe('Shipping and fees, each with its own tax; at most 20'),
    prepaid: z
      .array(
        z.strictObject({
          type: z.enum(PREPAID_TYPES),
          reference: z.string().describe('Never a code that could still be spent'),
          amountMinor: minor('Paid before'),
        }),
      )
      .optional()
      .describe('Gift cards, vouchers and deposits; at most 10'),
    cashRounding: z
      .strictObject({ stepMinor: z.number() })
      .optional()
      .describe('What is to be paid is rounded half up to a multiple of this: 5 for CHF 0.05'),
    expectedTotalMinor: minor('What the shop shows, rounding included, before prepaid').optional(),
    buyer: z
      .strictObject({
        name: z.string(),
        company: z.string().optional(),
        address,
        delivery: address.optional(),
        vatId: z.string().optional(),
        electronicAddress: z.string().optional().describe("Peppol's, scheme:value"),
      })
      .optional(),
    orderReference: z.string().optional().describe("The buyer's order number"),
    buyerReference: z.string().optional(),
    supplyDate: z.string().optional().describe('2026-11-29'),
    paymentTerms: z.string().optional().describe('In words'),
    payment,
  })
  .describe('Queue: payments. Charge this order once and invoice it once.');
