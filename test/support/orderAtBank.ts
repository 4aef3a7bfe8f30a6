import { expect } from 'chai';
import * as Order from '../../src/domain/order/index.ts';
import {
  AUTHENTICATION_MAX_MS,
  contextAt,
  NOON,
  numbered,
  RESEND_HORIZON_MS,
} from './orderContext.ts';
import { hint, LINK, LINKABLE } from './gatewayEvents.ts';
import { cancelOrder, placeOrder } from './orderLife.ts';

/*
 * Workers that drive one order whose bank wants it authenticated, and a gateway that captures or
 * cancels its one payment once. Pure: workers meet in the log alone, and a request may take effect
 * long after its worker has given it up.
 */

const PI = 'pi_1';
const TOTAL = 4_758;

type There = 'nothing' | 'wants' | 'awaits' | 'failed' | 'paid' | 'cancelled';
type Call = 'charge' | 'confirm' | 'void';

type Worker = {
  state: Order.State;
  evidence: Order.Evidence;
  readonly context: Partial<Order.DecisionContext>;
  isDone: boolean;
};

/** What may happen between two steps of a worker. */
export const DEEDS = ['complete', 'fail', 'cancel', 'wait', 'wait long', 'land', 'crash'] as const;
export type Deed = (typeof DEEDS)[number];

export type Reply = 'answered' | 'lost' | 'late';

const moved = {
  type: 'MoneyMoved',
  source: 'answer',
  reference: PI,
  amountMinor: TOTAL,
  currency: 'EUR',
} as const;

