import { okAsync } from 'neverthrow';
import type { Telemetry, TelemetryRecord } from '../../application/ports/telemetry.ts';
import { redact } from '../telemetry/redact.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { LogLine, LogSearch } from '../../application/ports/logSearch.ts';
import { toLine } from '../telemetry/line.ts';
import { holdsOneOf, isSearchable, readLine } from '../telemetry/readLine.ts';

type MemoryTelemetry = Telemetry & {
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

type MemoryLogSearch = LogSearch & {
  /** The sink for the records of one process. */
  streamOf(logStream: string, service: string): Telemetry;
};

/** The lines of several processes, as a log service would keep them. */
export const createMemoryLogSearch = (
  { clock }: { readonly clock: Pick<Clock, 'now'> },
  { recordsMax = 10_000 }: { readonly recordsMax?: number } = {},
): MemoryLogSearch => {
  const lines: LogLine[] = [];
  let written = 0;
  return {
    streamOf: (logStream, service) => ({
      record: (record) => {
        written += 1;
        const timestamp = clock.now();
        const stamp = { time: timestamp, id: `line-${written}`, service };
        const line = toLine(record, stamp).map((message) =>
          readLine({ timestamp, logStream, message }),
        );
        if (line.isOk() && line.value !== undefined) lines.push(line.value);
      },
      flush: () => Promise.resolve({ written, dropped: 0, rejected: 0 }),
    }),
    find: ({ terms, from }) => {
      const asked = terms.filter(isSearchable);
      const found = lines.filter((line) => line.at >= from && holdsOneOf(line, asked));
      return okAsync({
        records: found.slice(0, recordsMax),
        isCut: found.length > recordsMax,
        unsearched: terms.filter((term) => !asked.includes(term)),
      });
    },
  };
};
