import * as z from 'zod';
import { count, text, typed } from './parts.ts';

const row = z.strictObject({ orderId: text, version: count, document: text });

const replayed = {
  commits: count,
  invoices: count,
  written: count,
  alreadyThere: count,
  differences: count,
  unreadable: count,
  upcast: z.record(z.string(), count),
  readUnits: z.number(),
  throttles: count,
  commitsTotal: count.optional().describe('where DynamoDB has counted the items of the log'),
} as const;

/** The lines about what is made again from the log, with --json. */
export const OF_REPLAYS = {
  'replay invoices': z.union([
    z
      .strictObject({
        type: text,
        orderId: text.optional(),
        streamId: text.optional(),
        expected: row.optional(),
        found: row.optional(),
        bytes: count.optional(),
        corrupt: typed.optional(),
        table: z.enum(['current', 'rebuilt']).optional(),
      })
      .describe('one for each row that differs, or stream that cannot be read'),
    z
      .strictObject({
        dryRun: z.boolean(),
        resumed: z.boolean(),
        share: text.optional(),
        ...replayed,
      })
      .describe('the last line'),
    z
      .strictObject({
        outcome: text,
        table: text,
        former: text,
        made: z.boolean(),
        replayed: z.strictObject(replayed).optional(),
        compared: z.strictObject({ rows: count, differences: count, unfit: count }).optional(),
        caughtUp: z.strictObject(replayed).optional(),
      })
      .describe('the last line with --into'),
  ]),
  'events replay': z.union([
    z
      .strictObject({
        type: z.enum(['Refused', 'Unreadable']),
        id: text.optional(),
        code: text.optional(),
        streamId: text.optional(),
        corrupt: typed.optional(),
      })
      .describe('one for each event that was refused, or stream that cannot be read'),
    z
      .strictObject({
        dryRun: z.boolean(),
        resumed: z.boolean(),
        commits: count,
        orders: count,
        published: z.record(z.string(), count).describe('by type; with a dry run, what would be'),
        refused: count,
        unreadable: count,
      })
      .describe('the last line'),
  ]),
} as const;
