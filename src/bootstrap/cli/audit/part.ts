import type { Result } from 'neverthrow';
import type { Observer } from '../../../application/audit/audit.ts';
import type { AuditCheck, Finding } from '../../../application/audit/check.ts';
import type { JsonObject } from '../../../application/ports/json.ts';
import type { CliFailure } from '../shared/failure.ts';
import type { ScanFlags } from '../shared/options.ts';

/** As commander gives them. Milliseconds, where they are times. */
export type AuditCommandOptions = ScanFlags & {
  readonly grace: number;
  readonly queues?: boolean;
  readonly gateway?: boolean;
  readonly gatewaySince?: number;
  readonly foreignPayments?: 'apart' | 'report' | 'ignore';
  readonly export?: string;
  readonly offline?: string;
  readonly manifestSha256?: string;
};

/** What one part has to say besides its findings. `faults` are what the audit itself could not find. */
export type PartReport = {
  /** Under this name in the report for machines. */
  readonly value: JsonObject;
  readonly lines: readonly string[];
  readonly faults?: number;
};

/** What one part of the options adds to an audit. */
export type AuditPart = {
  readonly checks?: readonly AuditCheck[];
  readonly observers?: readonly Observer[];
  readonly onFinding?: (finding: Finding) => void;
  /** Fires when it is of no use to go on; `finish` says why. */
  readonly failed?: AbortSignal;
  /** After the last check, with the report for machines as the parts before this one have made it. */
  readonly finish?: (report: JsonObject) => Promise<Result<PartReport, CliFailure>>;
  /** In place of `finish`, where the audit did not come to its end. */
  readonly abandon?: () => Promise<void>;
};
