import { monotonicFactory } from 'ulid';
import type { Clock } from '../../application/ports/clock.ts';
import type { Telemetry } from '../../application/ports/telemetry.ts';
import { toLine } from '../telemetry/line.ts';
import { WAITING_BYTES_MAX, type ConsoleStream } from './telemetry.ts';

/** For machines: writes the line of the log service to stdout. */
export const createJsonTelemetry = (
  clock: Pick<Clock, 'now'>,
  {
    service,
    metricsNamespace,
    stream = process.stdout,
  }: {
    readonly service: string;
    /** For processes whose stdout goes to CloudWatch Logs. */
    readonly metricsNamespace?: string;
    readonly stream?: ConsoleStream;
  },
): Telemetry => {
  const createId = monotonicFactory();
  const counts = { written: 0, dropped: 0, rejected: 0 };
  return {
    record(record) {
      const time = clock.now();
      const line = toLine(record, { time, id: createId(time), service, metricsNamespace });
      if (line.isErr()) counts.rejected += 1;
      else if (stream.writableLength > WAITING_BYTES_MAX) counts.dropped += 1;
      else {
        stream.write(`${line.value}\n`);
        counts.written += 1;
      }
    },
    flush: () => Promise.resolve({ ...counts }),
  };
};
