/** One number, or several measured since the last record. Counts are since the last record too. */
export type Metric = {
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds' | 'Bytes';
  readonly values: readonly number[];
};

/** One structured record. Never holds personal data, payment tokens or message bodies. */
export type TelemetryRecord = {
  readonly level: 'info' | 'warn' | 'error';
  /** What happened, as a fixed name such as `message.handled` or `payment.captured`. */
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
  /** Becomes metrics where the log service can make them of it; at least once, so never the truth of money. */
  readonly metrics?: Readonly<Record<string, Metric>>;
};

/** What became of all records so far. */
export type TelemetryReport = {
  readonly written: number;
  /** Left out because the memory set aside for records was full, or they could not be written in time. */
  readonly dropped: number;
  /** Refused by the log service: too old, too new, expired or too large. */
  readonly rejected: number;
};

export interface Telemetry {
  /** Returns at once and never throws; what cannot be kept is counted. */
  record(record: TelemetryRecord): void;

  /** Writes what is held, for at most `deadlineMs`, then tells what became of everything. */
  flush(deadlineMs: number): Promise<TelemetryReport>;
}
