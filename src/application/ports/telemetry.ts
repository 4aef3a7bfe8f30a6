/** One value, or several measured since the last record, as counts are. */
export type Metric = {
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds' | 'Bytes';
  readonly values: readonly number[];
};

/** One structured record. Never holds personal data, payment tokens or message bodies. */
export type TelemetryRecord = {
  readonly level: 'info' | 'warn' | 'error';
  /** A fixed name of the event, such as `message.handled` or `payment.captured`. */
  readonly event: string;
  readonly orderId?: string;
  readonly correlationId?: string;
  readonly causationId?: string;
  readonly messageId?: string;
  readonly attempt?: number;
  readonly durationMs?: number;
  readonly outcome?: string;
  /** Further facts of this event: scalars only. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Values that become metrics where the log service supports it. They may be counted more than
   * once, so that no sum of money relies on them.
   */
  readonly metrics?: Readonly<Record<string, Metric>>;
};

export type TelemetryReport = {
  readonly written: number;
  /** The number of records for which there was no memory, or no time to write them. */
  readonly dropped: number;
  /** The number of records that the log service refused: too old, too new, expired or too large. */
  readonly rejected: number;
};

export interface Telemetry {
  /** Returns at once and never throws. Records that cannot be kept are counted. */
  record(record: TelemetryRecord): void;

  /** Writes what is waiting, for at most `deadlineMs`, then reports the fate of all records. */
  flush(deadlineMs: number): Promise<TelemetryReport>;
}
