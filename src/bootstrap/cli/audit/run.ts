import { err, ok, type Result, type ResultAsync } from 'neverthrow';
import * as z from 'zod';
import { recordHeads } from '../../../adapters/evidence/tee.ts';
import { type BundleWriter, createBundleWriter } from '../../../adapters/evidence/writer.ts';
import type { AuditOptions, AuditReport } from '../../../application/audit/audit.ts';
import { conclusionOf, type CountedAudit } from '../../../application/audit/conclusion.ts';
import type {
  GatewayCheck,
  GatewayTotals,
} from '../../../application/audit/gateway/gatewayCheck.ts';
import type { createLogChecks } from '../../../application/audit/logChecks.ts';
import type { ScanShare } from '../../../application/log/scanStreams.ts';
import type { JsonObject } from '../../../application/ports/json.ts';
import type { Services } from '../../tokens.ts';
import type { Session } from '../common/command.ts';
import { EXIT, failed, failureOf, type CliFailure, type ExitCode } from '../common/failure.ts';
import type { ScanFlags } from '../common/options.ts';
import { COMMITS_READ, createAuditProgress, readProgress, type ReadProgress } from './progress.ts';
import {
  createKept,
  findingText,
  gatewayLines,
  reportText,
  reportValue,
  sumsJson,
} from './report.ts';
import { VERSION } from '../../version.ts';

/** The last part of the report, about the evidence. */
export type Conclusion = {
  readonly bundle?: JsonObject;
  /** The hash of the evidence that was written. */
  readonly manifestSha256?: string;
  readonly lines: readonly string[];
  /** The number of faults beside the findings. */
  readonly faults: number;
  /** Whether the log says now that it was audited; absent for an audit of files. */
  readonly recorded?: boolean;
};

type AuditReadOptions = Required<Pick<AuditOptions, 'checks' | 'observers' | 'onFinding'>> & {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ReadProgress) => void;
};

export type AuditRun = {
  readonly options: { readonly grace: number };
  /** Has the checks see what is audited, and conclude. */
  readonly read: (options: AuditReadOptions) => Promise<Result<AuditReport, CliFailure>>;
  /** What the progress counts. */
  readonly unit?: string;
  /** The checks of the log and of what is derived from it; with `--queues` of the queues, too. */
  readonly log: ReturnType<typeof createLogChecks>;
  /** Undefined without `--gateway`. */
  readonly gateway: GatewayCheck | undefined;
  /** Writes down what is read and found, for `--export`. */
  readonly writer?: BundleWriter | undefined;
  /** The time as of which everything is judged, in milliseconds since the epoch. */
  readonly now: number;
};

/** One audit, from the first commit to its report, which is shown by `report`. */
export const runAudit = async (
  { output, untilStopped }: Pick<Session, 'output' | 'untilStopped'>,
  { options, read, unit = COMMITS_READ, log, gateway, writer, now }: AuditRun,
): Promise<Result<AuditOutcome, CliFailure>> => {
  const signal = untilStopped();
  const kept = createKept();
  const progress = createAuditProgress(output, unit);
  const audited = await read({
    checks: [...log.checks, ...(gateway === undefined ? [] : [gateway])],
    observers: writer === undefined ? [] : [recordHeads(writer.write)],
    // An audit does not go on where the evidence cannot be written; its conclusion says why.
    signal: writer === undefined ? signal : AbortSignal.any([signal, writer.failed]),
    onFinding: (finding) => {
      kept.add(finding);
      void writer?.write('findings.jsonl', finding);
      if (output.json) output.data({ type: 'finding', ...finding }, () => findingText(finding));
    },
    onProgress: progress.update,
  });
  progress.stop();
  if (audited.isErr() || signal.aborted) {
    await writer?.abandon();
    // A scan that is stopped ends without an error, and short.
    return err(audited.isErr() ? audited.error : failed('Aborted', STOPPED));
  }
  const totals = gateway?.totals();
  const about = { report: audited.value, waiting: log.waiting(), options, now };
  const value = { ...reportValue(about), ...(totals && { gateway: totals }) };
  return ok({
    value,
    conclusion: conclusionOf(audited.value, log.waiting(), now),
    report: ({ bundle, lines, faults, recorded } = { lines: [], faults: 0 }) => {
      const ofGateway = totals === undefined ? [] : gatewayLines(totals);
      output.data(
        { ...value, sums: sumsJson(value), ...(bundle && { bundle }), recorded },
        (columns) =>
          [reportText({ ...about, kept: kept.all(), columns }), ...ofGateway, ...lines].join('\n'),
      );
      return kept.count() + faults === 0 ? EXIT.OK : EXIT.FAILED;
    },
  });
};

