import * as z from 'zod';
import { count, microUsd, milliseconds, record, text, time, usage } from './parts.ts';
import { auditLine } from './ofOperations.ts';
import { timeline } from './ofOrders.ts';
import { statusOutput } from './ofStatus.ts';

const endedKey = z.strictObject({ name: text, endsAt: time });

/** The lines that each command prints about the deployment, its services and its servers. */
export const OF_DEPLOYMENT = {
  status: statusOutput,
  setup: z.strictObject({
    kind: text,
    name: text,
    done: text,
    notes: z.array(text),
    setting: text,
    value: text,
  }),
  policies: z.strictObject({
    role: text,
    commands: z.array(text),
    policy: z.strictObject({
      Version: text,
      Statement: z.array(
        z.strictObject({
          Sid: text,
          Effect: z.enum(['Allow', 'Deny']),
          Action: z.array(text),
          Resource: z.array(text),
          Condition: z.record(z.string(), z.record(z.string(), z.array(text))).optional(),
        }),
      ),
    }),
  }),
  restored: z.strictObject({ by: text, reason: text, at: time }),
  erase: z.union([
    z.strictObject({
      owner: text,
      /** The keys that this erasure ended. */
      keys: z.array(endedKey),
      /** The keys that an earlier erasure ended. */
      ending: z.array(endedKey),
      erasures: count,
      openOrders: z
        .array(z.strictObject({ orderId: text, status: text }))
        .describe('of the customer, with a buyer and to be invoiced yet; the first thousand'),
      /** True if nothing was erased, since orders are open. */
      refused: z.boolean().optional(),
      dryRun: z.boolean().optional(),
    }),
    /** One line for each person whom `--reapply` finds. */
    z.strictObject({
      owner: text,
      keys: z.array(endedKey),
      younger: z.array(text).describe('ended keys whose names younger keys have: left as they are'),
      dryRun: z.boolean().optional(),
    }),
  ]),
  'gateway-account bind': z.strictObject({
    account: text,
    before: text.optional(),
    isNew: z.boolean(),
    by: text,
    reason: text,
  }),
  doctor: z.strictObject({
    status: z.enum(['ok', 'note', 'problem']),
    subject: text,
    what: text,
    remedy: text.optional().describe('of each problem'),
  }),
  worker: z.union([
    record,
    z.strictObject({ event: z.literal('worker.health'), port: count }),
    z.strictObject({
      event: z.literal('worker.drained'),
      service: text,
      finished: count,
      handedBack: count,
      abandoned: count,
      pollsCut: count,
      durationMs: milliseconds,
      records: z.strictObject({ written: count, dropped: count, rejected: count }),
      usage: z.strictObject({
        ...usage,
        logEvents: count,
        requests: z.record(z.string(), count),
        microUsd,
      }),
    }),
    z.strictObject({ event: z.literal('worker.webhooks'), port: count }),
  ]),
  lambda: z.union([
    record,
    z.strictObject({
      event: z.literal('lambda.invoked'),
      service: text,
      messages: count,
      failed: z.array(text),
      durationMs: milliseconds,
      error: text.optional(),
    }),
  ]),
  servers: z.strictObject({
    dataDir: text,
    startedHere: z.boolean(),
    inbox: z.url(),
    addresses: z.record(z.string(), z.url()),
  }),
  load: z.strictObject({
    startedAt: time,
    endedAt: time,
    against: text,
    account: text,
    machine: z.strictObject({
      paidonce: text,
      node: text,
      processors: count,
      processor: text,
      memoryBytes: count,
    }),
    plan: z.strictObject({ orders: count, ratePerSecond: count, waitMs: milliseconds }),
    shape: z.enum(['mixed', 'v1', 'v2']),
    sent: count,
    sentPerSecond: z.number(),
    paid: count,
    failures: z.array(z.strictObject({ cause: text, orders: count })),
    endedPerSecond: z.number(),
    latencyMs: z
      .strictObject({ p50: count, p90: count, p99: count, max: count })
      .optional()
      .describe('from submitted to ended'),
    looks: count,
    cost: z
      .union([
        z.strictObject({ usage: z.strictObject(usage), microUsd, services: count }),
        z.strictObject({ missing: text }),
      ])
      .optional(),
  }),
  completion: z.union([
    z.strictObject({ shell: z.enum(['bash', 'zsh', 'fish']), script: text }),
    z.strictObject({ word: text, means: text }).describe('with --words: what may stand next'),
  ]),
  demo: z.union([
    auditLine,
    z.strictObject({
      orders: z.array(z.looseObject({ order: text })),
      checks: z.array(z.strictObject({ promise: text, holds: z.boolean(), found: text })),
      mostEventful: z.strictObject(timeline).optional(),
      cost: z.strictObject({ microUsd }),
    }),
  ]),
} as const;
