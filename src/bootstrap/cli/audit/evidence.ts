import { err, ok, type ResultAsync } from 'neverthrow';
import { z } from 'zod';
import { createBundleWriter, type BundleWriter } from '../../../adapters/evidence/writer.ts';
import { VERSION } from '../../version.ts';
import { failed, type CliFailure } from '../shared/failure.ts';
import type { Conclude } from './run.ts';

const whole = z.int().min(0);

/** How and of what a bundle was made: all that it takes to audit it again in the same way. */
const subjectSchema = z.strictObject({
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

export type AuditSubject = z.output<typeof subjectSchema>;

export const parseSubject = (value: unknown): AuditSubject | undefined =>
  subjectSchema.safeParse(value).data;

export const openExport = (folder: string): ResultAsync<BundleWriter, CliFailure> =>
  createBundleWriter(folder).mapErr(({ why }) => failed('Export', why));

type ExportOptions = {
  readonly folder: string;
  readonly subject: Omit<AuditSubject, 'findings'>;
  readonly startedAt: number;
};

/** Closes the bundle, once the report that belongs into it is known. */
export const concludeExport =
  (writer: BundleWriter, { folder, subject, startedAt }: ExportOptions): Conclude =>
  async (report) => {
    const finished = await writer.finish({
      software: `paidonce ${VERSION}`,
      startedAt: new Date(startedAt).toISOString(),
      endedAt: new Date().toISOString(),
      about: { ...subject, findings: report.invariants },
      report,
    });
    if (finished.isErr()) return err(failed('Export', finished.error.why));
    const { manifestSha256, files } = finished.value;
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return ok({
      bundle: { folder, manifestSha256, bytes, files: files.map((file) => ({ ...file })) },
      faults: 0,
      lines: [
        '',
        `The evidence is in ${folder}: ${files.length} files and a manifest, ${bytes} bytes.`,
        'It holds personal data, the names and mail addresses of customers: keep it as you keep those.',
        'Keep this line where nobody who can write the files can reach it, the SHA-256 of the manifest:',
        manifestSha256,
      ],
    });
  };