export const createOrderAtBank = (confirmed: 'awaits' | 'paid' | 'failed') => {
  let state = Order.initialState;
  let now = NOON;
  let there: There = 'nothing';
  let charges = 0;
  let numbers = 0;
  let messages = 0;
  const commits: (readonly Order.StreamEvent[])[] = [];
  const keys = new Map<Call, Order.Observation>();
  const late: Call[] = [];
  const said: Order.Hint[] = [];

  const become = (next: There): void => {
    if (there === next) return;
    if (next === 'paid') charges += 1;
    there = next;
    said.push(hint({ says: WORDS[next] }));
  };
  const declined = (code: string) => ({ type: 'Declined', code, reference: PI }) as const;

  const execute = (call: Call): Order.Observation => {
    switch (call) {
      case 'charge':
        if (there === 'nothing') become('wants');
        return declined('authentication_required');
      case 'confirm':
        if (there !== 'wants') return { type: 'Refused', code: 'unexpected_state' };
        become(confirmed);
        if (confirmed === 'paid') return moved;
        return confirmed === 'failed'
          ? declined('insufficient_funds')
          : { type: 'CustomerAwaited', link: LINK };
      case 'void':
        if (there === 'paid') return moved;
        become('cancelled');
        return { type: 'Voided' };
    }
  };
  /** A key answers its first answer, whatever became of the payment; a cancel what stands. */
  const arrive = (call: Call): Order.Observation => {
    const answer = (call === 'void' ? undefined : keys.get(call)) ?? execute(call);
    if (answer.type !== 'Refused') keys.set(call, answer);
    return answer;
  };
  const inspected = (): Order.Observation => ({
    type: 'Inspected',
    lookedUpAt: now,
    found: {
      reference: PI,
      status: STATUS[there],
      currency: 'EUR',
      capturableMinor: 0,
      capturedMinor: there === 'paid' ? TOTAL : 0,
      refundedMinor: 0,
      ...(there === 'wants' && { failed: 'authentication_required' }),
      ...(there === 'failed' && { failed: 'payment_intent_authentication_failure' }),
    },
  });
  const listed = (): Order.Observation => {
    if (there === 'nothing') return { type: 'Absent', lookedUpAt: now };
    if (there === 'wants') return declined('authentication_required');
    return there === 'paid' ? moved : { type: 'LookUpFailed', lookedUpAt: now };
  };

  const commit = (events: readonly Order.StreamEvent[]): void => {
    if (events.length === 0) return;
    commits.push(events);
    state = Order.fold(events, state);
  };
  const contextOf = ({ context }: Pick<Worker, 'context'>) => contextAt(now, context);

  const step = (worker: Worker, reply: Reply): void => {
    const next = Order.nextStep(worker.state, worker.evidence, contextOf(worker));
    const learn = (subject: Order.Subject, known: Order.RequestKnowledge): void => {
      worker.evidence = Order.learn(worker.evidence, subject, known);
    };
    switch (next.type) {
      case 'Append':
        if (worker.state.version === state.version) commit(next.events);
        worker.state = state;
        return;
      case 'Send': {
        const { type: call } = next.call;
        // What was paid is refunded: that is as for any other order.
        if (call === 'refund' || call === 'capture') {
          worker.isDone = true;
          return;
        }
        if (call !== 'void') {
          expect(worker.state.cancellation, 'sent though cancelled (I14)').to.equal(undefined);
        }
        const sent = { voided: call === 'void', confirmed: call === 'confirm' };
        const about = {
          ...(sent.voided && { voided: true as const }),
          ...(sent.confirmed && { confirmed: true as const }),
        };
        if (reply === 'late') late.push(call);
        const answer = reply === 'late' ? undefined : arrive(call);
        const isKnown = reply === 'answered' && answer !== undefined;
        return learn(next.subject, { answer: isKnown ? answer : { type: 'NoAnswer' }, ...about });
      }
      case 'LookUp':
        if (next.subject !== 'payment#1') {
          worker.isDone = true;
          return;
        }
        if (next.of.type === 'NamedPayment') return learn(next.subject, { answer: listed() });
        return learn(next.subject, {
          answer: next.of.type === 'ShopPayment' ? inspected() : listed(),
        });
      case 'AllocateNumber':
        expect(there, 'numbered without a capture (I4)').to.equal('paid');
        numbers = 1;
        return learn(next.subject, { number: numbered(1) });
      case 'FindNumber':
        return learn(next.subject, { searched: true });
      case 'RetryLater':
      case 'DeadLetter':
      case 'Settled':
        worker.isDone = true;
        return;
      case 'ClaimPayment':
      case 'CloseDocument':
        expect.fail('nobody claims it, and no refund fails');
    }
  };

  return {
    commits,
    start: (context: Partial<Order.DecisionContext> = {}): Worker => ({
      state,
      evidence: Order.NO_EVIDENCE,
      context: { letter: `m-${(messages += 1)}`, ...context },
      isDone: false,
    }),
    step,
    place: () =>
      commit(Order.decide(placeOrder(LINKABLE), state, contextOf({ context: {} }))._unsafeUnwrap()),
    happen: (deed: Deed): void => {
      switch (deed) {
        case 'complete':
          if (there === 'awaits' || there === 'failed') become('paid');
          return;
        case 'fail':
          if (there === 'awaits') become('failed');
          return;
        case 'cancel':
          return commit(
            Order.decide(cancelOrder(), state, contextOf({ context: {} })).unwrapOr([]),
          );
        case 'wait':
          now += RESEND_HORIZON_MS;
          return;
        case 'wait long':
          now += AUTHENTICATION_MAX_MS;
          return;
        case 'land': {
          const call = late.shift();
          if (call !== undefined) arrive(call);
          return;
        }
        case 'crash':
      }
    },
    said,
    landAll: () => {
      for (const call of late.splice(0)) arrive(call);
    },
    get state() {
      return state;
    },
    get there() {
      return there;
    },
    get charges() {
      return charges;
    },
    get numbers() {
      return numbers;
    },
  };
};

const WORDS: Readonly<Record<There, string>> = {
  nothing: '',
  wants: 'requires_payment_method',
  awaits: 'requires_action',
  failed: 'requires_payment_method',
  paid: 'succeeded',
  cancelled: 'canceled',
};

const STATUS: Readonly<Record<There, Order.StandingPayment['status']>> = {
  nothing: 'open',
  wants: 'open',
  awaits: 'open',
  failed: 'open',
  paid: 'captured',
  cancelled: 'cancelled',
};
