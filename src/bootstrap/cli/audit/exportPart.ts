import { err, ok, type ResultAsync } from 'neverthrow';
import { recordHeads } from '../../../adapters/evidence/tee.ts';
import { createBundleWriter, type BundleWriter } from '../../../adapters/evidence/writer.ts';
import { VERSION } from '../../version.ts';
import { failed, type CliFailure } from '../shared/failure.ts';
import type { AuditSubject } from './about.ts';
import type { AuditPart } from './part.ts';

export const openExport = (folder: string): ResultAsync<BundleWriter, CliFailure> =>
  createBundleWriter(folder).mapErr(({ why }) => failed('Export', why));

type ExportOptions = {
  readonly folder: string;
  readonly about: Omit<AuditSubject, 'findings'>;
  now: number;
};

/** Writes down what the other parts read and find. It comes last, as its report is that of them all. */
export const createExportPart = (
  writer: BundleWriter,
  { folder, about, now }: ExportOptions,
): AuditPart => ({
  observers: [recordHeads(writer.write)],
  onFinding: (finding) => void writer.write('findings.jsonl', finding),
  failed: writer.failed,
  abandon: writer.abandon,
  finish: async (report) => {
    const finished = await writer.finish({
      software: `paidonce ${VERSION}`,
      startedAt: new Date(now).toISOString(),
      endedAt: new Date().toISOString(),
      about: { ...about, findings: report['invariants'] ?? {} },
      report,
    });
    if (finished.isErr()) return err(failed('Export', finished.error.why));
    const { manifestSha256, files } = finished.value;
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return ok({
      value: {
        bundle: { folder, manifestSha256, bytes, files: files.map((file) => ({ ...file })) },
      },
      lines: [
        '',
        `The evidence is in ${folder}: ${files.length} files and a manifest, ${bytes} bytes.`,
        'It holds personal data, the names and mail addresses of customers: keep it as you keep those.',
        'Keep this line where nobody who can write the files can reach it, the SHA-256 of the manifest:',
        manifestSha256,
      ],
    });
  },
});
