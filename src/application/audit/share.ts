import { err, ok, type Result } from 'neverthrow';
import type { ScanShare } from '../log/scanStreams.ts';
import { inProgressOf, type AuditOptions, type AuditReport } from './audit.ts';
import type { AuditError } from './check.ts';
import { createFindingReport } from './findingReport.ts';
import type { PartItem } from './part.ts';
import { scanForAudit, type AuditDependencies } from './scanForAudit.ts';

type ShareOptions = AuditOptions & { readonly share: ScanShare };

/** What one share of an audit has counted and found, and what it leaves to the whole. */
export type AuditShare = {
  readonly report: AuditReport;
  readonly items: () => Iterable<PartItem>;
};

/**
 * One of several processes that audit the log together. It judges each stream that can be judged by
 * itself; what needs the others is joined with what they have left (`createAuditJoin`).
 */
export const createShareAudit =
  (dependencies: AuditDependencies) =>
  async (options: ShareOptions): Promise<Result<AuditShare, AuditError>> => {
    const { checks } = options;
    const report = createFindingReport(checks, options.onFinding);
    const scanned = await scanForAudit(dependencies, options, report);
    if (scanned.isErr()) return err(scanned.error);
    const { progress: _progress, ...counted } = scanned.value;
    return ok({
      report: { ...counted, findings: report.counts(), inProgress: inProgressOf(checks) },
      items: function* () {
        for (const { part } of checks) yield* part?.() ?? [];
      },
    });
  };
