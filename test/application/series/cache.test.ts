import { UTC_CALENDAR } from '../../../src/domain/calendar.ts';
import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { createSeriesCache } from '../../../src/application/series/cache.ts';
import { SERIES_START, type SeriesCommit } from '../../../src/application/series/seriesLog.ts';

/** The commit of a version, which numbers one document: `o3` at version 3. */
const commit = (version: number): SeriesCommit => ({
  version,
  hash: `hash-${version}`,
  previousHash: version === 1 ? '' : `hash-${version - 1}`,
  event: {
    type: 'DocumentsNumbered',
    data: {
      ...UTC_CALENDAR,
      first: version,
      date: 5,
      year: 1970,
      entries: [{ id: `o${version}`, reference: 'pi' }],
      format: '',
    },
  },
});
const commits = (first: number, last: number): readonly SeriesCommit[] =>
  Array.from({ length: last - first + 1 }, (_, at) => commit(first + at));

const rangeFrom = (version: number, entriesMax = 10) =>
  createSeriesCache(
    'INV',
    {
      state: { date: 5, year: 1970, next: version + 1, format: '' },
      position: { version, hash: `hash-${version}` },
    },
    entriesMax,
  );

const known = (range: ReturnType<typeof createSeriesCache>): readonly string[] =>
  Array.from({ length: 30 }, (_, at) => `o${at}`).filter((id) => range.find(id) !== undefined);

describe('what an allocator remembers', () => {
  it('is bounded: the older half is forgotten, and known to be', () => {
    const range = createSeriesCache('INV', SERIES_START, 4);
    for (const each of commits(1, 5)) expect(range.absorb(each)).to.deep.equal(ok());
    expect([range.lo(), known(range), range.room()]).to.deep.equal([3, ['o4', 'o5'], 2]);
    expect(range.head.position.version).to.equal(5);
  });

  it('takes a commit once, however often it was read', () => {
    const range = rangeFrom(3);
    for (const each of [4, 5, 5, 4, 3]) expect(range.absorb(commit(each))).to.deep.equal(ok());
    expect([range.head.position.version, known(range)]).to.deep.equal([5, ['o4', 'o5']]);
  });

  for (const [what, wrong, why] of [
    ['leaves a gap', commit(5), 'follows version 3'],
    [
      'is chained to another',
      { ...commit(4), previousHash: 'another' },
      'is not chained to the commit before it',
    ],
  ] as const) {
    it(`takes no commit that ${what}`, () => {
      const range = rangeFrom(3);
      const { version } = wrong;
      const corrupt = { type: 'CorruptStream', streamId: 'series#INV', version, why };
      expect(range.absorb(wrong)).to.deep.equal(err(corrupt));
      expect([range.head.position.version, known(range)]).to.deep.equal([3, []]);
    });
  }

  it('reaches back to what was read, where that ends at what it remembers', () => {
    const range = rangeFrom(7);
    range.adopt(4, commits(5, 9));
    expect([range.lo(), known(range)]).to.deep.equal([4, ['o5', 'o6', 'o7']]);
    range.adopt(2, commits(3, 7));
    expect([range.lo(), known(range)]).to.deep.equal([2, ['o3', 'o4', 'o5', 'o6', 'o7']]);
  });

  it('stays as it is where what was read leaves a gap, is known, or has no room', () => {
    const range = rangeFrom(7, 4);
    for (const [from, read] of [
      [4, commits(5, 6)],
      [4, commits(6, 7)],
      [8, commits(9, 9)],
      [1, commits(2, 7)],
    ] as const) {
      range.adopt(from, read);
      expect([range.lo(), known(range)]).to.deep.equal([7, []]);
    }
  });
});
