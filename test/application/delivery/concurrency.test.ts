import { expect } from 'chai';
import fc from 'fast-check';
import {
  afterServed,
  afterThrottled,
  fullConcurrency,
  LOWER_INTERVAL_MS,
  RAISE_INTERVAL_MS,
} from '../../../src/application/delivery/backpressure.ts';

describe('the concurrency under throttling', () => {
  it('D6: halves at most once in an interval, and not below one', () => {
    let concurrency = fullConcurrency(50);
    const allowed: number[] = [];
    for (let ms = 0; ms < 8 * LOWER_INTERVAL_MS; ms += LOWER_INTERVAL_MS / 10) {
      concurrency = afterThrottled(concurrency, ms);
      if (concurrency.allowed !== allowed.at(-1)) allowed.push(concurrency.allowed);
    }
    expect(allowed).to.deep.equal([25, 12, 6, 3, 1]);
  });

  it('rises by one in an interval, up to its most', () => {
    let concurrency = afterThrottled(fullConcurrency(10), 0);
    const allowed: number[] = [];
    for (let ms = 0; ms <= 10 * RAISE_INTERVAL_MS; ms += RAISE_INTERVAL_MS / 4) {
      concurrency = afterServed(concurrency, ms, 10);
      if (concurrency.allowed !== allowed.at(-1)) allowed.push(concurrency.allowed);
    }
    expect(allowed).to.deep.equal([5, 6, 7, 8, 9, 10]);
  });

  it('stays within its bounds and intervals under any answers', () => {
    const anyAnswer = fc.record({
      throttled: fc.boolean(),
      afterMs: fc.integer({ min: 0, max: LOWER_INTERVAL_MS }),
    });
    const property = fc.property(
      fc.array(anyAnswer),
      fc.integer({ min: 1, max: 1_000 }),
      (answers, max) => {
        let concurrency = fullConcurrency(max);
        let now = 0;
        for (const { throttled, afterMs } of answers) {
          now += afterMs;
          const before = concurrency;
          concurrency = throttled ? afterThrottled(before, now) : afterServed(before, now, max);
          expect(concurrency.allowed).to.be.within(1, max);
          expect(concurrency.allowed - before.allowed).to.be.at.most(throttled ? 0 : 1);
          if (before.loweredAt > now - LOWER_INTERVAL_MS) {
            expect(concurrency.allowed).to.be.at.least(before.allowed);
          }
        }
      },
    );
    fc.assert(property);
  });
});
