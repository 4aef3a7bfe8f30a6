import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import * as Order from '../../src/domain/order/index.ts';

/** given(…).when(command).thenEvents(…): what an order decides, told as its history. */
export const given = (...history: readonly Order.StreamEvent[]) => ({
  when: (command: Order.Command) => {
    const decided = Order.decide(command, Order.fold(history));
    return {
      thenEvents: (...events: readonly Order.StreamEvent[]) =>
        expect(decided).to.deep.equal(ok(events)),
      thenNothing: () => expect(decided).to.deep.equal(ok([])),
      thenRejected: (rejection: Order.Rejection) => expect(decided).to.deep.equal(err(rejection)),
    };
  },
});
