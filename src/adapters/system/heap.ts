import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** The old generation may grow by so much beyond what was alive at the last collection. */
const GROWTH_PERCENT = 40;
/** The young generation, both halves together. What a worker has in hand is some 4 MB. */
const YOUNG_BYTES_MAX = 32_000_000;

let isBound = false;

/**
 * Keeps garbage from filling the machine's memory. V8 plans its heap by that memory: on a large
 * machine it lets the old generation become four times what is alive before it collects, and the
 * young one grow to 134 MB. It reads both flags whenever it decides, so that they count from now
 * on.
 */
export const boundHeap = (): void => {
  if (isBound) return;
  isBound = true;
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  boundYoung();
  // V8 also makes it smaller, in a quiet hour, and then it has to grow again.
  new PerformanceObserver(boundYoung).observe({ entryTypes: ['gc'] });
};

const boundYoung = (): void => {
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  const mayGrow = (young?.space_size ?? 0) < YOUNG_BYTES_MAX;
  setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`);
};
