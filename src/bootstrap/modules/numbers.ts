import { createAllocator } from '../../application/series/allocator.ts';
import { createListSeries } from '../../application/series/listSeries.ts';
import { createSetFloor } from '../../application/series/setFloor.ts';
import { DEFAULT_ALLOCATOR_SETTINGS } from '../../application/series/settings.ts';
import { createSeriesRegistry } from '../../application/registry/seriesRegistry.ts';
import { declaredSeries } from '../../application/orders/dependencies.ts';
import { from, type Module } from '../tokens.ts';

/** It numbers in the series of the configuration, and registers them. */
export const allocator = from(
  ['store', 'ids', 'clock', 'rules', 'clockSkewMaxMs'],
  ({ rules, clockSkewMaxMs: skewMaxMs, ...services }) =>
    createAllocator({
      ...services,
      registry: createSeriesRegistry(services, declaredSeries(rules)),
      settings: { ...DEFAULT_ALLOCATOR_SETTINGS, skewMaxMs },
    }),
);

/** It finds numbers that are there, and has no series to take any from. */
export const finder = from(['store', 'ids', 'clock'], (services) =>
  createAllocator({ ...services, registry: createSeriesRegistry(services, []) }),
);

/** Where the numbers of documents stand, and where a person keeps some of them from being given. */
export const seriesDesk = {
  listSeries: from(['store', 'ids', 'clock', 'clockSkewMaxMs'], createListSeries),
  setFloor: from(['store', 'ids', 'clock', 'clockSkewMaxMs'], createSetFloor),
} satisfies Module;
