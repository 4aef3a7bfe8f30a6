import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryMessageQueue } from '../../../src/adapters/memory/messageQueue.ts';
import { createSystemClock } from '../../../src/adapters/system/clock.ts';
import { describeMessageQueue } from '../../contracts/messageQueue.contract.ts';

describeMessageQueue('memory', () => {
  const clock = createSystemClock();
  const ids = createMemoryIds();
  return Promise.resolve({
    open: (maxReceiveCount) => {
      const deadLetter = createMemoryMessageQueue({ clock, ids });
      const queue = createMemoryMessageQueue({ clock, ids, deadLetter, maxReceiveCount });
      return Promise.resolve({ queue, deadLetter });
    },
    close: () => Promise.resolve(),
  });
});
