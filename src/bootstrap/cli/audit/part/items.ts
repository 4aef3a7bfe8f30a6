import * as z from 'zod';
import { INVARIANTS, type Finding, type Invariant } from '../../../../application/audit/check.ts';
import type { ShareCounts } from '../../../../application/audit/join.ts';
import { CHUNK_BYTES } from '../../../../application/audit/numberSet.ts';
import type { PartItem } from '../../../../application/audit/part.ts';
import type { AuditSums } from '../../../../application/audit/totals.ts';
import { parseJson } from '../../../../application/ports/json.ts';
import type { NumberFormat } from '../../../../domain/series/index.ts';
import { DISPUTE_STAGES, DISPUTE_VERDICTS } from '../../../../domain/order/gatewayEvents.ts';
import { count } from '../../common/checkpoint.ts';

/*
 * The lines of a part between its first and its last one. Their shape is strict; their values are
 * whatever the log holds, which may be damaged.
 */

const text = z.string();
const figure = z.number();
const side = z.enum(['orders', 'others']);
const list = z.enum(['unknown', 'open', 'inReview', 'disputes', 'disputesOverdue']);

const number = z.strictObject({
  of: z.literal('number'),
  side,
  document: z.strictObject({
    id: text,
    reference: text,
    numbered: z.strictObject({
      series: text,
      year: figure,
      number: figure,
      date: figure,
      seriesVersion: figure,
    }),
    label: text,
    streamId: text,
    version: figure,
  }),
});

/** A label cannot be longer than an item of the log. */
const DIGITS_MAX = 409_600;
/** The chunk of the greatest number that is exact. */
const CHUNK_MAX = Math.floor(Number.MAX_SAFE_INTEGER / (8 * CHUNK_BYTES));
const BASE64_MAX = Math.ceil(CHUNK_BYTES / 3) * 4;

const format = z
  .array(
    z.union([
      z.strictObject({ type: z.literal('Text'), text }),
      z.strictObject({ type: z.literal('Value'), name: z.enum(['series', 'year']) }),
      z.strictObject({
        type: z.literal('Value'),
        name: z.literal('number'),
        digitsMin: z.int().min(1).max(DIGITS_MAX),
      }),
    ]),
  )
  .refine((parts) => hasOne(parts, 'year') && hasOne(parts, 'number'));

const hasOne = (parts: NumberFormat, name: 'year' | 'number'): boolean =>
  parts.filter((part) => part.type === 'Value' && part.name === name).length === 1;

const print = z.strictObject({
  of: z.literal('print'),
  series: text,
  format,
  year: figure,
  chunk: z.int().min(0).max(CHUNK_MAX),
  bits: z
    .base64()
    .max(BASE64_MAX)
    .transform((encoded): Uint8Array => Buffer.from(encoded, 'base64'))
    .refine(({ length }) => length <= CHUNK_BYTES),
});

const waiting = z.strictObject({
  of: z.literal('waiting'),
  list,
  item: z.strictObject({
    orderId: text,
    subject: text.exactOptional(),
    since: figure,
    why: text,
  }),
});

const move = z.strictObject({
  of: z.literal('move'),
  kind: z.enum(['payment', 'refund']),
  move: z.strictObject({
    orderId: text,
    under: text,
    reference: text,
    amountMinor: figure,
    currency: text,
    version: figure,
    requestedAt: figure,
    deployment: text.exactOptional(),
    isVouched: z.boolean(),
    isOfShop: z.boolean(),
    paymentReference: text.exactOptional(),
  }),
});

const dispute = z.strictObject({
  of: z.literal('dispute'),
  orderId: text,
  payment: text,
  dispute: z.strictObject({
    dispute: text,
    stage: z.enum(DISPUTE_STAGES),
    reason: text,
    amountMinor: figure,
    currency: text,
    dueBy: figure,
    openedAt: figure,
    withdrawnMinor: figure,
    reinstatedMinor: figure,
    verdict: z.enum(DISPUTE_VERDICTS).exactOptional(),
  }),
});

const held = z.strictObject({
  of: z.literal('held'),
  payment: text,
  held: z.strictObject({ orderId: text, version: figure, logMinor: figure, currency: text }),
});

const invariant = z.enum(Object.keys(INVARIANTS) as [Invariant, ...Invariant[]]);

const finding = z.strictObject({
  of: z.literal('finding'),
  finding: z.strictObject({
    invariant,
    streamId: text,
    version: figure.exactOptional(),
    why: text,
    evidence: z.record(z.string(), z.union([text, figure])),
  }) satisfies z.ZodType<Finding>,
});

const counted = z.record(z.string(), count);

const counts = z.strictObject({
  of: z.literal('counts'),
  counts: z.strictObject({
    streams: count,
    orders: counted,
    sums: z.record(
      z.string(),
      z.strictObject({
        captured: figure,
        refunded: figure,
        returned: figure,
        withdrawn: figure,
        reinstated: figure,
        invoiced: figure,
        credited: figure,
      }) satisfies z.ZodType<AuditSums>,
    ),
    disputes: counted,
    numbers: counted,
    commits: count,
    readUnits: figure.nonnegative(),
    unreadable: count,
    inProgress: count,
  }) satisfies z.ZodType<ShareCounts>,
});

/** What a share has found, and what it has counted, beside what it leaves to the whole. */
export type PartLine =
  | PartItem
  | { readonly of: 'finding'; readonly finding: Finding }
  | { readonly of: 'counts'; readonly counts: ShareCounts };

const partLine: z.ZodType<PartLine> = z.discriminatedUnion('of', [
  number,
  print,
  z.strictObject({ of: z.literal('row'), key: text, orderId: text }),
  z.strictObject({ of: z.literal('notice'), side, orderId: text, noticeId: text }),
  waiting,
  z.strictObject({ of: z.literal('younger'), list, count }),
  z.strictObject({ of: z.literal('dueBy'), at: figure }),
  z.strictObject({ of: z.literal('deployment'), id: text }),
  move,
  dispute,
  held,
  finding,
  counts,
]);

export const encodeLine = (line: PartLine): string =>
  line.of === 'print'
    ? JSON.stringify({ ...line, bits: Buffer.from(line.bits).toString('base64') })
    : JSON.stringify(line);

/** Undefined where it is no line of a part. */
export const decodeLine = (line: string): PartLine | undefined =>
  partLine.safeParse(parseJson(line).unwrapOr(undefined)).data;
