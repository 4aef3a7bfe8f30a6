import type { Clock } from '../../application/ports/clock.ts';
import { applyRejections, chronological, type PendingLine, type LineQueue } from './batching.ts';
import type { PutLogEvents } from './putLogEvents.ts';

type LogWriterOptions = {
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
export class LogWriter {
  readonly #options: LogWriterOptions;
  /** The lines of the current put, until it succeeds or is given up. */
  #batch: readonly PendingLine[] = [];
  #puts = 0;
  #notBefore = 0;
  #writing: { readonly done: Promise<void>; readonly abort: AbortController } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LogWriterOptions) {
    this.#options = options;
  }

  /** Writes until nothing waits or a put fails. A call meanwhile returns the same promise. */
  write(): Promise<void> {
    if (this.#writing !== undefined) return this.#writing.done;
    const abort = new AbortController();
    const done = this.#writeAll(abort.signal).finally(() => {
      this.#writing = undefined;
      if (this.#batch.length + this.#options.queue.count() > 0) this.writeLater();
    });
    this.#writing = { done, abort };
    return done;
  }

  /** Writes after `delayMs`. */
  writeLater(): void {
    if (this.#timer !== undefined) return;
    // Runs only while lines wait, and does not keep the process alive.
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.write();
    }, this.#options.delayMs).unref();
  }

  /** The next write starts at once, however often the service has failed. */
  forgetFailures(): void {
    [this.#puts, this.#notBefore] = [0, 0];
  }

  /** Aborts the current put, and keeps its lines: the service may have accepted them or not. */
  async stop(): Promise<void> {
    this.#writing?.abort.abort();
    await this.#writing?.done;
  }

  held(): readonly PendingLine[] {
    return [...this.#batch, ...this.#options.queue.lines()];
  }

  async #writeAll(signal: AbortSignal): Promise<void> {
    const { clock, queue } = this.#options;
    while (!signal.aborted && clock.now() >= this.#notBefore) {
      if (this.#batch.length === 0) this.#batch = chronological(queue.take());
      if (this.#batch.length === 0) return;
      await this.#putOnce(signal);
    }
  }

  async #putOnce(signal: AbortSignal): Promise<void> {
    const { put, clock, onLost, onStored } = this.#options;
    this.#puts += 1;
    const answer = await put(this.#batch, signal);
    if (answer.isOk()) {
      const { stored, rejected } = applyRejections(this.#settle(), answer.value);
      if (rejected.length > 0) onLost(rejected, 'rejected');
      onStored(stored);
    } else if (answer.error.type === 'BatchRefused') {
      onLost(this.#settle(), 'rejected');
    } else if (this.#puts >= LOG_PUTS_MAX) {
      onLost(this.#settle(), 'dropped');
    } else {
      const pauseMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** (this.#puts - 1));
      this.#notBefore = clock.now() + pauseMs;
    }
  }

  /** The pauses start again for the next batch. */
  #settle(): readonly PendingLine[] {
    const settled = this.#batch;
    this.#batch = [];
    this.forgetFailures();
    return settled;
  }
}
