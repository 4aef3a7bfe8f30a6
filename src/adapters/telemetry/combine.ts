import type { Telemetry } from '../../application/ports/telemetry.ts';

/** Every record goes to each sink. The report counts a record as written if all sinks wrote it. */
export const combineTelemetry = (sinks: readonly [Telemetry, ...Telemetry[]]): Telemetry => ({
  record(record) {
    for (const sink of sinks) sink.record(record);
  },
  async flush(deadlineMs) {
    const reports = await Promise.all(sinks.map((sink) => sink.flush(deadlineMs)));
    return {
      written: Math.min(...reports.map(({ written }) => written)),
      dropped: Math.max(...reports.map(({ dropped }) => dropped)),
      rejected: Math.max(...reports.map(({ rejected }) => rejected)),
    };
  },
});
