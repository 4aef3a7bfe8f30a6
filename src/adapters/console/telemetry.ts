import type { Writable } from 'node:stream';
import pc from 'picocolors';
import { monotonicFactory } from 'ulid';
import type { Clock } from '../../application/ports/clock.ts';
import type { Telemetry, TelemetryRecord } from '../../application/ports/telemetry.ts';
import { redact } from '../telemetry/redact.ts';
import { toLine } from '../telemetry/line.ts';

/** The amount that may wait in memory while nobody reads the other end of a pipe. */
const WAITING_BYTES_MAX = 1_048_576;

type ConsoleStream = Pick<Writable, 'write' | 'writableLength'> & {
  readonly isTTY?: boolean;
};

/**
 * Telemetry for people: one short line for each record to stderr, so that stdout is the command's
 * own.
 */
export const createConsoleTelemetry = (
  clock: Pick<Clock, 'now'>,
  stream: ConsoleStream,
): Telemetry => {
  const colours = pc.createColors(pc.isColorSupported && stream.isTTY === true);
  const paint = { info: colours.cyan, warn: colours.yellow, error: colours.red };
  let written = 0;
  let dropped = 0;

  return {
    record(record) {
      if (stream.writableLength > WAITING_BYTES_MAX) {
        dropped += 1;
        return;
      }
      const time = colours.dim(new Date(clock.now()).toISOString().slice(11, 23));
      const level = paint[record.level](record.level.padEnd(5));
      stream.write(`${[time, level, ...words(redact(record))].join(' ')}\n`);
      written += 1;
    },
    flush: () => Promise.resolve({ written, dropped, rejected: 0 }),
  };
};

const words = (record: TelemetryRecord): readonly string[] => [
  record.event,
  ...(record.orderId === undefined ? [] : [printable(record.orderId)]),
  ...(record.outcome === undefined ? [] : [printable(record.outcome)]),
  ...(record.attempt === undefined ? [] : [`attempt ${record.attempt}`]),
  ...(record.durationMs === undefined ? [] : [`${Math.round(record.durationMs)} ms`]),
  ...Object.entries(record.facts ?? {}).map(([name, fact]) => `${name}=${printable(String(fact))}`),
  ...Object.entries(record.metrics ?? {}).flatMap(([name, { values }]) =>
    values.some((value) => value !== 0) ? [`${name}=${shortly(values)}`] : [],
  ),
];

/** A single value as it is, several by their extremes. Zeros are left out. */
const shortly = (values: readonly number[]): string => {
  const rounded = values.map(Math.round);
  const least = rounded.reduce((a, b) => Math.min(a, b));
  const greatest = rounded.reduce((a, b) => Math.max(a, b));
  return least === greatest ? String(least) : `${least}…${greatest}`;
};

/** Text from outside must neither break the line nor control the terminal. */
const printable = (text: string): string =>
  /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(text)
    ? text
    : JSON.stringify(text).replaceAll(
        /[\p{C}\p{Zl}\p{Zp}]/gu,
        (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
      );

/** Telemetry for machines: writes the line of the log service to stdout. */
export const createJsonTelemetry = (
  clock: Pick<Clock, 'now'>,
  {
    service,
    metricsNamespace,
    stream = process.stdout,
  }: {
    readonly service: string;
    /** The namespace of metrics, for processes whose stdout goes to CloudWatch Logs. */
    readonly metricsNamespace?: string;
    readonly stream?: ConsoleStream;
  },
): Telemetry => {
  const createId = monotonicFactory();
  const counts = { written: 0, dropped: 0, rejected: 0 };
  return {
    record(record) {
      const time = clock.now();
      const stamp = { time, isTimed: true, id: createId(time), service, metricsNamespace };
      const line = toLine(record, stamp);
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
