import * as z from 'zod';
import { INVARIANTS } from '../../application/audit/check.ts';
import {
  amount,
  byCurrency,
  count,
  event,
  milliseconds,
  status,
  text,
  time,
  typed,
} from './parts.ts';

const queue = z.enum(['payments', 'notifications']);

const deadLetter = {
  messageId: text,
  originalId: text.optional(),
  queue,
  orderId: text.optional(),
  command: text.optional(),
  errorType: text,
  reason: text,
  codeVersion: text.optional(),
  receives: count,
  correlationId: text,
  sentAt: time,
  ageMs: milliseconds,
} as const;

const predicted = {
  ...deadLetter,
  prospect: typed,
  would: text.describe('what would happen if it were sent again'),
  isNeeded: z.boolean(),
} as const;

const looked = { looked: count, found: count, isCut: z.boolean() } as const;

/** The result for each dead letter, and a summary; with --dry-run, the same as `list`. */
const acted = z.union([
  z.strictObject({
    verb: text,
    messageId: text,
    queue,
    orderId: text.optional(),
    command: text.optional(),
    done: z.boolean(),
    isNew: z.boolean().optional(),
    error: text.optional(),
    why: text.optional(),
  }),
  z.strictObject(predicted).describe('with --dry-run'),
  z.strictObject({
    summary: z.strictObject({
      ...looked,
      charges: byCurrency.optional(),
      refunds: byCurrency.optional(),
      verb: text.optional(),
      done: count.optional(),
      failed: count.optional(),
    }),
  }),
]);

const waiting = z.strictObject({
  count,
  oldest: z.array(
    z.strictObject({
      orderId: text,
      subject: text.optional(),
      since: time,
      ageMs: milliseconds,
      why: text,
    }),
  ),
});

export const auditLine = z.union([
  z
    .strictObject({
      type: z.literal('finding'),
      invariant: z.enum(Object.keys(INVARIANTS)),
      streamId: text,
      version: count.optional(),
      why: text,
      evidence: z.record(z.string(), z.unknown()),
    })
    .describe('one for each finding'),
  z
    .strictObject({
      type: z.literal('report'),
      streams: count,
      commits: count,
      readUnits: z.number(),
      orders: z.record(z.string(), count),
      sums: z.record(
        z.string(),
        z.strictObject({
          captured: amount,
          refunded: amount,
          returned: amount.describe('refunded, and come back since'),
          withdrawn: amount.describe('by disputes'),
          reinstated: amount.describe('of what disputes had withdrawn'),
          invoiced: amount,
          credited: amount,
        }),
      ),
      disputes: z.record(z.string(), count).describe('`open`, or by their verdict'),
      numbers: z.record(z.string(), count),
      unreadable: count,
      inProgress: count,
      invariants: z.record(z.string(), z.union([count, z.literal('not checked')])),
      waiting: z.strictObject({
        unknown: waiting,
        open: waiting,
        inReview: waiting,
        disputes: waiting.describe('open'),
        disputesOverdue: waiting.describe('open, and their bank takes no more evidence'),
      }),
      gateway: z.record(z.string(), count).optional(),
      bundle: z.record(z.string(), z.unknown()).optional(),
      recorded: z
        .boolean()
        .optional()
        .describe('whether the log says that it was made; absent with --offline'),
    })
    .describe('the last line'),
]);

const auditPart = z
  .strictObject({
    type: z.literal('part'),
    share: text,
    part: text.describe('the file'),
    commits: count,
    streams: count,
    readUnits: z.number(),
    unreadable: count,
    findings: count.describe('those that a share finds by itself'),
    bytes: count,
  })
  .describe('the last line with --share');

/** The lines that each command prints about the log and its dead letters with --json. */
export const OF_OPERATIONS = {
  'dlq list': z.union([
    z.strictObject(predicted),
    z
      .strictObject({
        summary: z.strictObject({
          ...looked,
          charges: byCurrency.describe('what they would charge if all were sent again'),
          refunds: byCurrency,
        }),
      })
      .describe('the last line'),
  ]),
  'dlq show': z.strictObject({
    ...predicted,
    attributes: z.record(z.string(), text),
    body: z.unknown().describe('as it was sent, but for what is masked'),
    order: z.strictObject({ orderId: text, status, events: z.array(event) }).optional(),
    decisions: z.array(typed).optional(),
  }),
  'dlq redrive': acted,
  'dlq discard': acted,
  'series list': z.strictObject({
    series: text,
    registered: z
      .strictObject({
        series: text,
        format: text,
        documents: z.enum(['invoices', 'credit notes']),
        at: time,
      })
      .optional(),
    version: count,
    date: time.optional().describe('of its newest number'),
    next: z.strictObject({ year: count, number: count }),
    isAhead: z.boolean(),
  }),
  'series floor': z.strictObject({
    type: z.enum(['Set', 'Kept', 'Foreseen']),
    series: text,
    year: count,
    before: count,
    next: count,
  }),
  reconcile: z.strictObject({
    dryRun: z.boolean(),
    series: z.array(
      z.strictObject({
        series: text,
        from: count,
        upTo: count,
        end: count,
        numbers: count,
        overtaken: z.boolean(),
        findings: z.array(
          z.looseObject({
            type: text,
            orderId: text.optional(),
            why: text,
            year: count,
            number: count,
            date: time,
            ageMs: milliseconds,
          }),
        ),
      }),
    ),
    letters: z.array(z.strictObject({ ...deadLetter, state: text })),
    reviews: z.array(
      z.looseObject({ orderId: text, reason: text, since: time, ageMs: milliseconds }),
    ),
    gatewayEvents: z
      .strictObject({
        readSince: time,
        readUntil: time,
        events: count,
        sent: z.array(text).describe('the ids of those that the log does not know yet'),
        isGap: z.boolean().describe('the gateway has forgotten events that nobody had read'),
      })
      .optional()
      .describe('absent where its list of events could not be read'),
    pushed: z.array(text),
    failures: z.array(z.strictObject({ part: text, type: text })),
  }),
  audit: z.union([...auditLine.options, auditPart]),
} as const;
