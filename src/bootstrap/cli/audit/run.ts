import { err, ok, type Result } from 'neverthrow';
import type { AuditReport, createAudit } from '../../../application/audit/audit.ts';
import type { AuditError, Finding } from '../../../application/audit/check.ts';
import type { WaitingReport } from '../../../application/audit/logChecks.ts';
import type { JsonObject } from '../../../application/ports/json.ts';
import type { CommandOutcome } from '../shared/command.ts';
import { EXIT, failed, failureOf, type CliFailure } from '../shared/failure.ts';
import type { Output } from '../shared/output.ts';
import { createProgress } from '../shared/progress.ts';
import type { AuditCommandOptions, AuditPart, PartReport } from './part.ts';
import { createKept, findingText, reportText, reportValue } from './report.ts';

type AuditRun = {
  readonly output: Output;
  readonly options: AuditCommandOptions;
  readonly audit: ReturnType<typeof createAudit>;
  readonly waiting: () => WaitingReport;
  readonly parts: readonly AuditPart[];
  /** The time that everything is judged at, in milliseconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
};

/** One audit with all its parts, from the first commit to the report. */
export const runAudit = async (run: AuditRun): CommandOutcome => {
  const { output, options, waiting, parts, now } = run;
  const kept = createKept();
  const audited = await auditWithParts(run, kept.add);
  if (audited.isErr()) {
    for (const { abandon } of parts) await abandon?.();
    return err(audited.error);
  }
  const about = { report: audited.value, waiting: waiting(), options, now };
  let value: JsonObject = reportValue(about);
  const told: PartReport[] = [];
  for (const { finish } of parts) {
    const finished = await finish?.(value);
    if (finished === undefined) continue;
    if (finished.isErr()) return err(finished.error);
    told.push(finished.value);
    value = { ...value, ...finished.value.value };
  }
  output.data(value, () =>
    [reportText({ ...about, kept: kept.all() }), ...told.flatMap(({ lines }) => lines)].join('\n'),
  );
  const faults = told.reduce((sum, each) => sum + (each.faults ?? 0), kept.count());
  return ok(faults === 0 ? EXIT.OK : EXIT.FAILED);
};

const auditWithParts = async (
  { output, options, audit, parts, signal }: AuditRun,
  keep: (finding: Finding) => void,
): Promise<Result<AuditReport, CliFailure>> => {
  const failing = parts.flatMap(({ failed: fails }) => (fails === undefined ? [] : [fails]));
  const progress = createProgress(output, {
    unit: 'commits read',
    speed: { from: 0, rough: true },
  });
  const audited = await audit({
    segments: options.segments,
    readUnitsPerSecond: options.maxRcu,
    checks: parts.flatMap(({ checks = [] }) => checks),
    observers: parts.flatMap(({ observers = [] }) => observers),
    signal: AbortSignal.any([signal, ...failing]),
    onFinding: (finding) => {
      keep(finding);
      for (const { onFinding } of parts) onFinding?.(finding);
      if (output.json) output.data({ type: 'finding', ...finding }, () => findingText(finding));
    },
    onProgress: ({ commits, commitsTotal, findings }) =>
      progress.update(commits, {
        facts: `${findings} findings`,
        ...(commitsTotal === undefined ? {} : { total: commitsTotal }),
      }),
  });
  progress.stop();
  // A scan that is stopped ends without an error, and short.
  if (audited.isOk() && signal.aborted) {
    return err(failed('Aborted', 'stopped before the end: nothing is proven; run it again'));
  }
  return audited.mapErr((error) => failureOf(error satisfies AuditError));
};
