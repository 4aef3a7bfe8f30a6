import { z } from 'zod';
import { INVARIANTS } from '../../application/audit/check.ts';
import { amount, count, milliseconds, text, time } from './parts.ts';

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

/** What `audit` prints, each line. */
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
