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
  type ScanShare,
} from '../log/scanStreams.ts';
import type { AuditCheck, AuditError, Finding } from './check.ts';
import { undecodableIn } from './decodedStreams.ts';
import type { FindingReport } from './findingReport.ts';
import { createTotals, type AuditTotals, type TotalsCount } from './totals.ts';

export type AuditDependencies = {
  readonly store: Pick<EventStore, 'scan' | 'load' | 'size'>;
  readonly clock: Clock;
};

/** Sees everything that the scan shows, including unreadable streams, before any check does. */
export type Observer = (streams: readonly ScannedStream[]) => Promise<Result<void, AuditError>>;

export type AuditProgress = ScanProgress & LogSize & { readonly findings: number };

type ScanForAuditOptions = ScanBounds & {
  readonly checks: readonly AuditCheck[];
  readonly observers?: readonly Observer[];
  readonly share?: ScanShare;
  readonly onProgress?: (progress: AuditProgress) => void;
};

/** What a scan has counted of its part of the log. */
type ScannedLog = AuditTotals & {
  readonly commits: number;
  readonly readUnits: number;
  readonly unreadable: number;
  /** The last progress, without findings. */
  readonly progress: ScanProgress & LogSize;
};

/** Unreadable streams that are remembered, to count each once: a few MB. */
const UNREADABLE_MAX = 100_000;

/** Shows every stream of the log, or of a share of it, to each check. */
export const scanForAudit = async (
  { store, clock }: AuditDependencies,
  options: ScanForAuditOptions,
  report: FindingReport,
): Promise<Result<ScannedLog, AuditError>> => {
  const { segments, readUnitsPerSecond, checks, observers = [], share, signal } = options;
  const totals = createTotals();
  const unreadable = new Set<string>();
  const size = await sizeOf(store, share);
  let progress: ScanProgress = { commits: 0, streams: 0, readUnits: 0, throttles: 0 };
  const scanned = await scanStreams(
    { store, clock },
    {
      segments,
      share,
      readUnitsPerSecond,
      signal,
      visit: createVisit({ checks, observers, totals, unreadable, report }),
      onPage: (_segment, _place, now) => {
        progress = now;
        options.onProgress?.({ ...now, ...size, findings: report.found() });
      },
    },
  );
  return scanned.map(({ commits, readUnits }) => ({
    ...totals.totals(),
    commits,
    readUnits,
    unreadable: unreadable.size,
    progress: { ...progress, ...size },
  }));
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
  readonly totals: TotalsCount;
  readonly unreadable: Set<string>;
  readonly report: FindingReport;
}) => {
  /** Whether it cannot be read: then nothing is decided from it. */
  const isUnreadable = (stream: ScannedStream): boolean => {
    const corrupt = stream.corrupt ?? undecodableIn(stream);
    if (corrupt === undefined) return false;
    if (unreadable.size < UNREADABLE_MAX) unreadable.add(stream.streamId);
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
