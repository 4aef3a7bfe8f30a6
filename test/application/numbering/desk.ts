import { setImmediate } from 'node:timers/promises';
import type { ResultAsync } from 'neverthrow';
import type { CommitTable } from '../../../src/adapters/eventlog/commitTable.ts';
import { createEventStore } from '../../../src/adapters/eventlog/eventStore.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import type { Clerk, ClerkError } from '../../../src/application/numbering/clerk.ts';
import { createClerk } from '../../../src/application/numbering/createClerk.ts';
import {
  DEFAULT_CLERK_SETTINGS,
  type ClerkSettings,
} from '../../../src/application/numbering/settings.ts';
import type { Ids } from '../../../src/application/ports/ids.ts';
import { must } from '../../support/commits.ts';
import type { SeriesRegistry } from '../../../src/application/registry/seriesRegistry.ts';
import { anyRegistry } from '../../support/registry.ts';

export const INV = 'INV';
export const JUNE_2027 = Date.UTC(2027, 5, 1);

/** An order that asks for its number, by default as one whose intent froze the start of the series. */
export const order = (id: string, from = 0) => ({ id, reference: `pi_${id}`, from });

/** One table and whichever clerks are asked for; waiting for company lasts a turn of the event loop. */
export const createDesks = () => {
  const table = createMemoryCommitTable();
  let clerks = 0;

  const clerk = (
    options: {
      readonly table?: CommitTable;
      readonly now?: () => number;
      readonly settings?: Partial<ClerkSettings>;
      readonly ids?: Partial<Ids>;
      readonly registry?: SeriesRegistry;
      readonly slept?: (ms: number) => void;
    } = {},
  ): Clerk => {
    clerks += 1;
    const clock = {
      now: options.now ?? (() => JUNE_2027),
      sleep: async (ms: number) => {
        options.slept?.(ms);
        await setImmediate();
      },
    };
    return createClerk({
      store: createEventStore(options.table ?? table, clock),
      ids: { ...createMemoryIds(clerks), ...options.ids },
      clock,
      registry: options.registry ?? anyRegistry(),
      settings: { ...DEFAULT_CLERK_SETTINGS, ...options.settings },
    });
  };
  return { table, clerk };
};

type Answers = readonly ResultAsync<{ readonly number: number } | undefined, ClerkError>[];

export const numbersOf = async (answers: Answers): Promise<readonly (number | undefined)[]> =>
  (await Promise.all(answers.map((answer) => must(answer)))).map((found) => found?.number);

/** What each is told: its number, or the kind of its error. */
export const typesOf = (answers: Answers): Promise<readonly string[]> =>
  Promise.all(
    answers.map((answer) =>
      answer.match(
        (found) => `number ${found?.number}`,
        ({ type }) => type,
      ),
    ),
  );
