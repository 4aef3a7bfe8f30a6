import { Result } from 'neverthrow';
import type { TelemetryRecord } from '../../application/ports/telemetry.ts';
import { redact } from './redact.ts';

export type LineStamp = {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Unique to the line: the log service may store one put twice, and a reader tells by this. */
  readonly id: string;
  readonly service: string;
};

/** One record as a line of JSON; an error if it holds what JSON cannot, in spite of its type. */
export const toLine = Result.fromThrowable(
  (record: TelemetryRecord, stamp: LineStamp): string => {
    const { level, event, facts, ...names } = redact(record);
    const time = new Date(stamp.time).toISOString();
    const line = { time, level, service: stamp.service, event, id: stamp.id, ...names };
    // Twice, so that these names come first and no fact can take the place of one.
    return JSON.stringify({ ...line, ...facts, ...line });
  },
  (error) => String(error),
);
