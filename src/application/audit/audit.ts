import { err, ok, ResultAsync, type Result } from 'neverthrow';
import type { Clock } from '../ports/clock.ts';
import type { CorruptStream, EventStore } from '../ports/eventStore.ts';
import {
  scanStreams,
  sizeOf,
  type LogSize,
  type ScanBounds,
  type ScannedStream,
  type ScanProgress,
} from '../log/scanStreams.ts';
import type { AuditError, AuditCheck, Finding, Invariant } from './check.ts';
import { undecodableIn } from './decodedStreams.ts';
import { createTotals, type AuditTotals } from './totals.ts';

export type AuditDependencies = {
  readonly store: Pick<EventStore, 'scan' | 'load' | 'size'>;
  readonly clock: Clock;
};

/** Sees everything that the scan shows, including unreadable streams, before any check does. */
export type Observer = (streams: readonly ScannedStream[]) => Promise<Result<void, AuditError>>;

export type AuditProgress = ScanProgress & LogSize & { readonly findings: number };

export type AuditOptions = ScanBounds & {
  readonly checks: readonly AuditCheck[];
  readonly observers?: readonly Observer[];
  readonly onFinding?: (finding: Finding) => void;
  readonly onProgress?: (progress: AuditProgress) => void;
};

export type AuditReport = AuditTotals & {
  readonly commits: number;
  readonly readUnits: number;
  /** The number of findings for each invariant that was checked to its end. */
  readonly findings: Readonly<Partial<Record<Invariant, number>>>;
  /** Streams that cannot be read, so that nothing was decided from them. Each has its finding. */
  readonly unreadable: number;
  /** The number of facts that were not judged because they happened within the grace time. */
  readonly inProgress: number;
};

/** Findings and unreadable streams that are remembered, to report each once: a few MB. */
const REMEMBERED_MAX = 100_000;

/**
 * Verifies the log in one scan, in which each check sees every stream. By its types nothing here
 * can write, send or charge. Memory is bounded by the scan and by each check; findings are reported
 * and not kept.
 */
export const createAudit =
  ({ store, clock }: AuditDependencies) =>
  async (options: AuditOptions): Promise<Result<AuditReport, AuditError>> => {
    const { segments, readUnitsPerSecond, checks, observers = [], signal } = options;
    const totals = createTotals();
    const unreadable = new Set<string>();
    const report = createFindingReport(checks, options.onFinding);
    const size = await sizeOf(store);

    const visit = createVisit({ checks, observers, totals, unreadable, report });
    let progress: ScanProgress = { commits: 0, streams: 0, readUnits: 0, throttles: 0 };
    const scanned = await scanStreams(
      { store, clock },
      {
        segments,
        readUnitsPerSecond,
        signal,
        visit,
        onPage: (_segment, _place, now) => {
          progress = now;
          options.onProgress?.({ ...now, ...size, findings: report.found() });
        },
      },
    );
    if (scanned.isErr()) return err(scanned.error);
    for (const check of checks) {
      for await (const findings of check.conclude?.(signal) ?? []) {
        if (findings.isErr()) return err(findings.error);
        report.add(findings.value);
        options.onProgress?.({ ...progress, ...size, findings: report.found() });
      }
    }
    const { commits, readUnits } = scanned.value;
    return ok({
      ...totals.totals(),
      commits,
      readUnits,
      findings: report.counts(),
      unreadable: unreadable.size,
      inProgress: checks.reduce((sum, { inProgress }) => sum + (inProgress?.() ?? 0), 0),
    });
  };

const createFindingReport = (
  checks: readonly AuditCheck[],
  onFinding: AuditOptions['onFinding'],
) => {
  const always: readonly Invariant[] = ['readable', 'contiguous'];
  const counts = new Map<Invariant, number>(
    [...always, ...checks.flatMap(({ proves }) => proves)].map((name) => [name, 0]),
  );
  const reported = new Set<string>();
  let found = 0;
  return {
    add: (findings: readonly Finding[]): void => {
      for (const finding of findings) {
        const key = [finding.invariant, finding.streamId, finding.version, finding.why].join('|');
        if (reported.has(key)) continue;
        if (reported.size < REMEMBERED_MAX) reported.add(key);
        found += 1;
        counts.set(finding.invariant, (counts.get(finding.invariant) ?? 0) + 1);
        onFinding?.(finding);
      }
    },
    found: () => found,
    counts: (): AuditReport['findings'] => Object.fromEntries(counts),
  };
};

const createVisit = ({
  checks,
  observers,
  totals,
  unreadable,
  report,
}: {
  readonly checks: readonly AuditCheck[];
  readonly observers: readonly Observer[];
  readonly totals: ReturnType<typeof createTotals>;
  readonly unreadable: Set<string>;
  readonly report: ReturnType<typeof createFindingReport>;
}) => {
  /** Whether it cannot be read: then nothing is decided from it. */
  const isUnreadable = (stream: ScannedStream): boolean => {
    const corrupt = stream.corrupt ?? undecodableIn(stream);
    if (corrupt === undefined) return false;
    if (unreadable.size < REMEMBERED_MAX) unreadable.add(stream.streamId);
    report.add([findingOf(corrupt)]);
    return true;
  };

  return async (streams: readonly ScannedStream[]): Promise<Result<void, AuditError>> => {
    for (const observe of observers) {
      const observed = await observe(streams);
      if (observed.isErr()) return err(observed.error);
    }
    for (const stream of streams) {
      if (isUnreadable(stream)) continue;
      totals.add(stream);
      for (const check of checks) {
        const visited = check.visit(stream);
        const findings = visited instanceof ResultAsync ? await visited : ok(visited);
        if (findings.isErr()) return err(findings.error);
        report.add(findings.value);
      }
    }
    return ok();
  };
};

const findingOf = ({ streamId, version, why, fault }: CorruptStream): Finding => ({
  invariant: fault === undefined || fault === 'unknown' ? 'readable' : 'contiguous',
  streamId,
  version,
  why,
  evidence: fault === undefined ? {} : { fault },
});
