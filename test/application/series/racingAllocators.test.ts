import { expect } from 'chai';
import fc from 'fast-check';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import type { AllocatorSettings } from '../../../src/application/series/settings.ts';
import type * as Series from '../../../src/domain/series/index.ts';
import { must } from '../../support/commits.ts';
import {
  askUntilAnswered,
  createSeriesWorld,
  expectSound,
  readSeries,
  SERIES,
  type AllocatorProcess,
} from './world.ts';
import { FAULTS, type Fault } from '../../simulation/faults.ts';
import { runsOf } from '../../support/runs.ts';

const NEW_YEAR = Date.UTC(2027, 0, 1);
const HOUR_MS = 3_600_000;

/** Small enough that what is remembered is forgotten and read again, and that batches are cut. */
const TIGHT: Partial<AllocatorSettings> = {
  rememberedMax: 3,
  pageCommitsMax: 2,
  batchEntriesMax: 2,
  conflictsMax: 3,
};

type Wanted = {
  readonly id: string;
  readonly from: number;
  readonly looks: boolean;
  readonly aim: 'number' | 'close';
};

/**
 * What one allocator meets: who asks it for what, one after the other in each slot, and what goes
 * wrong.
 */
type Script = {
  readonly faults: readonly Fault[];
  readonly skewHours: number;
  readonly slots: readonly (readonly Wanted[])[];
};

describe('allocators under any schedule of faults, deaths, duplicates and skewed clocks', () => {
  it('number each document once, or close it, alike to all (I4, I6, R25, N1 to N8)', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(anyScript(), { minLength: 1, maxLength: 4 }),
        fc.constantFrom({}, TIGHT),
        async (scheduler, scripts, settings) => {
          const ended = await scheduler.waitFor(play(scheduler, scripts, settings));
          for (const met of ended) seen.add(met);
        },
      ),
      { numRuns: runsOf(150, 700) },
    );
    // The checker checks itself: every fault was met at every step.
    const missed = ['insert', 'page', 'head', 'read'].flatMap((step) =>
      FAULTS.map((fault) => `${step}: ${fault}`).filter((met) => !seen.has(met)),
    );
    expect(missed).to.deep.equal([]);
  });
});

const play = async (
  scheduler: fc.Scheduler,
  scripts: readonly Script[],
  settings: Partial<AllocatorSettings>,
): Promise<ReadonlySet<string>> => {
  const table = createMemoryCommitTable();
  let now = NEW_YEAR - 20 * HOUR_MS;
  const world = createSeriesWorld({
    table,
    turn: (label) => scheduler.schedule(Promise.resolve(), label),
    now: () => (now += HOUR_MS),
    settings,
  });
  const allocators: AllocatorProcess[] = [];
  const froms = new Map<string, number>();
  const handed: (readonly [id: string, Series.PrintedNumber | 'closed'])[] = [];
  /**
   * What an intent freezes: an end that some allocator knew before the document was first asked
   * for.
   */
  const fromOf = (id: string, fraction: number): number => {
    const known = Math.max(...allocators.map(({ allocator }) => allocator.head(SERIES)));
    const from = froms.get(id) ?? Math.floor(fraction * (known + 1));
    froms.set(id, from);
    return from;
  };

  const runAllocator = async ({ faults, skewHours, slots }: Script): Promise<void> => {
    const plan = [...faults];
    const begin = (): AllocatorProcess => {
      const process = world.start(() => plan.shift() ?? 'none', skewHours * HOUR_MS);
      allocators.push(process);
      return process;
    };
    let current = begin();
    const slot = {
      allocator: () => current,
      succeed: (dead: AllocatorProcess) => {
        if (dead === current) current = begin();
      },
    };
    const runSlot = async (wanted: Script['slots'][number]): Promise<void> => {
      for (const { id, from: fraction, looks, aim } of wanted) {
        const from = fromOf(id, fraction);
        if (looks) {
          const asked = current;
          const looked = await asked.outcome(asked.allocator.lookup(SERIES, { id, from }));
          if (looked === 'crashed') slot.succeed(asked);
          else if (looked.isOk() && looked.value !== undefined) {
            const { reference, ...numbered } = looked.value;
            expect(reference).to.equal(`pi_${id}`);
            handed.push([id, numbered]);
          }
        }
        const entry = { id, reference: `pi_${id}`, from };
        const answered = await askUntilAnswered(slot, aim, entry);
        // One that was numbered says whose it is, too.
        handed.push([id, answered === 'closed' ? answered : bare(answered)]);
      }
    };
    await Promise.all(slots.map(runSlot));
  };
  await Promise.all(scripts.map(runAllocator));
  await world.settleLate();

  const places = await readSeries(table);
  const closed = new Set(handed.flatMap(([id, numbered]) => (numbered === 'closed' ? [id] : [])));
  expectSound(
    places,
    [...froms.keys()].filter((id) => !closed.has(id)),
  );
  const numberOf = new Map(places.map(({ id, numbered, label }) => [id, { ...numbered, label }]));
  for (const [id, numbered] of handed) expect(numbered).to.deep.equal(numberOf.get(id) ?? 'closed');
  const { allocator } = world.start(() => 'none');
  for (const [id, from] of froms) {
    const reference = `pi_${id}`;
    const found = await must(allocator.lookup(SERIES, { id, from }));
    const wanted = closed.has(id) ? undefined : { ...numberOf.get(id), reference };
    expect(found).to.deep.equal(wanted);
    expect(await must(allocator.close(SERIES, { id, reference, from }))).to.deep.equal(wanted);
  }
  return world.seen;
};

const bare = ({ series, year, number, date, seriesVersion, label }: Series.PrintedNumber) => ({
  series,
  year,
  number,
  date,
  seriesVersion,
  ...(label === undefined ? {} : { label }),
});

const anyScript = (): fc.Arbitrary<Script> =>
  fc.record({
    faults: fc.array(fc.constantFrom<Fault>('none', 'none', 'none', ...FAULTS), { maxLength: 12 }),
    skewHours: fc.constantFrom(0, -12, 12),
    slots: fc.array(fc.array(anyWanted(), { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 3,
    }),
  });

/** Few documents, so that they are asked for again, by the same allocator and by others. */
const anyWanted = () =>
  fc.record({
    id: fc.constantFrom('o1', 'o2', 'o3', 'o4', 'o5', 'o6', 'o7'),
    from: fc.constantFrom(0, 0.5, 0.99),
    looks: fc.boolean(),
    aim: fc.constantFrom('number', 'number', 'number', 'close'),
  });
