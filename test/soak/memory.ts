import type { Line } from './journal.ts';

export type Memory = {
  readonly messages: number;
  readonly firstHeapBytes: number;
  readonly lastHeapBytes: number;
  readonly firstRssBytes: number;
  readonly lastRssBytes: number;
  readonly maxRssBytes: number;
};

/**
 * Less than anything that keeps a message, with its body and its closures, would leave behind for
 * each.
 */
const GROWTH_PER_MESSAGE_MAX = 512;
/** What compiled code and sockets may add to a heap in whatever time. */
const GROWTH_BASE_MAX = 2 * 1_048_576;
/** The smallest container that one would give a worker. */
const RSS_MAX = 256 * 1_048_576;
/** By then a process has run all its code and opened its connections. */
const WARM_AFTER = 200;

/**
 * What a process held on to from when it was warm until its end; undefined if it did not live that
 * long.
 */
export const memoryOf = (lines: readonly Line[]): Memory | undefined => {
  const samples = lines.filter((line) => line.kind === 'memory');
  const warm = samples.filter(({ handled }) => handled >= WARM_AFTER);
  const [first] = warm;
  const last = warm.at(-1);
  if (first === undefined || last === undefined || first === last) return undefined;
  return {
    messages: last.handled - first.handled,
    firstHeapBytes: first.heapBytes,
    lastHeapBytes: last.heapBytes,
    firstRssBytes: first.rssBytes,
    lastRssBytes: last.rssBytes,
    maxRssBytes: Math.max(...samples.map(({ rssBytes }) => rssBytes)),
  };
};

export const isFlat = ({ messages, firstHeapBytes, lastHeapBytes, maxRssBytes }: Memory): boolean =>
  lastHeapBytes - firstHeapBytes <= GROWTH_BASE_MAX + messages * GROWTH_PER_MESSAGE_MAX &&
  maxRssBytes <= RSS_MAX;
