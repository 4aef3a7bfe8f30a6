import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import * as Order from '../../src/domain/order/index.ts';
import type { OrderLife } from './orderLife.ts';

type Step<T extends Order.OrderStep['type']> = Extract<Order.OrderStep, { readonly type: T }>;

/**
 * given(life).when(command).thenTypes(…) says what an order records; given(life).knowing(subject,
 * known) .thenIs(step) says what is to be done for it next.
 */
export const given = (life: Pick<OrderLife, 'events' | 'context'>) => {
  const state = Order.fold(life.events);
  return {
    when: (command: Order.Command) => {
      const decided = Order.decide(command, state, life.context);
      return {
        thenEvents: (...events: readonly Order.StreamEvent[]) =>
          expect(decided).to.deep.equal(ok(events)),
        thenTypes: (...types: readonly Order.StreamEvent['type'][]) =>
          expect(decided.map((events) => events.map(({ type }) => type))).to.deep.equal(ok(types)),
        /** The command is known: the order is only driven on. */
        thenNothing: () => expect(decided).to.deep.equal(ok([])),
        thenRejected: (rejection: Order.Rejection) => expect(decided).to.deep.equal(err(rejection)),
      };
    },
    next: () => nextOf(Order.nextStep(state, Order.NO_EVIDENCE, life.context)),
    knowingAll: (...known: readonly (readonly [Order.Subject, Order.RequestKnowledge])[]) => {
      const evidence = known.reduce(
        (learned, [subject, one]) => Order.learn(learned, subject, one),
        Order.NO_EVIDENCE,
      );
      return nextOf(Order.nextStep(state, evidence, life.context));
    },
    knowing: (subject: Order.Subject, known: Order.RequestKnowledge) =>
      nextOf(Order.nextStep(state, Order.learn(Order.NO_EVIDENCE, subject, known), life.context)),
  };
};

const nextOf = (step: Order.OrderStep) => ({
  step,
  thenIs: (expected: Order.OrderStep) => expect(step).to.deep.equal(expected),
  /** What is named here, whatever else the step has. */
  thenStep: <T extends Order.OrderStep['type']>(type: T, parts: Partial<Step<T>> = {}) =>
    expect(step).to.deep.include({ type, ...parts }),
  thenAppends: (...types: readonly Order.StreamEvent['type'][]) =>
    expect(step.type === 'Append' ? step.events.map(({ type }) => type) : step).to.deep.equal(
      types,
    ),
});
