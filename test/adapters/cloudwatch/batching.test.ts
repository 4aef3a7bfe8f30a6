import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  applyRejections,
  batchCost,
  chronological,
  LOG_BATCH_BYTES_MAX,
  LOG_BATCH_EVENTS_MAX,
  LOG_BATCH_SPAN_MAX_MS,
  LOG_EVENT_BYTES_MAX,
  type PendingLine,
  createLineQueue,
} from '../../../src/adapters/cloudwatch/batching.ts';

const DAY_MS = 86_400_000;

const line = (timestamp: number, bytes: number, message = ''): PendingLine => ({
  timestamp,
  bytes,
  message,
  own: false,
});

/** Sizes and times as they come, and those that lie on a limit. */
const anyLines = (): fc.Arbitrary<PendingLine[]> =>
  fc
    .array(
      fc.tuple(
        fc.oneof(fc.integer({ min: 0, max: 3 * DAY_MS }), fc.constantFrom(0, DAY_MS, DAY_MS + 1)),
        fc.oneof(
          fc.integer({ min: 1, max: 2_000 }),
          fc.integer({ min: 1, max: LOG_EVENT_BYTES_MAX }),
          fc.constantFrom(LOG_EVENT_BYTES_MAX, LOG_BATCH_BYTES_MAX / 2 - 26),
        ),
      ),
      { maxLength: 200 },
    )
    .map((parts) => parts.map(([time, bytes], index) => line(time, bytes, String(index))));

const queueOf = (lines: readonly PendingLine[], bounds = { linesMax: 1e9, bytesMax: 1e12 }) => {
  const queue = createLineQueue(bounds);
  const dropped = lines.flatMap((each) => queue.add(each));
  return { queue, dropped };
};

const allBatches = (lines: readonly PendingLine[]) => {
  const { queue } = queueOf(lines);
  const batches: (readonly PendingLine[])[] = [];
  for (let batch = queue.take(); batch.length > 0; batch = queue.take()) batches.push(batch);
  return batches;
};

const costOf = (batch: readonly PendingLine[]) =>
  batch.reduce((sum, each) => sum + batchCost(each), 0);

const spanOf = (batch: readonly PendingLine[]) => {
  const times = batch.map(({ timestamp }) => timestamp);
  return Math.max(...times) - Math.min(...times);
};

describe('log batches', () => {
  it('hold every line exactly once, in the order in which they came', () => {
    fc.assert(
      fc.property(anyLines(), (lines) => {
        expect(allBatches(lines).flat()).to.deep.equal(lines);
      }),
    );
  });

  it('keep every limit of PutLogEvents', () => {
    fc.assert(
      fc.property(anyLines(), (lines) => {
        for (const batch of allBatches(lines)) {
          expect(batch.length).to.be.within(1, LOG_BATCH_EVENTS_MAX);
          expect(costOf(batch)).to.be.at.most(LOG_BATCH_BYTES_MAX);
          expect(spanOf(batch)).to.be.at.most(LOG_BATCH_SPAN_MAX_MS);
          const times = chronological(batch).map(({ timestamp }) => timestamp);
          expect(times).to.deep.equal(times.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  it('are as long as the limits allow', () => {
    fc.assert(
      fc.property(anyLines(), (lines) => {
        const batches = allBatches(lines);
        for (const [index, batch] of batches.entries()) {
          const next = batches[index + 1]?.[0];
          if (next === undefined) continue;
          const longer = [...batch, next];
          expect(
            costOf(longer) > LOG_BATCH_BYTES_MAX || spanOf(longer) > LOG_BATCH_SPAN_MAX_MS,
          ).to.equal(true);
        }
      }),
    );
  });

  it('end at 10,000 lines', () => {
    const lengths = allBatches(Array.from({ length: 20_001 }, (_, index) => line(index, 1)));
    expect(lengths.map(({ length }) => length)).to.deep.equal([10_000, 10_000, 1]);
  });

  it('leave lines of the same time in their order', () => {
    const lines = [line(5, 1, 'a'), line(3, 1, 'b'), line(5, 1, 'c'), line(3, 1, 'd')];
    expect(chronological(lines).map(({ message }) => message)).to.deep.equal(['b', 'd', 'a', 'c']);
  });
});

describe('createLineQueue', () => {
  it('holds no more than it may and returns each line it drops, oldest first', () => {
    const bounds = { linesMax: 50, bytesMax: 100_000 };
    fc.assert(
      fc.property(anyLines(), (lines) => {
        const { queue, dropped } = queueOf(lines, bounds);
        expect(queue.count()).to.be.at.most(bounds.linesMax);
        expect(queue.bytes()).to.be.at.most(bounds.bytesMax);
        expect(queue.bytes()).to.equal(costOf(queue.lines()));
        expect([...dropped, ...queue.lines()]).to.deep.equal(lines);
      }),
    );
  });
});

describe('applyRejections (F36, X8)', () => {
  const batch = Array.from({ length: 5 }, (_, index) => line(index, 1, String(index)));
  const storedOf = (info: Parameters<typeof applyRejections>[1]) => {
    const { stored, rejected } = applyRejections(batch, info);
    expect(stored.length + rejected.length).to.equal(batch.length);
    return stored.map(({ message }) => message).join('');
  };

  it('takes the index of what is too new as inclusive, the others as exclusive', () => {
    expect(storedOf({})).to.equal('01234');
    expect(storedOf({ tooOldLogEventEndIndex: 2 })).to.equal('234');
    expect(storedOf({ expiredLogEventEndIndex: 3 })).to.equal('34');
    expect(storedOf({ tooNewLogEventStartIndex: 3 })).to.equal('012');
    expect(storedOf({ tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 4 })).to.equal('123');
  });

  it('counts each line once where everything is refused', () => {
    expect(storedOf({ tooOldLogEventEndIndex: 5 })).to.equal('');
    expect(storedOf({ tooOldLogEventEndIndex: 5, tooNewLogEventStartIndex: 0 })).to.equal('');
    expect(storedOf({ tooNewLogEventStartIndex: 0 })).to.equal('');
  });
});
