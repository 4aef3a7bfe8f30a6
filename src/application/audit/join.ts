import { err, ok, ResultAsync, type Result } from 'neverthrow';
import { conclude, inProgressOf, type AuditOptions, type AuditReport } from './audit.ts';
import type { AuditError, Finding, Invariant } from './check.ts';
import { createFindingReport } from './findingReport.ts';
import type { PartItem } from './part.ts';
import { createTotals } from './totals.ts';

type JoinOptions = Pick<AuditOptions, 'checks' | 'onFinding' | 'signal'> & {
  /** What the shares have checked that no check here does. */
  readonly alsoChecked: readonly Invariant[];
  readonly onFindings?: () => void;
};

/** What a share has counted. Its findings come one by one. */
export type ShareCounts = Omit<AuditReport, 'findings'>;

export type AuditJoin = {
  readonly addFinding: (finding: Finding) => void;
  readonly addCounts: (counts: ShareCounts) => void;
  readonly add: (item: PartItem) => Promise<Result<void, AuditError>>;
  /** Judges what is left once every part of every share was added. */
  readonly conclude: () => Promise<Result<AuditReport, AuditError>>;
  readonly found: () => number;
};

/**
 * Joins what the shares of one audit have left, in whatever order, to the report of the whole.
 * Differences are read again from the log before they are findings, as in an audit by one process,
 * so that what live traffic did between the shares is none.
 */
export const createAuditJoin = (options: JoinOptions): AuditJoin => {
  const { checks, signal, alsoChecked, onFindings = () => undefined } = options;
  const report = createFindingReport(checks, options.onFinding, alsoChecked);
  const totals = createTotals();
  const counted = { commits: 0, readUnits: 0, unreadable: 0, inProgress: 0 };
  return {
    addFinding: (finding) => report.add([finding]),
    addCounts: (counts) => {
      totals.join(counts);
      for (const name of ['commits', 'readUnits', 'unreadable', 'inProgress'] as const) {
        counted[name] += counts[name];
      }
    },
    add: async (item) => {
      for (const { join } of checks) {
        const joined = join?.(item) ?? [];
        const findings = joined instanceof ResultAsync ? await joined : ok(joined);
        if (findings.isErr()) return err(findings.error);
        report.add(findings.value);
      }
      return ok();
    },
    conclude: async () =>
      (await conclude(checks, report, { signal, onFindings })).map(() => ({
        ...totals.totals(),
        ...counted,
        findings: report.counts(),
        inProgress: counted.inProgress + inProgressOf(checks),
      })),
    found: () => report.found(),
  };
};
