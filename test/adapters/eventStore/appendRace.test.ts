import { expect } from 'chai';
import fc from 'fast-check';
import { errAsync, ResultAsync } from 'neverthrow';
import type { CommitTable } from '../../../src/adapters/eventStore/commitTable.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import type { AppendError, StreamPosition } from '../../../src/application/ports/eventStore.ts';
import { clock, commitOf, loadPosition, must, STREAM } from '../../support/commits.ts';

const FAULTS = ['none', 'none', 'applied and lost', 'lost', 'late'] as const;
type Fault = (typeof FAULTS)[number];

type Said = { readonly id: string; readonly answer: StreamPosition | AppendError['type'] };

describe('appends that race under faults', () => {
  it('hold in whatever order calls and late writes take effect (S6, S7, D2-D5)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.infiniteStream(fc.constantFrom(...FAULTS)), { minLength: 2, maxLength: 4 }),
        async (scheduler, plans) => {
          const memory = createMemoryCommitTable();
          const writers = plans.map((faults, writer) => {
            const table = scheduledTable(memory, { scheduler, faults });
            return writeFour(table, `w${writer}`);
          });
          await scheduler.waitFor(Promise.all(writers));
          await scheduler.waitAll();
          const said = (await Promise.all(writers)).flat();

          const { commits } = await must(createEventStore(memory, clock).load(STREAM));
          for (const { id, answer } of said) {
            const found = commits.filter(({ commitId }) => commitId === id);
            expect(found.length, `${id} is there once or not at all`).to.be.at.most(1);
            if (answer === 'Conflict') expect(found, `${id} lost`).to.deep.equal([]);
            if (typeof answer === 'string') continue;
            expect(found[0], `${id} was acknowledged`).to.include({ hash: answer.hash });
          }
        },
      ),
    );
  });
});

/** Four commits, each repeated while it is uncertain, and decided again after a conflict. */
const writeFour = async (table: CommitTable, writer: string): Promise<readonly Said[]> => {
  const store = createEventStore(table, clock);
  const said: Said[] = [];
  for (const n of [1, 2, 3, 4]) {
    const id = `${writer}-${n}`;
    const after = await loadPosition(store, STREAM);
    let answer = await store.append(STREAM, after, commitOf(id, 'A', 'B'));
    for (let repeats = 0; answer.isErr() && answer.error.type === 'Uncertain' && repeats < 2;) {
      repeats += 1;
      answer = await store.append(STREAM, after, commitOf(id, 'A', 'B'));
    }
    said.push({ id, answer: answer.isOk() ? answer.value : answer.error.type });
  }
  return said;
};

/**
 * Each call takes effect when the scheduler says so, and its answer comes when the scheduler says
 * so.
 */
const scheduledTable = (
  memory: CommitTable,
  { scheduler, faults }: { scheduler: fc.Scheduler; faults: fc.Stream<Fault> },
): CommitTable => {
  const turn = () => scheduler.schedule(Promise.resolve());
  const lost = { type: 'Ambiguous', cause: 'lost' } as const;
  return {
    ...memory,
    read: (key) => ResultAsync.fromSafePromise(turn()).andThen(() => memory.read(key)),
    readPage: (streamId, from) =>
      ResultAsync.fromSafePromise(turn()).andThen(() => memory.readPage(streamId, from)),
    insert: (item) => {
      const fault: Fault = faults.next().value ?? 'none';
      // Of a late write nobody hears any more, not even its writer.
      if (fault === 'late') void turn().then(() => memory.insert(item));
      if (fault === 'late' || fault === 'lost') {
        return ResultAsync.fromSafePromise(turn()).andThen(() => errAsync(lost));
      }
      const applied = ResultAsync.fromSafePromise(turn()).andThen(() => memory.insert(item));
      const answered = applied.map((outcome) => turn().then(() => outcome));
      return fault === 'none' ? answered : answered.andThen(() => errAsync(lost));
    },
  };
};
