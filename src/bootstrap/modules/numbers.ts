import { createClerk } from '../../application/numbering/createClerk.ts';
import { createListSeries } from '../../application/numbering/listSeries.ts';
import { createSetFloor } from '../../application/numbering/setFloor.ts';
import { DEFAULT_CLERK_SETTINGS } from '../../application/numbering/settings.ts';
import { createSeriesRegistry } from '../../application/registry/seriesRegistry.ts';
import { declaredSeries } from '../../application/payment/dependencies.ts';
import { from, type Module } from '../tokens.ts';

/** It numbers in the series of the configuration, and registers them. */
export const clerk = from(
  ['store', 'ids', 'clock', 'rules', 'clockSkewMaxMs'],
  ({ rules, clockSkewMaxMs: skewMaxMs, ...services }) =>
    createClerk({
      ...services,
      registry: createSeriesRegistry(services, declaredSeries(rules)),
      settings: { ...DEFAULT_CLERK_SETTINGS, skewMaxMs },
    }),
);

/** It finds numbers that are there, and has no series to take any from. */
export const finder = from(['store', 'ids', 'clock'], (services) =>
  createClerk({ ...services, registry: createSeriesRegistry(services, []) }),
);

/** Where the numbers of documents stand, and where a person keeps some of them from being given. */
export const seriesDesk = {
  listSeries: from(['store', 'ids', 'clock', 'clockSkewMaxMs'], createListSeries),
  setFloor: from(['store', 'ids', 'clock', 'clockSkewMaxMs'], createSetFloor),
} satisfies Module;
