import * as z from 'zod';
import { DISPUTE_STAGES, DISPUTE_VERDICTS } from '../../domain/order/gatewayEvents.ts';
import { ORDER_STATUSES } from '../../domain/order/status.ts';

/*
 * The parts that the outputs of several commands have in common. An object that is spelt out here
 * holds these members and no others; what depends on its `type` or `status` is left open.
 */

export const time = z.iso.datetime();
export const text = z.string();
export const count = z.int().min(0);
export const milliseconds = z.number();

export const amount = z
  .strictObject({
    minor: z.int(),
    currency: z.string().length(3),
    exponent: z.int().min(0).max(4),
  })
  .describe('minor units: 1234 with the exponent 2 is 12.34');

export const sums = z
  .strictObject({ captured: amount, refunded: amount, pending: amount, rest: amount })
  .describe('absent where no order was placed');

/** A sum for each currency. */
export const byCurrency = z.array(z.strictObject({ currency: text, amount }));

export const status = z.enum(ORDER_STATUSES);

/** It has further members, which depend on its type or status. */
export const typed = z.looseObject({ type: text });
export const inStatus = z.looseObject({ status: text });

/** The way in which the order was found by what was typed. */
export const foundBy = z.looseObject({ type: text });

/** Printed if what was typed names several orders: they are listed, and nothing is done. */
const several = z
  .strictObject({
    orders: z.array(
      z.strictObject({
        orderId: text,
        by: foundBy,
        status,
        since: time.optional(),
        total: amount.optional(),
        currency: text.optional(),
      }),
    ),
  })
  .describe('where several orders have what was typed; exit code 1');

/** The lines of a command that takes any name of an order. */
export const naming = (...lines: readonly [z.ZodType, ...z.ZodType[]]) =>
  z.union([...lines, several]);

export const event = z.strictObject({
  version: count,
  at: time.describe('when its commit was written'),
  commitId: text,
  correlationId: text,
  causationId: text,
  type: text,
  data: z.record(z.string(), z.unknown()).describe('depends on the type'),
});

const totals = {
  net: amount,
  tax: amount,
  total: amount,
  rounding: amount.describe('what rounding adds to the total, or takes from it'),
  payable: amount.describe('total + rounding - what was prepaid'),
} as const;

const document = {
  label: text.describe('the number as it is printed'),
  series: text,
  year: count,
  number: count,
  seriesVersion: count,
  issuedAt: time,
  issuedOn: text.describe('its local date'),
  ...totals,
} as const;

const decimal = text.describe('a decimal in plain digits');

const tax = { name: text, category: text, rate: decimal, reason: text, tax: amount } as const;

const line = {
  kind: z.enum(['item', 'charge']),
  sku: text,
  description: text,
  unit: text,
  quantityDecimal: decimal,
  taxes: z.array(z.strictObject(tax)),
  net: amount,
  tax: amount,
} as const;

/** Members of lines of version 1, and of those of version 2 that have no others. */
const plain = { quantity: count, taxRateBps: count } as const;

const adjustments = z.array(z.strictObject({ reason: text, amount }));

const invoiceLine = {
  ...line,
  unitPriceDecimal: decimal,
  allowances: adjustments,
  charges: adjustments,
} as const;

const creditNoteLine = { ...line, line: count } as const;

export const creditLine = {
  line: count,
  quantityDecimal: decimal,
  net: amount,
  tax: amount,
  taxes: z.array(z.strictObject({ tax: amount })),
} as const;

const address = z.strictObject({
  street: text,
  addition: text,
  postalCode: text,
  city: text,
  region: text,
  country: text,
});

export const invoice = {
  orderId: text,
  customerId: text,
  currency: text,
  ...document,
  language: text,
  priceMode: text,
  seller: z.looseObject({ name: text, address }).optional(),
  buyer: z.looseObject({ name: text, address }).optional(),
  prepaid: z.array(z.strictObject({ type: text, reference: text, amount })),
  prepaidAmount: amount,
  orderReference: text,
  buyerReference: text,
  supplyDate: text,
  paymentTerms: text,
  paymentMeans: text,
  lines: z.array(
    z.union([
      z
        .strictObject({ ...invoiceLine, ...plain, unitPrice: amount })
        .describe('whole pieces at a net price in minor units, with one tax in basis points'),
      z.strictObject(invoiceLine).describe('any other'),
    ]),
  ),
  paymentReference: text,
  creditNotes: z.array(
    z.strictObject({
      ...document,
      prepaid: amount.describe('what the shop returns to gift cards, vouchers and deposits'),
      refundId: text,
      refundReference: text,
      lines: z.array(
        z.union([
          z
            .strictObject({ ...creditNoteLine, ...plain })
            .describe('whole pieces, or none, with one tax in basis points'),
          z.strictObject(creditNoteLine).describe('any other'),
        ]),
      ),
    }),
  ),
} as const;

/** Disputes with the customer's bank, as the log has them. */
export const disputes = z.array(
  z.strictObject({
    dispute: text,
    stage: z.enum(DISPUTE_STAGES),
    reason: text,
    amount,
    currency: text,
    dueBy: time.nullable().describe('until when evidence is taken; null where none is'),
    openedAt: time,
    withdrawn: amount,
    reinstated: amount,
    verdict: z.enum(DISPUTE_VERDICTS).optional().describe('absent while it is open'),
  }),
);

export const asOf = z
  .strictObject({
    asked: text,
    version: count,
    committedAt: time,
    latestVersion: count,
    misdated: count,
  })
  .describe('with --at alone');

export const review = {
  orderId: text,
  subject: text,
  reason: text,
  since: time,
  ageMs: milliseconds,
  of: typed,
  asked: z.strictObject({
    amount,
    currency: text,
    at: time,
    closeAt: time,
    key: text,
    body: text,
    account: text,
  }),
  wanted: z.strictObject({ series: text, id: text, from: count }),
  seen: z
    .array(z.strictObject({ reference: text, amount, currency: text }))
    .describe('what the gateway had when the review began'),
  resolved: z.looseObject({ verdict: text, by: text }).optional(),
} as const;

/** Prices are list prices, in millionths of a US dollar. */
export const microUsd = z.number().describe('millionths of a US dollar, at list prices');

/** A record of a worker or a function, as it goes to the log group. */
export const record = z.looseObject({
  time,
  level: z.enum(['info', 'warn', 'error']),
  service: text,
  event: text,
});

export const usage = {
  queueRequests: count,
  topicRequests: count,
  writeUnits: z.number(),
  readUnits: z.number(),
  logBytes: count,
  mails: count,
} as const;

export const failure = z
  .strictObject({
    error: z.strictObject({ type: text, message: text, details: z.array(text) }),
  })
  .describe('on stderr, the last line where the exit code is not 0 and nothing was found wrong');
