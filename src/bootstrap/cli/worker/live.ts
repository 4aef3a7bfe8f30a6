import { clearScreenDown, moveCursor } from 'node:readline';
import { createConsoleTelemetry } from '../../../adapters/console/telemetry.ts';
import { createSystemClock } from '../../../adapters/system/clock.ts';
import type { Telemetry, TelemetryRecord } from '../../../application/ports/telemetry.ts';
import type { RunningService, ServiceName } from '../../worker.ts';
import type { TextStream } from '../common/lifecycle.ts';
import { columnsOf, fit } from '../common/screen.ts';
import { tableOf } from '../common/table.ts';
import { durationOf } from '../common/text.ts';

const DRAW_EVERY_MS = 1_000;
/** The rate is that of the last seconds. */
const RATE_SECONDS = 10;

/** Shows what a worker does, in a few lines of the terminal that are drawn again each second. */
export type LiveSummary = {
  /** Counts what is handled; warnings and errors stay as lines above the summary. */
  telemetryOf(service: ServiceName): Telemetry;
  /** A line above the summary. */
  note(text: string): void;
  start(services: readonly Pick<RunningService, 'name' | 'consumer'>[]): void;
  /** Leaves its last state on the screen. */
  stop(): void;
};

export const createLiveSummary = (
  stream: TextStream,
  now: () => number = Date.now,
): LiveSummary => {
  const counts = new Map<ServiceName, HandledCounts>();
  let services: readonly Pick<RunningService, 'name' | 'consumer'>[] = [];
  let drawn = 0;
  let timer: NodeJS.Timeout | undefined;

  const erase = (): void => {
    if (drawn > 0) {
      moveCursor(stream, -(stream.columns ?? 0), -drawn);
      clearScreenDown(stream);
    }
    drawn = 0;
  };
  const draw = (): void => {
    erase();
    if (services.length === 0) return;
    const text = summaryText(services, { counts, now: now(), columns: columnsOf(stream) });
    drawn = text.split('\n').length;
    stream.write(`${text}\n`);
  };
  const write = (text: string): boolean => {
    erase();
    stream.write(text);
    draw();
    return true;
  };
  // It has the colours of the terminal, and writes above the summary.
  const lines = createConsoleTelemetry(createSystemClock(), {
    isTTY: stream.isTTY === true,
    write: (text: string) => write(fit(text, columnsOf(stream))),
    get writableLength() {
      return stream.writableLength;
    },
  });
  return {
    telemetryOf: (service) => {
      const handled = createHandledCounts();
      counts.set(service, handled);
      return {
        record: (record) => {
          handled.see(record, now());
          if (record.level === 'error' || isWarning(record)) lines.record(record);
        },
        // What is counted is reported as much as what is a line.
        flush: async (deadlineMs) => ({
          ...(await lines.flush(deadlineMs)),
          written: handled.seen(),
        }),
      };
    },
    note: (text) => void write(`${fit(text, columnsOf(stream))}\n`),
    start: (running) => {
      services = running;
      draw();
      timer = setInterval(draw, DRAW_EVERY_MS);
    },
    stop: () => {
      clearInterval(timer);
      draw();
      drawn = 0;
      services = [];
    },
  };
};

/** A message that is tried again is counted, and is no line. */
const isWarning = ({ level, event }: TelemetryRecord): boolean =>
  level === 'warn' && event !== 'message.handled';

type HandledCounts = ReturnType<typeof createHandledCounts>;

const createHandledCounts = () => {
  const handled = { settled: 0, retried: 0, failed: 0 };
  let records = 0;
  /** The number of messages that were settled in each of the last seconds. */
  const seconds = new Map<number, number>();
  return {
    seen: () => records,
    see: ({ event, facts = {} }: TelemetryRecord, at: number): void => {
      records += 1;
      if (event !== 'message.handled') return;
      const { disposition } = facts;
      if (disposition === 'DeadLetter') handled.failed += 1;
      else if (disposition === 'Acknowledge') handled.settled += 1;
      else handled.retried += 1;
      if (disposition !== 'Acknowledge') return;
      const second = Math.floor(at / 1_000);
      seconds.set(second, (seconds.get(second) ?? 0) + 1);
      for (const old of seconds.keys()) if (old <= second - RATE_SECONDS) seconds.delete(old);
    },
    counts: () => handled,
    perSecond: (at: number): number => {
      const since = Math.floor(at / 1_000) - RATE_SECONDS;
      const recent = [...seconds].filter(([second]) => second > since);
      return recent.reduce((sum, [, count]) => sum + count, 0) / RATE_SECONDS;
    },
  };
};

type SummaryState = {
  readonly counts: ReadonlyMap<ServiceName, HandledCounts>;
  readonly now: number;
  readonly columns: number;
};

const HEAD = [
  'service',
  'per second',
  'in flight',
  'waiting',
  'settled',
  'retried',
  'failed',
  'oldest',
];

const summaryText = (
  services: readonly Pick<RunningService, 'name' | 'consumer'>[],
  { counts, now, columns }: SummaryState,
): string => {
  // The reconciler has no messages in hand; what it finds are warnings.
  const rows = services.flatMap(({ name, consumer }) => {
    const [handled, held] = [counts.get(name), consumer.held?.()];
    if (handled === undefined || held === undefined) return [];
    const { settled, retried, failed } = handled.counts();
    const { inFlight, waiting, oldestSentAt } = held;
    return [
      [
        name,
        handled.perSecond(now).toFixed(1),
        ...[inFlight, waiting, settled, retried, failed].map(String),
        oldestSentAt === undefined ? '-' : durationOf(now - oldestSentAt),
      ],
    ];
  });
  return tableOf(HEAD, rows, { right: HEAD.slice(1), columns, optional: ['waiting'] });
};
