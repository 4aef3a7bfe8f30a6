import { createMemoryOrderEvents } from '../../../src/adapters/memory/orderEvents.ts';
import { describeOrderEvents } from '../../contracts/orderEvents.contract.ts';

describeOrderEvents('memory', () =>
  Promise.resolve({
    open: () => {
      const orderEvents = createMemoryOrderEvents();
      const received = () =>
        orderEvents.published().map(({ body, attributes }) => ({
          body,
          ...(attributes && { attributes }),
        }));
      return Promise.resolve({ orderEvents, received: () => Promise.resolve(received()) });
    },
    close: () => Promise.resolve(),
  }),
);
