import { expect } from 'chai';
import { describe, it } from 'mocha';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryMessageQueue } from '../../../src/adapters/memory/messageQueue.ts';
import { createSystemClock } from '../../../src/adapters/system/clock.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import { describeMessageQueue } from '../../contracts/messageQueue.contract.ts';

const HURRY = 10;

/** Ten times as fast as the world, so that a second of visibility costs a tenth. */
const createHurriedClock = (): Clock => {
  const real = createSystemClock();
  const start = real.now();
  return {
    now: () => start + (real.now() - start) * HURRY,
    sleep: (ms, signal) => real.sleep(ms / HURRY, signal),
  };
};

describeMessageQueue('memory', () => {
  const ids = createMemoryIds();
  return Promise.resolve({
    open: (maxReceiveCount) => {
      const clock = createHurriedClock();
      const deadLetter = createMemoryMessageQueue({ clock, ids });
      const queue = createMemoryMessageQueue({ clock, ids, deadLetter, maxReceiveCount });
      return Promise.resolve({ queue, deadLetter });
    },
    close: () => Promise.resolve(),
  });
});

describe('the queue in memory', () => {
  it('leaves a message alone whose receipt is not the newest one (Q4)', async () => {
    const clock = createVirtualClock();
    const queue = createMemoryMessageQueue({ clock, ids: createMemoryIds() });
    const receive = async () =>
      (await queue.receive({ max: 1, waitMs: 0, visibilityMs: 1_000 }))._unsafeUnwrap()[0];
    await queue.send([{ body: 'x' }]);
    const { receipt = '' } = (await receive()) ?? {};
    await clock.advance(1_000);
    await receive();

    const late = await queue.changeVisibility([{ receipt, visibilityMs: 0 }]);
    expect(late._unsafeUnwrap()[0]).to.include({ code: 'MessageNotInflight' });
    expect((await queue.delete([receipt]))._unsafeUnwrap()[0]).to.deep.equal({ type: 'Done' });
    expect(queue.counts()).to.deep.equal({ visible: 0, inFlight: 1 });
  });
});
