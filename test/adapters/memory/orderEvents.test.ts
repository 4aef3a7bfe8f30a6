import { createMemoryOrderEvents } from '../../../src/adapters/memory/orderEvents.ts';
import { describeOrderEvents } from '../../contracts/orderEvents.contract.ts';

describeOrderEvents('memory', () =>
  Promise.resolve({
    open: () => {
      const orderEvents = createMemoryOrderEvents();
      const heard = () =>
        orderEvents.published().map(({ body, attributes }) => ({
          body,
          ...(attributes && { attributes }),
        }));
      return Promise.resolve({ orderEvents, heard: () => Promise.resolve(heard()) });
    },
    close: () => Promise.resolve(),
  }),
);
