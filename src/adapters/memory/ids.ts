import type { Ids } from '../../application/ports/ids.ts';
import { fingerprint } from '../system/ids.ts';

/**
 * Gives the same ids and random fractions for one seed. Ids look like ULIDs and sort by creation.
 */
export const createMemoryIds = (seed = 1): Ids => {
  const prefix = String(Math.abs(seed) % 1_000_000_000).padStart(10, '0');
  let count = 0;

  return {
    create: () => {
      count += 1;
      return prefix + String(count).padStart(16, '0');
    },
    fingerprint,
    random: createRandom(seed),
  };
};

/** Mulberry32: the same seed gives the same numbers from 0 to below 1, in the same order. */
export const createRandom = (seed: number) => {
  let state = seed | 0;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
