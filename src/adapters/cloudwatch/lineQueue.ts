import { batchCost, batchLength } from './batching.ts';
import type { PendingLine } from './batching.ts';

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

/**
 * The array is only cut now and then: moving all lines for each removed one would take quadratic
 * time.
 */
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
