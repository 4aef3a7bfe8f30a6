import { err } from 'neverthrow';
import type { Clock } from '../../application/ports/clock.ts';
import { applyRejections, chronological, type PendingLine, type LineQueue } from './batching.ts';
import { failureOf, type PutLogEvents } from './putLogEvents.ts';

export type LogWriter = {
  /**
   * Writes until nothing waits or a put fails. A call during that time returns the same promise.
   */
  write(): Promise<void>;
  /** Writes after `delayMs`. */
  writeLater(): void;
  /** The next write starts at once, however often the service has failed. */
  forgetFailures(): void;
  /**
   * Aborts the current put. Whether the service has accepted it is not known, so that its lines are
   * kept.
   */
  stop(): Promise<void>;
  held(): readonly PendingLine[];
};

export type LogWriterOptions = {
  readonly put: PutLogEvents;
  readonly queue: LineQueue;
  readonly clock: Pick<Clock, 'now'>;
  readonly delayMs: number;
  readonly onStored: (lines: readonly PendingLine[]) => void;
  readonly onLost: (lines: readonly PendingLine[], how: 'dropped' | 'rejected') => void;
};

const BACKOFF_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;
/** A batch is tried for about five minutes, then dropped in favour of those behind it. */
const LOG_PUTS_MAX = 14;

/** One put at a time. A failed batch is kept as it is and tried again with growing pauses. */
export const createLogWriter = (options: LogWriterOptions): LogWriter => {
  const { put, queue, clock, delayMs, onStored, onLost } = options;
  let batch: readonly PendingLine[] = [];
  let puts = 0;
  let notBefore = 0;
  let writing: { readonly done: Promise<void>; readonly abort: AbortController } | undefined;
  let timer: NodeJS.Timeout | undefined;

  /** The pauses start again for the next batch. */
  const settle = (): readonly PendingLine[] => {
    const settled = batch;
    [batch, puts, notBefore] = [[], 0, 0];
    return settled;
  };

  /**
   * An unreadable answer counts as none: the batch is kept and tried again, and no worker ends
   * because of it.
   */
  const ask = async (signal: AbortSignal): Promise<Awaited<ReturnType<PutLogEvents>>> => {
    try {
      return await put(batch, signal);
    } catch (thrown) {
      return err(failureOf(thrown));
    }
  };

  const putOnce = async (signal: AbortSignal) => {
    puts += 1;
    const answer = await ask(signal);
    if (answer.isOk()) {
      const { stored, rejected } = applyRejections(settle(), answer.value);
      if (rejected.length > 0) onLost(rejected, 'rejected');
      onStored(stored);
    } else if (answer.error.type === 'BatchRefused') {
      onLost(settle(), 'rejected');
    } else if (puts >= LOG_PUTS_MAX) {
      onLost(settle(), 'dropped');
    } else {
      notBefore = clock.now() + Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** (puts - 1));
    }
  };

  const writeAll = async (signal: AbortSignal) => {
    while (!signal.aborted && clock.now() >= notBefore) {
      if (batch.length === 0) batch = chronological(queue.take());
      if (batch.length === 0) return;
      await putOnce(signal);
    }
  };

  const writer: LogWriter = {
    write() {
      if (writing !== undefined) return writing.done;
      const abort = new AbortController();
      const done = writeAll(abort.signal).finally(() => {
        writing = undefined;
        if (batch.length + queue.count() > 0) writer.writeLater();
      });
      writing = { done, abort };
      return done;
    },
    writeLater() {
      // Runs only while lines wait, and does not keep the process alive.
      timer ??= setTimeout(() => {
        timer = undefined;
        void writer.write();
      }, delayMs).unref();
    },
    forgetFailures() {
      [puts, notBefore] = [0, 0];
    },
    async stop() {
      writing?.abort.abort();
      await writing?.done;
    },
    held: () => [...batch, ...queue.lines()],
  };
  return writer;
};
