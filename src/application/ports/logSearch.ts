import type { ResultAsync } from 'neverthrow';
import type { DependencyError } from './failures.ts';
import type { TelemetryRecord } from './telemetry.ts';

export type LogTerm = {
  readonly name: 'orderId' | 'correlationId' | 'messageId' | 'event';
  readonly value: string;
};

/** A record as it is in the log, without its metrics. */
export type LogLine = Omit<TelemetryRecord, 'metrics'> & {
  /** The id of the line; the log service may keep one line twice. */
  readonly id: string;
  /** Milliseconds since the epoch, by the clock of the process that wrote it. */
  readonly at: number;
  readonly service: string;
  readonly logStream: string;
  /** The size of the line in UTF-8. */
  readonly bytes: number;
};

export type LogSearchResult = {
  /** The records, each once, the oldest first. */
  readonly records: readonly LogLine[];
  readonly isCut: boolean;
  /** Terms that were not searched for: records hold them masked, or a query cannot express them. */
  readonly unsearched: readonly LogTerm[];
};

/** The structured records of the services. This interface only reads. */
export interface LogSearch {
  /** Finds the records that contain at least one of the terms, written at `from` or later. */
  find(query: {
    readonly terms: readonly LogTerm[];
    /** Milliseconds since the epoch. */
    readonly from: number;
    readonly signal?: AbortSignal;
  }): ResultAsync<LogSearchResult, DependencyError>;
}
