import { LOG_EVENT_OVERHEAD_BYTES } from '../../application/ports/usage.ts';

/** Lines that wait to be written, the oldest first, within a bound on memory. */
export type LineQueue = {
  /** Makes room by dropping the oldest lines, and returns those. */
  add(line: PendingLine): readonly PendingLine[];
  /** Removes and returns the lines for one put; none if none wait. */
  take(): readonly PendingLine[];
  lines(): readonly PendingLine[];
  count(): number;
  /** The size of the waiting lines in batches. */
  bytes(): number;
};

/** The array is only cut now and then: moving all lines for each one takes quadratic time. */
const CUT_AT = 1_024;

export const createLineQueue = (bounds: {
  readonly linesMax: number;
  readonly bytesMax: number;
}): LineQueue => {
  let lines: PendingLine[] = [];
  let head = 0;
  let bytes = 0;

  const takeOut = (count: number): readonly PendingLine[] => {
    const taken = lines.slice(head, head + count);
    head += taken.length;
    for (const line of taken) bytes -= batchCost(line);
    if (head >= CUT_AT && head * 2 >= lines.length) {
      lines = lines.slice(head);
      head = 0;
    }
    return taken;
  };
  const isOver = () => lines.length - head > bounds.linesMax || bytes > bounds.bytesMax;

  return {
    add(line) {
      lines.push(line);
      bytes += batchCost(line);
      const dropped: PendingLine[] = [];
      while (isOver()) dropped.push(...takeOut(1));
      return dropped;
    },
    take: () => takeOut(batchLength(lines, head)),
    lines: () => lines.slice(head),
    count: () => lines.length - head,
    bytes: () => bytes,
  };
};

/** The limits of one PutLogEvents call (CloudWatch Logs API reference). */
export const LOG_BATCH_EVENTS_MAX = 10_000;
/** The limit counts all messages as UTF-8, plus LOG_EVENT_OVERHEAD_BYTES for each. */
export const LOG_BATCH_BYTES_MAX = 1_048_576;
/**
 * The maximum time from the oldest to the newest event of a batch; a batch with a wider span fails
 * as a whole.
 */
export const LOG_BATCH_SPAN_MAX_MS = 86_400_000;
/** An event may have 1 MB, but must fit into a batch of its own. */
export const LOG_EVENT_BYTES_MAX = LOG_BATCH_BYTES_MAX - LOG_EVENT_OVERHEAD_BYTES;

export type PendingLine = {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
  /** The size of the message in UTF-8. */
  readonly bytes: number;
  /** Whether the sink wrote the line about itself. Such a line is not counted among the records. */
  readonly own: boolean;
};

export const batchCost = (line: PendingLine): number => line.bytes + LOG_EVENT_OVERHEAD_BYTES;

/**
 * The number of lines from `start` that fit into one batch, in order of arrival; at least one if
 * any.
 */
const batchLength = (lines: readonly PendingLine[], start: number): number => {
  const last = Math.min(lines.length, start + LOG_BATCH_EVENTS_MAX);
  let cost = 0;
  let oldest = Infinity;
  let newest = -Infinity;
  for (const [index, line] of lines.slice(start, last).entries()) {
    cost += batchCost(line);
    oldest = Math.min(oldest, line.timestamp);
    newest = Math.max(newest, line.timestamp);
    if (cost > LOG_BATCH_BYTES_MAX || newest - oldest > LOG_BATCH_SPAN_MAX_MS) return index;
  }
  return last - start;
};

/** Clocks step back, but a batch must be in order of time. Equal times keep their order. */
export const chronological = (batch: readonly PendingLine[]): readonly PendingLine[] =>
  batch.toSorted((a, b) => a.timestamp - b.timestamp);

/** The service's answer to a put that it has stored only in part. */
export type Rejections = {
  /** Inclusive: this event and all after it. */
  readonly tooNewLogEventStartIndex?: number | undefined;
  /** Exclusive: all events before this one. */
  readonly tooOldLogEventEndIndex?: number | undefined;
  /** Exclusive: all events before this one, for the retention period of the group. */
  readonly expiredLogEventEndIndex?: number | undefined;
};

/** Splits a batch into the stored and the rejected lines. */
export const applyRejections = (
  batch: readonly PendingLine[],
  rejections: Rejections,
): { readonly stored: readonly PendingLine[]; readonly rejected: readonly PendingLine[] } => {
  const first = Math.max(
    rejections.tooOldLogEventEndIndex ?? 0,
    rejections.expiredLogEventEndIndex ?? 0,
  );
  const end = Math.max(first, rejections.tooNewLogEventStartIndex ?? batch.length);
  return {
    stored: batch.slice(first, end),
    rejected: [...batch.slice(0, first), ...batch.slice(end)],
  };
};
