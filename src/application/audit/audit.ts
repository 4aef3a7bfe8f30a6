import { err, ok, type Result } from 'neverthrow';
import type { ScanBounds } from '../log/scanStreams.ts';
import type { AuditCheck, AuditError, Finding } from './check.ts';
import { createFindingReport, type FindingCounts, type FindingReport } from './findingReport.ts';
import {
  scanForAudit,
  type AuditDependencies,
  type AuditProgress,
  type Observer,
} from './scanForAudit.ts';
import type { AuditTotals } from './totals.ts';

export type AuditOptions = ScanBounds & {
  readonly checks: readonly AuditCheck[];
  readonly observers?: readonly Observer[];
  readonly onFinding?: (finding: Finding) => void;
  readonly onProgress?: (progress: AuditProgress) => void;
};

export type AuditReport = AuditTotals & {
  readonly commits: number;
  readonly readUnits: number;
  readonly findings: FindingCounts;
  /** Streams that cannot be read, so that nothing was decided from them. Each has its finding. */
  readonly unreadable: number;
  /** The number of facts that were not judged because they happened within the grace time. */
  readonly inProgress: number;
};

/**
 * Verifies the log in one scan, in which each check sees every stream. By its types nothing here
 * can write, send or charge. Memory is bounded by the scan and by each check; findings are reported
 * and not kept.
 */
export const createAudit =
  (dependencies: AuditDependencies) =>
  async (options: AuditOptions): Promise<Result<AuditReport, AuditError>> => {
    const { checks, signal } = options;
    const report = createFindingReport(checks, options.onFinding);
    const scanned = await scanForAudit(dependencies, options, report);
    if (scanned.isErr()) return err(scanned.error);
    const { progress, ...counted } = scanned.value;
    const concluded = await conclude(checks, report, {
      signal,
      onFindings: () => options.onProgress?.({ ...progress, findings: report.found() }),
    });
    return concluded.map(() => ({
      ...counted,
      findings: report.counts(),
      inProgress: inProgressOf(checks),
    }));
  };

type ConcludeOptions = {
  readonly signal: AbortSignal | undefined;
  readonly onFindings: () => void;
};

/** Has each check judge what it kept, once it has seen every stream. */
export const conclude = async (
  checks: readonly AuditCheck[],
  report: FindingReport,
  { signal, onFindings }: ConcludeOptions,
): Promise<Result<void, AuditError>> => {
  for (const check of checks) {
    for await (const findings of check.conclude?.(signal) ?? []) {
      if (findings.isErr()) return err(findings.error);
      report.add(findings.value);
      onFindings();
    }
  }
  return ok();
};

export const inProgressOf = (checks: readonly AuditCheck[]): number =>
  checks.reduce((sum, { inProgress }) => sum + (inProgress?.() ?? 0), 0);
