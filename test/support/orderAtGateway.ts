import { expect } from 'chai';
import fc from 'fast-check';
import * as Order from '../../src/domain/order/index.ts';
import { contextAt, numbered } from './orderContext.ts';
import { createMovingGateway, type Move, type Plan } from './movingGateway.ts';
import { placeOrder, refundPayment } from './orderLife.ts';

/*
 * Workers that drive one order upon what a gateway says. Pure: every step of a worker is taken at
 * once, and workers meet in the log alone.
 */

type Worker = {
  state: Order.State;
  evidence: Order.Evidence;
  readonly context: Partial<Order.DecisionContext>;
  end: Order.OrderStep | undefined;
};

export type OrderAtGateway = ReturnType<typeof createOrderAtGateway>;

const CRASHED: Order.OrderStep = { type: 'DeadLetter', reason: 'the worker has crashed' };

export const createOrderAtGateway = (plan: Plan) => {
  const gateway = createMovingGateway(plan);
  const numbers = new Map<string, { readonly number: number; readonly reference: string }>();
  const closed = new Set<string>();
  const commits: (readonly Order.StreamEvent[])[] = [];
  let state = Order.initialState;
  let messages = 0;

  const commit = (events: readonly Order.StreamEvent[]): void => {
    if (events.length === 0) return;
    commits.push(events);
    state = Order.fold(events, state);
  };
  /** A number that was found is evidence that the refund had been made. */
  const foundOf = (
    { series, asked }: Pick<Order.StepOf<'FindNumber'>, 'series' | 'asked'>,
    id: string,
  ): Order.RequestKnowledge | undefined => {
    const known = numbers.get(id);
    if (known === undefined) return undefined;
    const { reference } = known;
    const answer = { type: 'MoneyMoved', source: 'series', reference, ...asked } as const;
    return { answer, number: numbered(known.number, { series }), searched: true };
  };
  const numberOf = (series: string, id: string, reference: string) => {
    const known = numbers.get(id) ?? { number: numbers.size + 1, reference };
    numbers.set(id, known);
    return numbered(known.number, { series });
  };

  const start = (context: Partial<Order.DecisionContext>): Worker => ({
    state,
    evidence: Order.NO_EVIDENCE,
    context: { letter: `m-${(messages += 1)}`, ...context },
    end: undefined,
  });

  const step = (worker: Worker): void => {
    const context = contextAt(undefined, { ...worker.context });
    const next = Order.nextStep(worker.state, worker.evidence, context);
    const learn = (subject: Order.Subject, known: Order.RequestKnowledge): void => {
      worker.evidence = Order.learn(worker.evidence, subject, known);
    };
    switch (next.type) {
      case 'Append':
        if (worker.state.version === state.version) commit(next.events);
        worker.state = state;
        return;
      case 'Send': {
        if (next.call.type === 'charge') return learn(next.subject, { answer: gateway.charge() });
        expect(Order.isDisputed(worker.state), 'sent while disputed (I22)').to.equal(false);
        const refundId = next.subject.slice('refund#'.length);
        const { amountMinor } = JSON.parse(next.body).refund;
        return learn(next.subject, { answer: gateway.refund(refundId, amountMinor) });
      }
      case 'LookUp':
        learn(next.subject, gateway.lookUp(next.of, context.now));
        if (next.of.type === 'Refunds' || next.of.type === 'Standing') worker.state = state;
        return;
      case 'AllocateNumber': {
        const { id, reference } = next.entry;
        if (closed.has(id)) {
          const answer = { type: 'Declined', code: 'failed', reference } as const;
          return learn(next.subject, { answer, closed: true });
        }
        return learn(next.subject, { number: numberOf(next.series, id, reference) });
      }
      case 'FindNumber':
        return learn(next.subject, foundOf(next, next.wanted.id) ?? { searched: true });
      case 'CloseDocument': {
        const { id } = next.entry;
        const found = foundOf(next, id);
        if (found === undefined) closed.add(id);
        return learn(next.subject, found ?? { closed: true });
      }
      case 'ClaimPayment':
        return expect.fail('nobody claims a payment');
      case 'RetryLater':
      case 'DeadLetter':
      case 'Settled':
        worker.end = next;
    }
  };

  /** Two workers take their steps in turns, and each may crash after some. */
  const drive = (
    contexts: readonly Partial<Order.DecisionContext>[],
    turns: readonly number[] = [],
    stepsMax = STEPS_MAX,
  ): readonly Order.OrderStep[] => {
    const workers = contexts.map(start);
    for (let at = 0; at < STEPS_MAX; at += 1) {
      const going = workers.filter(({ end }) => end === undefined);
      const worker =
        going[(turns[at % Math.max(turns.length, 1)] ?? 0) % Math.max(going.length, 1)];
      if (worker === undefined) return workers.flatMap(({ end }) => end ?? []);
      if (at >= stepsMax) worker.end = CRASHED;
      else step(worker);
    }
    return expect.fail('the order is never settled');
  };
  return {
    commits,
    numbers,
    get state() {
      return state;
    },
    drive,
    /** The event of it; undefined where it cannot be. */
    move: (what: Move, amountMinor?: number): Order.Hint | undefined =>
      gateway.move(what, amountMinor),
    settle: gateway.settle,
    held: gateway.held,
    /** The command, as its handler records it. */
    command: (command: Order.Command): void => {
      const decided = () => Order.decide(command, state, contextAt());
      decided().match(commit, ({ type }) => {
        if (type !== 'NotComparedYet') return;
        drive([{}]);
        decided().match(commit, () => undefined);
      });
    },
    /** As the handler of the gateway's events: what is known costs nothing. */
    deliver: (said: Order.Hint, context: Partial<Order.DecisionContext> = {}) =>
      Order.isKnownHint(said, state) ? [] : drive([{ hint: said, ...context }]),
    /** A person looks what was made in the place of each refund that came back. */
    decide: (): void => {
      for (const { refundId, amountMinor } of state.refunds.filter(Order.isUndecidedReturn)) {
        const again = gateway.refunds().find(
          (one) =>
            one.refundId === undefined &&
            one.status === 'moved' &&
            one.amountMinor === amountMinor &&
            !Order.isRecorded(state, one) &&
            // One of which a number was taken is credited by itself.
            !numbers.has(`o-1#gateway#${one.reference}`),
        );
        const verdict = again === undefined ? 'paid otherwise' : 'refunded again';
        const { reference = '' } = again ?? {};
        const by = { evidence: 'seen', by: 'ada', forcedBecause: '', at: 0, reference };
        Order.decideReturn({ refundId, verdict, ...by }, state).match(commit, () => undefined);
      }
    },
    /** A person wants it compared with what is there. */
    compare: (): void => {
      const by = { by: 'ada', reason: 'seen', at: 0, series: 'CN', seriesFrom: 0 };
      Order.askToCompare(by, state).match(commit, () => undefined);
    },
    place: (): void => {
      Order.decide(placeOrder(), state, contextAt()).match(commit, () => undefined);
    },
  };
};

export const anyPlan = (): fc.Arbitrary<Plan> =>
  fc.record({
    charge: fc.constantFrom('succeeded', 'succeeded', 'processing', 'lost'),
    refund: fc.constantFrom('moved', 'open', 'lost'),
  });

export const begin = (plan: Plan): OrderAtGateway => {
  const world = createOrderAtGateway(plan);
  world.place();
  world.drive([{}]);
  return world;
};

export const ask = (world: OrderAtGateway, refundId: string, amountMinor: number): void => {
  world.command(refundPayment(refundId, { type: 'Amount', amountMinor }));
  world.drive([{}]);
};

/** What the gateway says, in the order in which it was so. */
export const lastAsking = (
  world: OrderAtGateway,
  said: readonly Order.Hint[],
  context: Partial<Order.DecisionContext> = {},
): readonly Order.OrderStep[] => said.flatMap((one) => world.deliver(one, context));

export const deliver = (
  world: OrderAtGateway,
  said: readonly Order.Hint[],
  which: readonly number[],
): void => {
  for (const at of which) {
    const one = said[at % Math.max(said.length, 1)];
    if (one !== undefined) world.deliver(one);
  }
};

/** Far more than any handling of these lives takes. */
const STEPS_MAX = 400;
