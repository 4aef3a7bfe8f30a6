import { randomInt } from 'node:crypto';
import {
  FAULT_NAMES,
  FAULTS,
  type Fault,
  type RequestKind,
  FAULT_LIMITS,
  NO_FAULTS,
  type FaultSettings,
} from './faultSettings.ts';

export type Faults = {
  settings(): FaultSettings;
  /** How often each has occurred since the settings were made. */
  shown(): Readonly<Record<Fault, number>>;
  count(shown: ReadonlySet<Fault>): void;
  /** Replaces all earlier settings. */
  set(settings: Partial<FaultSettings>): void;
  /** The faults for the next request of a kind. */
  draw(kind: RequestKind): ReadonlySet<Fault>;
};

/** These only change the answer's content, so that they combine with any one of the others. */
const SIDE_EFFECTS: ReadonlySet<Fault> = new Set(['wrong-amount', 'search-lag', 'refund-fails']);

/** Each fault is drawn independently; of those that exclude each other, chance leaves one. */
export const createFaults = (): Faults => {
  let settings: FaultSettings = { ...NO_FAULTS, seed: randomInt(FAULT_LIMITS.seed) };
  let random = createRandom(settings.seed);
  let shown = zeroForEach();

  const draw = (kind: RequestKind): ReadonlySet<Fault> => {
    const hit = FAULT_NAMES.filter((name) => {
      const percent = settings.percent[name] ?? 0;
      const kinds: readonly RequestKind[] = FAULTS[name];
      return percent > 0 && kinds.includes(kind) && random() * 100 < percent;
    });
    const excluding = hit.filter((name) => !SIDE_EFFECTS.has(name));
    const kept = excluding[Math.floor(random() * excluding.length)];
    return new Set(hit.filter((name) => SIDE_EFFECTS.has(name) || name === kept));
  };

  return {
    settings: () => settings,
    shown: () => ({ ...shown }),
    count: (names) => {
      for (const name of names) shown[name] += 1;
    },
    set: (chosen) => {
      settings = { ...NO_FAULTS, seed: randomInt(FAULT_LIMITS.seed), ...chosen };
      random = createRandom(settings.seed);
      shown = zeroForEach();
    },
    draw,
  };
};

const zeroForEach = (): Record<Fault, number> =>
  Object.fromEntries(FAULT_NAMES.map((name) => [name, 0])) as Record<Fault, number>;

/** Mulberry32: the same seed gives the same numbers from 0 to below 1, in the same order. */
const createRandom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
};
