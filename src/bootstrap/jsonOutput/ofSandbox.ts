import * as z from 'zod';
import { amount, count, inStatus, milliseconds, text, time } from './parts.ts';

/** A payment as a shop made it at its checkout. */
const checkout = z.strictObject({
  payment: text,
  amount,
  paymentMethod: text,
  customer: text.optional(),
  orderId: text.optional(),
});

const counts = z.record(text, count);

/** The lines that the commands of the payment sandbox print. */
export const OF_SANDBOX = {
  'sandbox faults': z.looseObject({ percent: z.record(z.string(), z.number()), seed: count }),
  'sandbox webhooks': z.strictObject({
    object: text,
    url: z.url().nullable(),
    percent: counts,
    lateMs: milliseconds.optional(),
    seed: count.optional(),
    counts,
  }),
  'sandbox ledger': z.strictObject({
    charges: z.array(inStatus.extend({ payment_intent: text, amount })),
    refunds: z.array(inStatus.extend({ id: text, payment_intent: text, amount })),
    disputes: z.array(inStatus.extend({ id: text, payment_intent: text, amount })),
  }),
  'sandbox refund': z.strictObject({
    orderId: text.describe('empty for a payment that names no order'),
    payment: text,
    id: text,
    amount,
  }),
  'sandbox capture': z.strictObject({ payment: text, status: text }),
  'sandbox cancel': z.strictObject({ payment: text, status: text }),
  'sandbox settle': z.strictObject({ id: text, status: text }),
  'sandbox dispute': z.strictObject({
    payment: text,
    id: text,
    status: text,
    reason: text,
    amount,
  }),
  'sandbox dispute-close': z.strictObject({ id: text, status: text }),
  'sandbox authorise': checkout.extend({ status: z.literal('authorised'), until: time }),
  'sandbox pay': checkout.extend({ status: z.literal('captured') }),
  'sandbox expire': z.strictObject({ payment: text, status: z.literal('expired') }),
  'sandbox save': z.strictObject({ customer: text, paymentMethod: text, mandate: text }),
};