export type AuditOutcome = {
  /** The report for machines. */
  readonly value: ReturnType<typeof reportValue> & { readonly gateway?: GatewayTotals };
  /** The conclusion to record, without what is only known later. */
  readonly conclusion: CountedAudit;
  /** Prints the report, with a conclusion about evidence that was written, or was read. */
  readonly report: (conclusion?: Conclusion) => ExitCode;
};

/** Audits the log itself, in one scan. */
export const readLog =
  (audit: Services['audit'], { segments, maxRcu }: ScanFlags): AuditRun['read'] =>
  async ({ onProgress, ...options }) => {
    const audited = await audit({
      ...options,
      segments,
      readUnitsPerSecond: maxRcu,
      onProgress: (progress) => onProgress(readProgress(progress)),
    });
    return audited.mapErr(failureOf);
  };

export const STOPPED = 'stopped before the end: nothing is proven; run it again';

/** The options as commander gives them. Times are in milliseconds. */
export type AuditCommandOptions = ScanFlags & {
  /** False with `--no-record`; true by default. */
  readonly record: boolean;
  readonly grace: number;
  readonly queues?: boolean;
  readonly gateway?: boolean;
  readonly gatewaySince?: number;
  readonly foreignPayments?: 'apart' | 'report' | 'ignore';
  readonly export?: string;
  readonly offline?: string;
  readonly manifestSha256?: string;
  readonly share?: ScanShare;
  readonly part?: string;
  readonly join?: readonly string[];
};

const whole = z.int().min(0);

/**
 * The way in which a bundle was made, and its sources: all that it takes to audit it again in the
 * same way.
 */
const subjectSchema = z.strictObject({
  eventsTable: z.string(),
  invoicesTable: z.string(),
  graceMs: whole,
  giveUpMs: whole,
  gateway: z
    .strictObject({ since: whole.optional(), foreign: z.enum(['apart', 'report', 'ignore']) })
    .optional(),
  /** The number of findings of each invariant. */
  findings: z.record(z.string(), z.union([whole, z.literal('not checked')])),
});

export type AuditSubject = z.output<typeof subjectSchema>;

export const parseSubject = (value: unknown): AuditSubject | undefined =>
  subjectSchema.safeParse(value).data;

export const openExport = (folder: string): ResultAsync<BundleWriter, CliFailure> =>
  createBundleWriter(folder).mapErr(({ why }) => failed('Export', why));

/** Closes the bundle, once the report that belongs into it is known. */
export const finishExport = async (
  writer: BundleWriter,
  report: AuditOutcome['value'],
  { folder, subject, startedAt }: ExportOptions,
): Promise<Result<Conclusion, CliFailure>> => {
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
    manifestSha256,
    bundle: { folder, manifestSha256, bytes, files: files.map((file) => ({ ...file })) },
    faults: 0,
    lines: [
      '',
      `The evidence is in ${folder}: ${files.length} files and a manifest, ${bytes} bytes.`,
      'It holds personal data, the ids and mail addresses of customers: keep it as ' +
        'you keep those.',
      'Keep this line where nobody who can write the files can reach it, the SHA-256 ' +
        'of the manifest:',
      manifestSha256,
    ],
  });
};

type ExportOptions = {
  readonly folder: string;
  readonly subject: Omit<AuditSubject, 'findings'>;
  readonly startedAt: number;
};
