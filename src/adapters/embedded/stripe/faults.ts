import { randomInt } from 'node:crypto';
import { createRandom } from '../../memory/ids.ts';
import {
  FAULT_NAMES,
  FAULTS,
  type Fault,
  type RequestKind,
  FAULT_LIMITS,
  NO_FAULTS,
  type FaultSettings,
} from './faultSettings.ts';

/** These only change the answer's content, so that they combine with any one of the others. */
const SIDE_EFFECTS: ReadonlySet<Fault> = new Set(['wrong-amount', 'search-lag', 'refund-fails']);

export class Faults {
  #settings = settingsOf({});
  #random = createRandom(this.#settings.seed);
  #shown = zeroForEach();

  settings(): FaultSettings {
    return this.#settings;
  }

  /** The number of times that each fault has occurred since the settings were made. */
  shown(): Readonly<Record<Fault, number>> {
    return { ...this.#shown };
  }

  count(names: Iterable<Fault>): void {
    for (const name of names) this.#shown[name] += 1;
  }

  /** Replaces all earlier settings. */
  set(chosen: Partial<FaultSettings>): void {
    this.#settings = settingsOf(chosen);
    this.#random = createRandom(this.#settings.seed);
    this.#shown = zeroForEach();
  }

  /**
   * The faults for the next request of a kind. Each is drawn independently; of those that exclude
   * each other, chance leaves one.
   */
  draw(kind: RequestKind): ReadonlySet<Fault> {
    const hit = FAULT_NAMES.filter((name) => {
      const percent = this.#settings.percent[name] ?? 0;
      const kinds: readonly RequestKind[] = FAULTS[name];
      return percent > 0 && kinds.includes(kind) && this.#random() * 100 < percent;
    });
    const excluding = hit.filter((name) => !SIDE_EFFECTS.has(name));
    const kept = excluding[Math.floor(this.#random() * excluding.length)];
    return new Set(hit.filter((name) => SIDE_EFFECTS.has(name) || name === kept));
  }
}

const settingsOf = (chosen: Partial<FaultSettings>): FaultSettings => ({
  ...NO_FAULTS,
  seed: randomInt(FAULT_LIMITS.seed),
  ...chosen,
});

const zeroForEach = (): Record<Fault, number> =>
  Object.fromEntries(FAULT_NAMES.map((name) => [name, 0])) as Record<Fault, number>;
