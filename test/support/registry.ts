import { okAsync } from 'neverthrow';
import type { SeriesRegistry } from '../../src/application/registry/seriesRegistry.ts';
import { formatOf } from './facts.ts';

/**
 * Every series is this worker's and printed alike, for tests that are not about how numbers are
 * printed.
 */
export const anyRegistry = (format = formatOf('{series}-{year}-{number:6}')): SeriesRegistry => ({
  formatOf: () => okAsync(format),
  known: () => format,
  isOurs: () => true,
});
