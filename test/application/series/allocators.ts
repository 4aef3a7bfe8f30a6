import { setImmediate } from 'node:timers/promises';
import type { ResultAsync } from 'neverthrow';
import type { CommitTable } from '../../../src/adapters/eventStore/commitTable.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import type {
  AllocationError,
  Allocator,
  DocumentClosed,
} from '../../../src/application/series/allocator.ts';
import { createAllocator } from '../../../src/application/series/allocator.ts';
import {
  DEFAULT_ALLOCATOR_SETTINGS,
  type AllocatorSettings,
} from '../../../src/application/series/settings.ts';
import type { Ids } from '../../../src/application/ports/ids.ts';
import { must } from '../../support/commits.ts';
import { anyRegistry } from '../../support/orderContext.ts';
import type { SeriesRegistry } from '../../../src/application/registry/seriesRegistry.ts';

export const INV = 'INV';
export const JUNE_2027 = Date.UTC(2027, 5, 1);

/**
 * An order that asks for its number, by default as one whose intent froze the start of the series.
 */
export const order = (id: string, from = 0) => ({ id, reference: `pi_${id}`, from });

/**
 * One table and whichever allocators are asked for; waiting for company lasts a turn of the event
 * loop.
 */
export const createAllocators = () => {
  const table = createMemoryCommitTable();
  let count = 0;

  const allocator = (
    options: {
      readonly table?: CommitTable;
      readonly now?: () => number;
      readonly settings?: Partial<AllocatorSettings>;
      readonly ids?: Partial<Ids>;
      readonly registry?: SeriesRegistry;
      readonly slept?: (ms: number) => void;
    } = {},
  ): Allocator => {
    count += 1;
    const clock = {
      now: options.now ?? (() => JUNE_2027),
      sleep: async (ms: number) => {
        options.slept?.(ms);
        await setImmediate();
      },
    };
    return createAllocator({
      store: createEventStore(options.table ?? table, clock),
      ids: { ...createMemoryIds(count), ...options.ids },
      clock,
      registry: options.registry ?? anyRegistry(),
      settings: { ...DEFAULT_ALLOCATOR_SETTINGS, ...options.settings },
    });
  };
  return { table, allocator };
};

type Answers = readonly ResultAsync<
  { readonly number: number } | undefined,
  AllocationError | DocumentClosed
>[];

export const numbersOf = async (answers: Answers): Promise<readonly (number | undefined)[]> =>
  (await Promise.all(answers.map((answer) => must(answer)))).map((found) => found?.number);

/** What each is given: its number, or the kind of its error. */
export const typesOf = (answers: Answers): Promise<readonly string[]> =>
  Promise.all(
    answers.map((answer) =>
      answer.match(
        (found) => `number ${found?.number}`,
        ({ type }) => type,
      ),
    ),
  );
