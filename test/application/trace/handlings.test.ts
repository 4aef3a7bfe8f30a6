import { expect } from 'chai';
import { describe, it } from 'mocha';
import { handlingsOf } from '../../../src/application/trace/handlings.ts';
import { timeOfUlid } from '../../../src/application/trace/ulid.ts';
import type { RecordedCommit } from '../../../src/application/ports/eventStore.ts';
import type { LogLine } from '../../../src/application/ports/logSearch.ts';

const DAY_MS = 86_400_000;

const record = (changes: Partial<LogLine>): LogLine => ({
  id: JSON.stringify(changes),
  at: 0,
  level: 'info',
  event: 'message.handled',
  service: 'payments',
  logStream: 'a',
  bytes: 1,
  ...changes,
});

const commitAt = (committedAt: number): RecordedCommit => ({
  streamId: 'order#o-1',
  version: 1,
  committedAt,
  commitId: 'c',
  idempotencyKey: 'drive#o-1',
  correlationId: 'chain',
  causationId: 'm-1',
  events: [{ type: 'PaymentDeclined', v: 1, data: {} }],
  hash: 'h',
  previousHash: '',
});

const handlings = (commit: RecordedCommit, records: readonly LogLine[]) =>
  handlingsOf({ entries: [{ commit, located: [] }], notices: [], records });

describe('handlingsOf', () => {
  const slow = record({ messageId: 'm-1', at: 100, durationMs: 100, logStream: 'slow' });
  const quick = record({ messageId: 'm-1', at: 50, durationMs: 40, logStream: 'quick' });
  const written = { event: 'order.committed', causationId: 'm-1', outcome: 'PaymentDeclined' };

  it('gives a commit to the process that recorded it, where two had the message at once', () => {
    const late = record({ ...written, at: 21, logStream: 'slow' });

    const found = handlings(commitAt(20), [slow, quick, late]);

    expect(found.map(({ by, commits }) => [by, commits.length])).to.deep.equal([
      ['slow', 1],
      ['quick', 0],
    ]);
  });

  it('gives a commit to no receive of another process after its writer’s death', () => {
    const late = record({ ...written, at: 1, logStream: 'dead' });

    const found = handlings(commitAt(0), [quick, late]);

    expect(found.map(({ by, end, commits }) => [by, end?.id, commits.length])).to.deep.equal([
      ['quick', quick.id, 0],
      ['dead', undefined, 1],
    ]);
  });
});

describe('timeIn', () => {
  /** The example in the specification of ULIDs. */
  const ID = '01ARYZ6S41TSV4RRFFQ69G5FAV';
  const AT = 1_469_918_176_385;

  it('reads the time of a ULID, where a queue could have kept its message until then', () => {
    expect(timeOfUlid(ID, AT)).to.equal(AT);
    expect(timeOfUlid(ID, AT + 14 * DAY_MS)).to.equal(AT);
  });

  it('believes no id that somebody else chose', () => {
    expect(timeOfUlid(ID, AT - 1)).to.equal(undefined);
    expect(timeOfUlid(ID, AT + 14 * DAY_MS + 1)).to.equal(undefined);
    expect(timeOfUlid('chain-1', AT)).to.equal(undefined);
    expect(timeOfUlid(ID.toLowerCase(), AT)).to.equal(undefined);
  });
});
