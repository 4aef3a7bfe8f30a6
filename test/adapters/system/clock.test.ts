import { expect } from 'chai';
import { createSystemClock } from '../../../src/adapters/system/clock.ts';

describe('the system clock', () => {
  it('sleeps for so long', async () => {
    const clock = createSystemClock();
    const before = performance.now();
    await clock.sleep(20);
    expect(performance.now() - before).to.be.at.least(19);
  });

  it('wakes at once when the signal fires, also when it already has', async () => {
    const clock = createSystemClock();
    const abort = new AbortController();
    const sleeping = clock.sleep(60_000, abort.signal);
    abort.abort();
    await sleeping;
    await clock.sleep(60_000, abort.signal);
  });
});
