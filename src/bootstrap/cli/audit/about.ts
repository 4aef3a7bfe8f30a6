import { z } from 'zod';

const whole = z.int().min(0);

/** How and of what a bundle was made: what it takes to audit it again in the same way. */
const aboutSchema = z.strictObject({
  eventsTable: z.string(),
  invoicesTable: z.string(),
  graceMs: whole,
  giveUpMs: whole,
  gateway: z
    .strictObject({ since: whole.optional(), foreign: z.enum(['apart', 'report', 'ignore']) })
    .optional(),
  /** How many findings of each invariant there were. */
  findings: z.record(z.string(), z.union([whole, z.literal('not checked')])),
});

export type AuditSubject = z.output<typeof aboutSchema>;

export const parseAbout = (value: unknown): AuditSubject | undefined =>
  aboutSchema.safeParse(value).data;
