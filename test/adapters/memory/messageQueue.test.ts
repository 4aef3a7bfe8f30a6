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
