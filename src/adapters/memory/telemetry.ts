import type { Telemetry, TelemetryRecord } from '../../application/ports/telemetry.ts';
import { redact } from '../telemetry/redact.ts';

export type MemoryTelemetry = Telemetry & {
  /** The kept records, the oldest first, as a sink would show them. */
  records(): readonly TelemetryRecord[];
};

/** Keeps the last `recordsMax` records; older ones are dropped and counted. */
export const createMemoryTelemetry = (
  options: { readonly recordsMax?: number } = {},
): MemoryTelemetry => {
  const { recordsMax = 10_000 } = options;
  const held: TelemetryRecord[] = [];
  let dropped = 0;

  return {
    record(record) {
      held.push(redact(record));
      if (held.length > recordsMax) {
        held.shift();
        dropped += 1;
      }
    },
    flush: () => Promise.resolve({ written: held.length, dropped, rejected: 0 }),
    records: () => [...held],
  };
};
