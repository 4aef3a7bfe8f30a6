import { expect } from 'chai';
import type { CreditRequest } from '../../src/domain/invoice/index.ts';
import * as Order from '../../src/domain/order/index.ts';
import { CLOSE_MS, contextAt, GIVE_UP_MS, NOON, numbered } from './orderContext.ts';

/** An order as a customer sends it: 2 × 19.99 and 19 % of it, 47.58 in all. */
export const anOrder = (changes: Partial<Order.ContentV1> = {}): Order.ContentV1 => ({
  orderId: 'o-1',
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'B', description: 'Book', quantity: 2, unitPriceMinor: 1_999, taxRateBps: 1_900 }],
  paymentMethod: 'pm_card_visa',
  ...changes,
});

/** The same order, paid in that way. */
export const anOrderPaidBy = (
  payment: Order.Content['payment'],
  changes: Partial<Order.ContentV1> = {},
): Order.Content => ({ ...Order.contentOf(anOrder(changes)), payment });

export const placeOrder = (
  order: Order.SentOrder = anOrder(),
  fingerprint = 'f',
): Order.Command => ({
  type: 'PlaceOrder',
  order: Order.contentOf(order),
  fingerprint,
});

export const cancelOrder = (reason = 'changed my mind'): Order.Command => ({
  type: 'CancelOrder',
  orderId: 'o-1',
  reason,
});

export const refundPayment = (
  refundId: string,
  wanted: CreditRequest = { type: 'Rest' },
  fingerprint = `f-${refundId}`,
): Order.Command => ({ type: 'RefundPayment', orderId: 'o-1', refundId, wanted, fingerprint });

/** Each correction has a reason of its own, or it would be a copy of the one before. */
export const correctEmail = (
  email: string,
  reason = `mistyped, it is ${email}`,
): Order.Command => ({
  type: 'CorrectEmail',
  orderId: 'o-1',
  email,
  by: 'kim',
  reason,
});

/**
 * The life of one order, made of nothing but commands, evidence and the decisions of the domain:
 * only what can happen does. Each step gives a new life and leaves the old one as it was.
 */
export type OrderLife = {
  /** As they were appended, one list for each commit. */
  readonly commits: readonly (readonly Order.StreamEvent[])[];
  readonly events: readonly Order.StreamEvent[];
  readonly state: Order.State;
  readonly context: Order.DecisionContext;
  /** The same life with other context from here on: later, or with other rules. */
  with(changes: Partial<Order.DecisionContext>): OrderLife;
  commanded(command: Order.Command): OrderLife;
  /** What a person, or a worker, has appended besides. */
  adding(events: readonly Order.StreamEvent[]): OrderLife;
  /** Learns this of one subject, and is driven until nothing more is to be appended. */
  learned(subject: Order.Subject, known: Order.RequestKnowledge): OrderLife;
  resolved(decision: Partial<Order.ReviewDecision>): OrderLife;
  placed(order?: Order.SentOrder): OrderLife;
  /** Something came under its id that no rule takes. */
  refused(refusal?: Partial<Order.OrderRefusal>): OrderLife;
  cancelled(): OrderLife;
  asked(refundId: string, wanted?: CreditRequest): OrderLife;
  corrected(email: string): OrderLife;
  /** The gateway captured what was asked for, and the allocator gave this number. */
  captured(number?: number, reference?: string): OrderLife;
  declined(): OrderLife;
  /** A look-up after close found nothing, and the series has no number. */
  absent(): OrderLife;
  /** A look-up after close failed until it was given up, and the series has no number. */
  unresolved(): OrderLife;
  /** The gateway captured another amount. */
  inReview(): OrderLife;
  refunded(refundId: string, number?: number): OrderLife;
  refundFailed(refundId: string): OrderLife;
  /**
   * The comparison that is due found these refunds at the gateway, of which the first to be adopted
   * gets this number.
   */
  compared(listed?: readonly Order.ListedRefund[], number?: number): OrderLife;
  /** A look-up after close failed, and the series has no number. */
  refundInReview(refundId: string): OrderLife;
};

export const orderLife = (context: Order.DecisionContext = contextAt()): OrderLife =>
  lifeOf(context, () => ({ commits: [], state: Order.initialState }));

type Lived = Pick<OrderLife, 'commits' | 'state'>;

/**
 * Lived when it is asked for, so that what cannot be is the failure of a test, and not of a file.
 */
