import { expect } from 'chai';
import fc from 'fast-check';
import { err } from 'neverthrow';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { asOf, until, type LogMoment } from '../../../src/application/log/asOf.ts';
import type { RecordedCommit } from '../../../src/application/ports/eventStore.ts';
import { appendAll, commitOf, must, STREAM } from '../../support/commits.ts';

/** Commits of 2, 2 and 1 events, written at these times by clocks that need not agree. */
const streamAt = async (...times: readonly number[]): Promise<readonly RecordedCommit[]> => {
  let now = 0;
  const store = createEventStore(createMemoryCommitTable(), { now: () => now });
  const commits = [commitOf('a', 'A', 'B'), commitOf('b', 'C', 'D'), commitOf('c', 'E')];
  for (const [index, at] of times.entries()) {
    now = at;
    const commit = commits[index % commits.length];
    if (commit !== undefined) await appendAll(store, STREAM, { ...commit, commitId: `${index}` });
  }
  return (await must(store.load(STREAM))).commits;
};

const at = (time: number): LogMoment => ({ type: 'Time', at: time });
const version = (number: number): LogMoment => ({ type: 'Version', version: number });

describe('a stream as it was', () => {
  it('at a version is whole commits: what was appended at once is seen at once', async () => {
    const stream = await streamAt(10, 20, 30);
    const seen = [1, 2, 3, 4, 5].map((asked) =>
      asOf(stream, version(asked)).map(({ version: shown, at: when }) => [shown, when]),
    );
    const values = seen.map((result) => result.unwrapOr([]));
    expect(values).to.deep.equal([
      [2, 10],
      [2, 10],
      [4, 20],
      [4, 20],
      [5, 30],
    ]);
  });

  it('at a time ends before the first commit that was written after it', async () => {
    const stream = await streamAt(10, 20, 30);
    const shown = (time: number) =>
      asOf(stream, at(time))
        .map((found) => found.version)
        .unwrapOr(0);
    expect([10, 19, 20, 29, 30, 1_000].map(shown)).to.deep.equal([2, 2, 4, 4, 5, 5]);
  });

  it('goes by the versions where clocks disagree, and says how many it left out', async () => {
    const stream = await streamAt(10, 50, 30, 40, 60);
    const found = asOf(stream, at(45));
    expect(
      found.map(({ commits, misdated }) => [commits.length, misdated]).unwrapOr([]),
    ).to.deep.equal([1, 2]);
    expect(until(stream, 45)).to.have.length(1);
  });

  it('was not before its beginning, is not beyond its end, and may never have begun', async () => {
    const stream = await streamAt(10, 20);
    expect(asOf(stream, at(9))).to.deep.equal(err({ type: 'BeforeItsBeginning', firstAt: 10 }));
    expect(asOf(stream, version(5))).to.deep.equal(err({ type: 'BeyondItsEnd', latestVersion: 4 }));
    expect(asOf([], version(1))).to.deep.equal(err({ type: 'NeverBegun' }));
  });

  it('is always a prefix of it, and at its last version all of it', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 60 }),
        async (times, asked) => {
          const stream = await streamAt(...times);
          const all = asOf(
            stream,
            version(
              asOf(stream, at(1_000))
                .map((found) => found.version)
                .unwrapOr(0),
            ),
          );
          expect(all.map(({ commits }) => commits).unwrapOr([])).to.deep.equal(stream);
          const part = asOf(stream, at(asked))
            .map(({ commits }) => commits)
            .unwrapOr([]);
          expect(part).to.deep.equal(stream.slice(0, part.length));
          expect(part.every(({ committedAt }) => committedAt <= asked)).to.equal(true);
        },
      ),
      { numRuns: 50 },
    ));
});
