import { err, okAsync, ResultAsync, type Result } from 'neverthrow';
import type { CommitTable } from '../../src/adapters/eventStore/commitTable.ts';
import { createBatcher } from '../../src/application/batcher.ts';
import { createGroupedQueue } from '../../src/application/delivery/groupedQueue.ts';
import type { Unavailable } from '../../src/application/ports/failures.ts';
import type { MessageQueue } from '../../src/application/ports/messageQueue.ts';
import type { Mortal, Step } from './faults.ts';
import type { World } from './world.ts';

export const unavailable = (dependency: Unavailable['dependency'], cause: string): Unavailable => ({
  type: 'Unavailable',
  dependency,
  cause,
  throttled: false,
});

const INSERT = {
  rejected: unavailable('EventStore', 'throttled'),
  lost: { type: 'Ambiguous', cause: 'the answer was lost' },
} as const;

/** The calls of a process that its slots may share. */
export type ProcessCalls = Pick<CommitTable, 'insert'> & {
  readonly notify: MessageQueue['send'];
  readonly delete: (act: () => void) => ResultAsync<void, Unavailable>;
};

/** Each by itself. */
export const createOwnCalls = ({ table, notifications }: World, mortal: Mortal): ProcessCalls => ({
  insert: (item) =>
    mortal.call({
      ...INSERT,
      step: `insert ${kindOf(item.streamId)}`,
      act: () => table.insert(item),
    }),
  notify: (messages) => call(mortal, 'notify', 'MessageQueue', () => notifications.send(messages)),
  delete: (act) => call(mortal, 'delete', 'MessageQueue', () => okAsync(act())),
});

/**
 * By group commit: what befalls a call befalls everything that travels in it. To wait for company
 * is to let others have a turn.
 */
export const createSharedCalls = (world: World, mortal: Mortal): ProcessCalls => {
  const { table, time, seen, surroundings } = world;
  const own = createOwnCalls(world, mortal);
  const clock = {
    now: () => time.now(),
    sleep: async () => void (await surroundings.turn('waits for company')),
  };
  const meets = ({ length }: readonly unknown[]): void => {
    if (length > 1) seen.add('calls shared');
  };
  const inserts = createBatcher<Item, Inserted>({
    call: async (items) => {
      meets(items);
      const act = () =>
        ResultAsync.fromSafePromise(Promise.all(items.map((item) => table.insert(item))));
      const called = await mortal.call<readonly Inserted[], InsertError>({
        ...INSERT,
        step: `insert ${kindOf(items[0]?.streamId ?? '')}`,
        act,
      });
      return called.match(
        (answers) => answers,
        (error) => items.map(() => err(error)),
      );
    },
    failed: () => err(INSERT.lost),
    entriesMax: 25,
    keyOf: ({ streamId }) => streamId,
    clock,
  });
  const deletes = createBatcher<() => void, Result<void, Unavailable>>({
    call: async (acts) => {
      meets(acts);
      const deleted = await own.delete(() => acts.forEach((act) => act()));
      return acts.map(() => deleted);
    },
    failed: () => err(unavailable('MessageQueue', 'no answer')),
    entriesMax: 10,
    clock,
  });
  const queue = createGroupedQueue({ ...world.notifications, send: own.notify }, clock);
  return {
    insert: (item) => new ResultAsync(inserts(item)),
    notify: (messages) => queue.send(messages),
    delete: (act) => new ResultAsync(deletes(act)),
  };
};

type Item = Parameters<CommitTable['insert']>[0];
type Inserted = Awaited<ReturnType<CommitTable['insert']>>;
type InsertError = Inserted extends Result<unknown, infer E> ? E : never;

export const call = <T, E>(
  mortal: Mortal,
  step: Step,
  dependency: Unavailable['dependency'],
  act: () => ResultAsync<T, E>,
): ResultAsync<T, E | Unavailable> =>
  mortal.call<T, E | Unavailable>({
    step,
    act,
    rejected: unavailable(dependency, 'refused'),
    lost: unavailable(dependency, 'the answer was lost'),
  });

export const kindOf = (streamId: string): 'order' | 'payment' | 'series' | 'notification' => {
  // What is registered is read and written like the series that it is about.
  if (/^(series|registry)#/.test(streamId)) return 'series';
  if (streamId.startsWith('payment#')) return 'payment';
  return streamId.startsWith('order#') ? 'order' : 'notification';
};
