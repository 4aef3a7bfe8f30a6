import { expect } from 'chai';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';

describe('the virtual clock', () => {
  it('wakes sleepers in the order of their time, each at its time', async () => {
    const clock = createVirtualClock(1_000);
    const woken: string[] = [];
    const note = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push(`${name} ${clock.now()}`);
    };
    void note('c', 300);
    void note('a', 100);
    void note('b', 100);
    await clock.advance(99);
    expect(woken).to.deep.equal([]);
    await clock.advance(201);
    expect(woken).to.deep.equal(['a 1100', 'b 1100', 'c 1300']);
    expect(clock.now()).to.equal(1_300);
  });

  it('lets what a sleeper does next happen before later ones wake', async () => {
    const clock = createVirtualClock();
    const woken: number[] = [];
    const twice = async () => {
      await clock.sleep(10);
      await Promise.resolve();
      await clock.sleep(10);
      woken.push(20);
    };
    const late = async () => {
      await clock.sleep(30);
      woken.push(30);
    };
    void late();
    void twice();
    await clock.advance(30);
    expect(woken).to.deep.equal([20, 30]);
  });

  it('ends a sleep at once when its signal fires, and forgets it', async () => {
    const clock = createVirtualClock();
    const abort = new AbortController();
    const sleeping = clock.sleep(10, abort.signal);
    expect(clock.sleepers()).to.equal(1);
    expect(clock.nextWakeAt()).to.equal(10);
    abort.abort();
    await sleeping;
    expect(clock.sleepers()).to.equal(0);
    expect(clock.nextWakeAt()).to.equal(undefined);
    expect(clock.now()).to.equal(0);
  });

  it('shows whole milliseconds alone, as every clock does, however short a sleep is', async () => {
    const clock = createVirtualClock();
    const woken = clock.sleep(0.25).then(() => clock.now());
    await clock.advance(10);
    expect(await woken).to.equal(1);
  });
});
