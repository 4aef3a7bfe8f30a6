import { expect } from 'chai';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createRateLimit, PAGE_UNITS } from '../../../src/application/log/rateLimit.ts';

describe('the limit of readers that share a budget', () => {
  /** Readers that read pages of this cost one after the other, for so long. */
  const readFor = async (
    ms: number,
    { budget, cost, readers }: { budget: number; cost: number; readers: number },
  ): Promise<number> => {
    const clock = createVirtualClock();
    const limit = createRateLimit(budget, clock);
    const stop = new AbortController();
    let units = 0;
    const read = async (): Promise<void> => {
      for (;;) {
        const paid = await limit.take(PAGE_UNITS, stop.signal);
        if (stop.signal.aborted) return;
        units += cost;
        await clock.sleep(10, stop.signal);
        paid(cost);
      }
    };
    const running = Array.from({ length: readers }, read);
    await clock.advance(ms);
    stop.abort();
    await clock.advance(0);
    await Promise.all(running);
    expect(clock.sleepers()).to.equal(0);
    return units;
  };

  for (const readers of [1, 8]) {
    for (const cost of [1, 100, PAGE_UNITS]) {
      it(`lets ${readers} readers of ${cost} units exceed 500 in a second by a page`, async () => {
        const units = await readFor(60_000, { budget: 500, cost, readers });
        expect(units).to.be.at.most(500 * 60 + PAGE_UNITS);
        // Pages that cost less than was thought are compensated: most of what may be read is.
        expect(units).to.be.at.least(cost === 1 ? 200 : 15_000);
      });
    }
  }

  it('makes nobody wait for what was not read', async () => {
    const clock = createVirtualClock();
    const limit = createRateLimit(10, clock);
    for (let n = 0; n < 100; n += 1) {
      const paid = await limit.take(PAGE_UNITS);
      paid(0);
    }
    expect(clock.now()).to.equal(0);
  });

  it('makes nobody wait without a budget', async () => {
    const limit = createRateLimit(undefined, createVirtualClock());
    for (let n = 0; n < 100; n += 1) (await limit.take(PAGE_UNITS))(PAGE_UNITS);
  });

  it('lets go everybody in line when the signal fires', async () => {
    const clock = createVirtualClock();
    const limit = createRateLimit(1, clock);
    const stop = new AbortController();
    await limit.take(PAGE_UNITS, stop.signal);
    const waiting = [1, 2, 3].map(() => limit.take(PAGE_UNITS, stop.signal));
    await clock.advance(1_000);
    stop.abort();
    await Promise.all(waiting);
    expect(clock.sleepers()).to.equal(0);
  });
});
