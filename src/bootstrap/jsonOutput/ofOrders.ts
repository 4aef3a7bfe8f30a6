import * as z from 'zod';
import {
  amount,
  byCurrency,
  asOf,
  count,
  creditLine,
  disputes,
  milliseconds,
  event,
  foundBy,
  inStatus,
  invoice,
  microUsd,
  naming,
  review,
  status,
  sums,
  text,
  time,
  typed,
} from './parts.ts';

const effect = z
  .strictObject({
    orderId: text,
    done: z.boolean(),
    settled: z.boolean().describe('false: it may still be done'),
    what: text,
    status,
    sums: sums.optional(),
    refund: inStatus.optional(),
  })
  .describe('with --wait, the second line');

/** Only with --html, --pdf, --xml or --ubl. */
const writtenFiles = {
  files: z
    .array(
      z.strictObject({
        kind: z.enum(['html', 'pdf', 'xml', 'ubl']),
        file: text,
        bytes: count,
        sha256: text,
        unchanged: z.boolean().describe('it was there with the same bytes'),
      }),
    )
    .optional(),
  unmet: z
    .array(z.strictObject({ rule: text, term: text, why: text }))
    .describe('why the PDF has no XML in it')
    .optional(),
  unprintable: z.array(text).describe('characters that no font has, such as U+5C71').optional(),
} as const;

/** The queue has accepted a command. */
const accepted = { type: text, orderId: text, foundBy, correlationId: text } as const;

const sent = naming(z.strictObject({ ...accepted, accepted: z.literal(true) }), effect);

/** The expected result of a cancellation or a refund, as far as it is known before. */
const preview = {
  orderId: text,
  status,
  sums: sums.optional(),
  refundId: text.optional(),
  amount: amount.optional(),
  currency: text.optional(),
  creditNote: z
    .strictObject({
      net: amount,
      tax: amount,
      total: amount,
      rounding: amount,
      prepaid: amount,
      payable: amount,
      lines: z.array(
        z.union([
          z.strictObject({ ...creditLine, quantity: count }).describe('whole pieces, or none'),
          z.strictObject(creditLine).describe('any other'),
        ]),
      ),
    })
    .optional(),
} as const;

const byHand = naming(
  z.strictObject({ ...preview, ...accepted, accepted: z.literal(true) }),
  z.strictObject({ ...preview, dryRun: z.literal(true) }).describe('with --dry-run'),
  z
    .strictObject({
      type: text,
      orderId: text,
      accepted: z.literal(false),
      known: z.literal(true),
      what: text,
      status,
    })
    .describe('where it was asked for before'),
  effect,
);

export const timeline = {
  orderId: text,
  status: text,
  steps: z.array(
    z.strictObject({
      at: time,
      phase: z.int().min(1).max(5),
      from: text,
      to: text,
      kind: z.enum(['done', 'lost', 'refused', 'waited']),
      what: text,
      by: text.optional(),
      messageId: text.optional(),
      attempt: count.optional(),
      versions: z.array(count).optional(),
      cause: count.optional().describe('the index of the step that caused it'),
      source: z.enum(['event', 'record', 'letter', 'row']),
      details: z.record(z.string(), z.unknown()),
    }),
  ),
  cost: z.strictObject({
    microUsd,
    items: z.array(z.strictObject({ what: text, quantity: z.number(), unit: text, microUsd })),
  }),
  missing: z.array(text),
  notes: z.array(text),
} as const;

/** The lines that each command prints about orders with --json. */
export const OF_ORDERS = {
  submit: z.strictObject({
    orderId: text,
    correlationId: text,
    accepted: z.boolean(),
    code: text.optional().describe('why the queue did not accept it'),
    announced: z.boolean(),
  }),
  order: naming(
    z.strictObject({
      orderId: text,
      asOf: asOf.optional(),
      status,
      currency: text.optional(),
      sums: sums.optional(),
      placed: z.looseObject({ orderId: text, total: amount }).optional(),
      refused: z.looseObject({ at: time, reasons: z.array(text) }).optional(),
      payment: inStatus,
      cancellation: z.looseObject({ at: time, reason: text }).optional(),
      cancelled: z.boolean(),
      refunds: z.array(inStatus),
      disputes,
      invoice: z.union([
        z.strictObject({ status: z.literal('none') }),
        z.strictObject({
          status: z.literal('issued'),
          version: count,
          document: z.strictObject(invoice),
        }),
      ]),
      reviews: z.array(
        z.strictObject(review).omit({ ageMs: true }).describe('what waits for a person'),
      ),
      mails: z.record(z.string(), text),
      events: z.array(event),
    }),
  ),
  invoice: naming(z.strictObject({ asOf: asOf.optional(), ...invoice, ...writtenFiles })),
  trace: naming(z.strictObject(timeline)),
  cancel: byHand,
  refund: byHand,
  'correct-email': sent,
  resume: sent,
  'review list': z.union([
    z.strictObject(review),
    disputes.element.extend({ orderId: text, ageMs: milliseconds }).describe('with --disputes'),
  ]),
  'review show': naming(
    z.strictObject({
      orderId: text,
      status,
      reviews: z.array(
        z.strictObject({
          ...review,
          closesAt: time,
          entry: z.looseObject({ series: text, year: count, number: count, date: time }).optional(),
          gateway: typed.optional(),
          next: z.array(text),
        }),
      ),
      disputes,
      events: z.array(event),
    }),
  ),
  'review resolve': naming(
    z.strictObject({
      orderId: text,
      foundBy,
      gateway: typed.optional(),
      resolved: z.looseObject({ verdict: text, by: text, at: time }),
      isNew: z.boolean(),
      correlationId: text,
    }),
    z.strictObject(review).describe('with --all --dry-run'),
    z
      .strictObject({
        orderId: text,
        subject: text,
        done: z.boolean(),
        isNew: z.boolean().optional(),
        resolved: z.looseObject({ verdict: text, by: text, at: time }).optional(),
        error: text.optional(),
        why: text.optional(),
      })
      .describe('with --all, one for each review'),
    z
      .strictObject({
        summary: z.strictObject({
          selected: count,
          left: count,
          amounts: byCurrency,
          dryRun: z.boolean().optional(),
          decided: count.optional(),
          failed: count.optional(),
        }),
      })
      .describe('with --all, the last line'),
  ),
  'review adopt': naming(
    z.strictObject({
      orderId: text,
      foundBy,
      isNew: z.boolean(),
      correlationId: text,
      accepted: z.literal(true),
    }),
    z
      .strictObject({
        orderId: text,
        done: z.boolean(),
        adopted: z.array(
          z.strictObject({ refundId: text, reference: text, amount, currency: text }),
        ),
        status,
        sums: sums.optional(),
      })
      .describe('with --wait, the second line'),
  ),
} as const;
