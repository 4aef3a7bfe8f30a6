import type { ResultAsync } from 'neverthrow';
import type { Misconfiguration, Unavailable } from './failures.ts';
import type { TelemetryRecord } from './telemetry.ts';

/** What a record can be found by. */
export type LogTerm = {
  readonly name: 'orderId' | 'correlationId' | 'messageId';
  readonly value: string;
};

/** A record as it lies in the log, without its metrics. */
export type LogLine = Omit<TelemetryRecord, 'metrics'> & {
  /** Of the line; the log service may keep one line twice. */
  readonly id: string;
  /** Milliseconds since the epoch, by the clock of the process that wrote it. */
  readonly at: number;
  readonly service: string;
  /** One for each process. */
  readonly logStream: string;
  /** Of the line, in UTF-8. */
  readonly bytes: number;
};

export type LogSearchResult = {
  /** Each once, the oldest first. */
  readonly records: readonly LogLine[];
  /** There are more, which were not read. */
  readonly isCut: boolean;
  /** What could not be asked for: records hold it masked, or it cannot be put into a query. */
  readonly unsearched: readonly LogTerm[];
};

/** The structured records that services have left. Reading them changes nothing. */
export interface LogSearch {
  /** The records that hold one of the terms at least, written at `from` or later. */
  find(query: {
    readonly terms: readonly LogTerm[];
    /** Milliseconds since the epoch. */
    readonly from: number;
    readonly signal?: AbortSignal;
  }): ResultAsync<LogSearchResult, Unavailable | Misconfiguration>;
}
