import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import type { CommitTable } from '../../src/adapters/eventStore/commitTable.ts';
import { createMemoryIds } from '../../src/adapters/memory/ids.ts';
import type * as Series from '../../src/domain/series/index.ts';
import {
  askUntilAnswered,
  createSeriesWorld,
  expectSound,
  readSeries,
  SERIES,
  type AllocatorProcess,
  type Step,
} from '../application/series/world.ts';
import { FAULTS, type Fault } from '../simulation/faults.ts';

const SLOTS = 16;
/** In so many calls of an allocator one goes wrong. */
const CALLS_PER_FAULT = 6;
/** In so many orders one is delivered twice, and then mostly at another allocator. */
const ORDERS_PER_DUPLICATE = 4;
const TURNS_MAX = 30;
const STEPS: readonly Step[] = ['insert', 'page', 'head'];

/** What allocators owe on every table: whatever dies and gets lost, the numbers are 1 … n. */
export const describeSeries = (
  name: string,
  makeTable: () => Promise<CommitTable>,
  size: { readonly orders: number; readonly allocators: number },
): void => {
  describe(`numbers on ${name}`, () => {
    it(`are 1 … n at ${size.allocators} racing allocators that die at every step`, async () => {
      const chances = createMemoryIds(fc.readConfigureGlobal().seed);
      const random = (): number => chances.random();
      const table = await makeTable();
      const world = createSeriesWorld({
        table,
        // Mostly soon, at times much later than everybody else.
        turn: async () => {
          for (let turns = random() ** 4 * TURNS_MAX; turns > 0; turns -= 1) await setImmediate();
        },
        now: () => Date.UTC(2027, 5, 1),
        // Small, so that there are many commits to race for.
        settings: { batchEntriesMax: 4 },
      });
      // Death first, at every step, before and after it; then anything anywhere.
      const deaths = STEPS.map(
        (step) => [step, ['crash before', 'crash after'] as Fault[]] as const,
      );
      const due = new Map(deaths);
      const fault = (step: Step): Fault =>
        due.get(step)?.shift() ??
        FAULTS[Math.floor(random() * FAULTS.length * CALLS_PER_FAULT)] ??
        'none';
      const ids = Array.from({ length: size.orders }, (_, at) => `o-${at}`);
      const froms = new Map<string, number>();
      const handed: (readonly [id: string, Series.PrintedNumber | 'closed'])[] = [];
      const deliveries = ids
        .flatMap((id, at) => (at % ORDERS_PER_DUPLICATE === 0 ? [id, id] : [id]))
        .map((id) => ({ id, key: random() }))
        .toSorted((one, other) => one.key - other.key);

      const runAllocator = async (): Promise<void> => {
        let current = world.start(fault);
        const slot = {
          allocator: () => current,
          succeed: (dead: AllocatorProcess) => {
            if (dead === current) current = world.start(fault);
          },
        };
        const runSlot = async (): Promise<void> => {
          for (let next = deliveries.pop(); next !== undefined; next = deliveries.pop()) {
            const { id } = next;
            const from = froms.get(id) ?? current.allocator.head(SERIES);
            froms.set(id, from);
            const entry = { id, reference: `pi_${id}`, from };
            handed.push([id, await askUntilAnswered(slot, 'number', entry)]);
          }
        };
        await Promise.all(Array.from({ length: SLOTS }, runSlot));
      };
      await Promise.all(Array.from({ length: size.allocators }, runAllocator));
      await world.settleLate();

      const places = await readSeries(table);
      expectSound(places, ids);
      expect(places.map(({ numbered }) => numbered.number)).to.deep.equal(
        ids.map((_, at) => at + 1),
      );
      const numberOf = new Map(
        places.map(({ id, numbered, label }) => [id, { ...numbered, label }]),
      );
      expect(handed.length).to.be.greaterThan(ids.length);
      for (const [id, numbered] of handed) expect(numbered).to.deep.equal(numberOf.get(id));
      expect([...due.values()].flat(), 'deaths that were not died').to.deep.equal([]);
    });
  });
};
