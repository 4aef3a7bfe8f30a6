import type { Result } from 'neverthrow';
import type { AuditReport, Observer } from '../../../application/books/audit/audit.ts';
import type { Check } from '../../../application/books/audit/check.ts';
import type { CliFailure } from '../failure.ts';

/** As commander gives them. Milliseconds, where they are times. */
export type AuditCommandOptions = {
  readonly segments: number;
  readonly maxRcu?: number;
  readonly grace: number;
  readonly queues?: boolean;
};

/** What one part of the options adds to an audit. */
export type AuditPart = {
  readonly checks?: readonly Check[];
  readonly observers?: readonly Observer[];
  /** After the last check. */
  readonly finish?: (report: AuditReport) => Promise<Result<void, CliFailure>>;
};