const lifeOf = (context: Order.DecisionContext, live: () => Lived): OrderLife => {
  let memory: Lived | undefined;
  const lived = (): Lived => (memory ??= live());
  const then = (goOn: (state: Order.State) => readonly Order.StreamEvent[]): OrderLife =>
    lifeOf(context, () => appended(lived(), goOn(lived().state)));
  const learning = (
    learn: (state: Order.State) => readonly [Order.Subject, Order.RequestKnowledge],
  ): OrderLife =>
    lifeOf(context, () =>
      driven(lived(), Order.learn(Order.NO_EVIDENCE, ...learn(lived().state)), context),
    );

  const life: OrderLife = {
    get commits() {
      return lived().commits;
    },
    get events() {
      return lived().commits.flat();
    },
    get state() {
      return lived().state;
    },
    context,
    // What is decided on later was looked at later, unless a test says otherwise.
    with: ({ now = context.now, viewedAt = now, ...changes }) =>
      lifeOf({ ...context, ...changes, now, viewedAt }, lived),
    commanded: (command) =>
      then((state) => Order.decide(command, state, context).match((events) => events, unexpected)),
    adding: (events) => then(() => events),
    learned: (subject, known) => learning(() => [subject, known]),
    resolved: (decision) =>
      then((state) =>
        Order.decideReview({ ...DECISION, ...decision }, state).match(
          (events) => events,
          unexpected,
        ),
      ),
    placed: (order) => life.commanded(placeOrder(order)),
    refused: (refusal) =>
      then((state) => Order.refuse(state, { ...REFUSAL, ...refusal }, context.now)),
    cancelled: () => life.commanded(cancelOrder()),
    asked: (refundId, wanted) => life.commanded(refundPayment(refundId, wanted)),
    corrected: (email) => life.commanded(correctEmail(email)),
    captured: (number = 1, reference = 'pi_1') =>
      learning((state) => {
        const { attempt, amountMinor, currency } = openPayment(state);
        const answer = { ...MOVED, reference, amountMinor, currency };
        return [`payment#${attempt}`, { answer, number: numbered(number) }];
      }),
    declined: () =>
      learning((state) => [
        `payment#${openPayment(state).attempt}`,
        { answer: { type: 'Declined', code: 'card_declined' } },
      ]),
    absent: () =>
      learning((state) => {
        const { attempt, at } = openPayment(state);
        const answer = { type: 'Absent', lookedUpAt: at + CLOSE_MS } as const;
        return [`payment#${attempt}`, { answer, searched: true }];
      }),
    unresolved: () =>
      learning((state) => {
        const { attempt, at } = openPayment(state);
        const answer = { type: 'LookUpFailed', lookedUpAt: at + GIVE_UP_MS } as const;
        return [`payment#${attempt}`, { answer, searched: true }];
      }),
    inReview: () =>
      learning((state) => {
        const { attempt, amountMinor, currency } = openPayment(state);
        const other = { reference: 'pi_1', amountMinor: amountMinor + 1, currency };
        return [`payment#${attempt}`, { answer: { ...MOVED, ...other } }];
      }),
    refunded: (refundId, number = 1) =>
      learning((state) => {
        const { amountMinor, currency } = openRefund(state, refundId);
        const answer = { ...MOVED, reference: `re_${refundId}`, amountMinor, currency };
        const { series } = context.creditNotes;
        return [`refund#${refundId}`, { answer, number: numbered(number, { series }) }];
      }),
    refundFailed: (refundId) =>
      life.learned(`refund#${refundId}`, { answer: { type: 'Declined', code: 'expired_card' } }),
    compared: (listed = [], number = 1) =>
      lifeOf(context, () => {
        const { series } = context.creditNotes;
        const subject: Order.Subject = `comparison#${lived().state.comparison?.version ?? 0}`;
        const evidence = listed.reduce(
          (known, { reference }, index) =>
            Order.learn(known, `refund#gateway#${reference}`, {
              number: numbered(number + index, { series }),
            }),
          Order.learn(Order.NO_EVIDENCE, subject, { listed }),
        );
        return driven(lived(), evidence, context);
      }),
    refundInReview: (refundId) =>
      learning((state) => {
        const lookedUpAt = openRefund(state, refundId).at + GIVE_UP_MS;
        const answer = { type: 'LookUpFailed', lookedUpAt } as const;
        return [`refund#${refundId}`, { answer, searched: true }];
      }),
  };
  return life;
};

const REFUSAL: Order.OrderRefusal = {
  customer: { id: 'c-1', email: 'ada@example.com' },
  reasons: ['lines: is empty'],
  fingerprint: 'refused',
};

const MOVED = { type: 'MoneyMoved', source: 'answer' } as const;

const appended = ({ commits, state }: Lived, events: readonly Order.StreamEvent[]): Lived =>
  events.length === 0
    ? { commits, state }
    : { commits: [...commits, events], state: Order.fold(events, state) };

/** As the driver does it, with evidence that nothing is added to. */
const driven = (lived: Lived, evidence: Order.Evidence, context: Order.DecisionContext): Lived => {
  let current = lived;
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    const step = Order.nextStep(current.state, evidence, context);
    if (step.type !== 'Append') return current;
    current = appended(current, step.events);
  }
  return expect.fail('the order is never settled');
};

/** A cancelled order has asked for its money so often at most, and each time got an answer. */
const STEPS_MAX = 2 * Order.REFUNDS_MAX;

const DECISION: Order.ReviewDecision = {
  moved: true,
  reference: 'pi_1',
  evidence: 'seen in the dashboard',
  by: 'ada',
  forcedBecause: '',
  at: NOON,
};

type Open<T extends { readonly status: string }> = Extract<
  T,
  { readonly status: 'requested' | 'pending' | 'review' }
>;

const openPayment = ({ payment }: Order.State): Open<Order.Payment> =>
  payment.status === 'requested' || payment.status === 'review'
    ? payment
    : expect.fail(`the payment is ${payment.status}`);

const openRefund = ({ refunds }: Order.State, refundId: string): Open<Order.Refund> => {
  const refund = refunds.find((other) => other.refundId === refundId);
  return refund?.status === 'pending' || refund?.status === 'review'
    ? refund
    : expect.fail(`refund ${refundId} is ${refund?.status ?? 'not known'}`);
};

const unexpected = (failure: unknown): never => expect.fail(JSON.stringify(failure));
