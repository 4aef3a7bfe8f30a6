import * as z from 'zod';
import { QUEUES } from '../../application/ports/queueCount.ts';
import { amount, count, microUsd, milliseconds, text, time } from './parts.ts';

const waiting = { count, since: time.optional().describe('of the oldest') } as const;

/** The output of `status`: one object, or with --watch one for each look. */
export const statusOutput = z.strictObject({
  at: time,
  queues: z
    .array(
      z.strictObject({
        queue: z.enum(QUEUES),
        visible: count,
        inFlight: count,
        delayed: count,
      }),
    )
    .optional()
    .describe('approximate, as SQS counts'),
  workers: z
    .strictObject({
      workers: z.array(
        z.strictObject({
          service: text,
          worker: text.describe('its log stream'),
          at: time.describe('when it wrote its last record'),
          lastMinute: z
            .strictObject({
              inFlight: count,
              waiting: count,
              allowedConcurrency: count,
              oldestMessageMs: milliseconds,
            })
            .optional(),
          circuits: z.record(z.string(), text).describe('those that were not closed'),
        }),
      ),
      isCut: z.boolean(),
    })
    .optional()
    .describe('by their records of ten minutes; absent with --no-logs'),
  deadLetters: z
    .strictObject({
      causes: z.array(
        z.strictObject({
          queue: z.enum(['payments', 'notifications']),
          cause: text,
          ...waiting,
        }),
      ),
      looked: count,
      isCut: z.boolean(),
      at: time,
    })
    .optional()
    .describe('absent with --no-dead-letters'),
  orders: z
    .strictObject({
      source: z.enum(['audit', 'log']),
      at: time,
      open: z.strictObject(waiting),
      unknown: z.strictObject(waiting),
      inReview: z.strictObject(waiting),
      reviews: z.array(z.strictObject({ reason: text, ...waiting })),
      disputes: z.strictObject(waiting).optional().describe('open; with --scan alone'),
      disputesOverdue: z
        .strictObject(waiting)
        .optional()
        .describe('those of them past the time for evidence'),
      isWhole: z.boolean(),
      commits: count,
    })
    .optional()
    .describe('absent where no audit was recorded, and without --scan'),
  totals: z
    .strictObject({
      since: time,
      currencies: z.array(
        z.strictObject({
          currency: text,
          invoices: count,
          charged: amount,
          creditNotes: count,
          refunded: amount,
        }),
      ),
      withoutRow: count,
      isCut: z.boolean(),
    })
    .optional(),
  lastAudit: z
    .strictObject({
      startedAt: time,
      endedAt: time,
      commits: count,
      findings: count,
      unchecked: z.array(text),
      manifestSha256: text.optional(),
    })
    .optional(),
  notKnown: z.array(z.strictObject({ part: text, why: text })),
  cost: z.strictObject({ readUnits: z.number(), queueRequests: count, microUsd }),
});
