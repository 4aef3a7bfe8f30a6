import type { AllocatedNumber } from '../../src/domain/series/index.ts';
import * as Order from '../../src/domain/order/index.ts';
import type { CreditRequest } from '../../src/domain/invoice/index.ts';
import {
  WORKERS,
  type About,
  type AnyWanted,
  type Happening,
  type Learned,
} from './arbitraries/happenings.ts';
import { contextAt, NOON, numbered } from './orderContext.ts';
import { placeOrder } from './orderLife.ts';
import { createShopPayment, SHOP_PAYMENT } from './shopPayment.ts';

/** A share of the total becomes the amount that it comes to. */
export const wantedOf = (wanted: AnyWanted, totalMinor: number): CreditRequest =>
  'perMille' in wanted
    ? { type: 'Amount', amountMinor: Math.ceil((totalMinor * wanted.perMille) / 1_000) }
    : wanted;

export type OrderRun = {
  readonly commits: readonly (readonly Order.StreamEvent[])[];
  readonly state: Order.State;
  /** Every command that was accepted, in order. */
  readonly accepted: readonly Order.Command[];
  /** Of which subjects somebody ever learned that the gateway said no. */
  readonly declined: ReadonlySet<Order.Subject>;
  /** What was to be sent, when, and what was recorded then. */
  readonly posts: readonly (Asked & Pick<Order.StepOf<'Send'>, 'call' | 'key' | 'body'>)[];
  /** How the shop's payment stands at the gateway in the end, if the order has one. */
  readonly shopStatus: Order.StandingPayment['status'] | undefined;
  /** For which document a number was taken, and on which evidence. */
  readonly numbers: ReadonlyMap<
    string,
    { readonly numbered: AllocatedNumber; readonly reference: string }
  >;
};

/**
 * An allocator's answer for one document; `count` is how many this order has had, with this one.
 */
type TakeNumber = (wanted: {
  readonly series: string;
  readonly id: string;
  readonly reference: string;
  readonly count: number;
}) => AllocatedNumber;

/**
 * Lives through it. Whatever was decided is appended at once, as the winner of every race does it.
 */
export const runOrder = (
  order: Order.SentOrder,
  happenings: readonly Happening[],
  rules: Partial<Order.DecisionContext> = {},
  take: TakeNumber = ({ series, count }) => numbered(count, { series }),
): OrderRun => {
  let now = NOON;
  let state = Order.initialState;
  const commits: (readonly Order.StreamEvent[])[] = [];
  const accepted: Order.Command[] = [];
  const declined = new Set<Order.Subject>();
  const posts: OrderRun['posts'][number][] = [];
  const series = new Map<
    string,
    { readonly numbered: AllocatedNumber; readonly reference: string }
  >();
  const byHand: Order.ListedRefund[] = [];
  const evidence = Array.from({ length: WORKERS }, () => Order.NO_EVIDENCE);
  const context = (): Order.DecisionContext => contextAt(now, rules);
  let shopPayment: ReturnType<typeof createShopPayment> | undefined;
  /** Made before the order came; its amount is known from then on. */
  const shop = () => {
    const { placed } = state;
    if (placed === undefined) throw new Error('nothing was placed');
    return (shopPayment ??= createShopPayment(placed, order.orderId));
  };

  const append = (events: readonly Order.StreamEvent[]): void => {
    if (events.length > 0) commits.push(events);
    state = Order.fold(events, state);
  };
  const decide = (command: Order.Command): void =>
    Order.decide(command, state, context()).match(
      (events) => {
        accepted.push(command);
        append(events);
      },
      () => undefined,
    );
  const drive = (worker: number, steps: number): void => {
    for (let step = 0; step < steps; step += 1) {
      const known = evidence[worker] ?? Order.NO_EVIDENCE;
      const next = Order.nextStep(state, known, context());
      if (next.type === 'Append') {
        append(next.events);
        const claim = next.events.find((event) => event.type === 'ResendClaimed');
        if (claim !== undefined) {
          evidence[worker] = Order.learnClaim(known, claim.data.subject, state.version);
        }
        continue;
      }
      if (next.type === 'Send') {
        posts.push({ ...next, state, now });
        const { type: call } = next.call;
        if (call === 'capture' || call === 'void') shop().send(call, now);
        // Every other request is under way until time passes.
        if (steps % 2 === 0) shopPayment?.land(now);
      }
      if (next.type === 'LookUp' && next.of.type === 'ShopPayment') {
        const found = shop().inspected();
        if (found.status === 'cancelled') declined.add(next.subject);
        evidence[worker] = Order.learn(known, next.subject, {
          answer: { type: 'Inspected', lookedUpAt: now, found },
        });
        continue;
      }
      if (next.type === 'ClaimPayment') {
        evidence[worker] = Order.learn(known, next.subject, { payer: 'this order' });
        continue;
      }
      if (next.type === 'LookUp' && next.of.type === 'Refunds') {
        evidence[worker] = Order.learn(known, next.subject, { listed: [...byHand] });
        continue;
      }
      if (next.type !== 'AllocateNumber' && next.type !== 'FindNumber') return;
      const { subject } = next;
      if (next.type === 'AllocateNumber') {
        const { id, reference } = next.entry;
        const count = series.size + 1;
        const taken = series.get(id) ?? {
          numbered: take({ series: next.series, id, reference, count }),
          reference,
        };
        series.set(id, taken);
        const { numbered: number } = taken;
        evidence[worker] = Order.learn(known, subject, { number });
        continue;
      }
      const found = series.get(next.wanted.id);
      evidence[worker] = Order.learn(known, subject, {
        searched: true,
        ...(found === undefined
          ? {}
          : {
              answer: {
                type: 'MoneyMoved',
                source: 'series',
                reference: found.reference,
                ...next.asked,
              },
              number: found.numbered,
            }),
      });
    }
  };

  for (const { worker, steps, ...deed } of happenings) {
    switch (deed.do) {
      case 'place':
        decide(placeOrder(order, deed.fingerprint));
        break;
      case 'cancel':
        decide({ type: 'CancelOrder', orderId: order.orderId, reason: 'r' });
        break;
      case 'refuse': {
        const { fingerprint } = deed;
        append(
          Order.refuse(state, { customer: order.customer, reasons: ['no'], fingerprint }, now),
        );
        break;
      }
      case 'correct':
        decide({
          type: 'CorrectEmail',
          orderId: order.orderId,
          email: deed.email,
          by: 'kim',
          reason: 'mistyped',
        });
        break;
      case 'refund': {
        const { refundId } = deed;
        const wanted = wantedOf(deed.wanted, state.placed?.totalMinor ?? 1);
        const { orderId } = order;
        decide({
          type: 'RefundPayment',
          orderId,
          refundId,
          wanted,
          fingerprint: JSON.stringify(wanted),
        });
        break;
      }
      case 'learn': {
        const subject = subjectOf(deed.about, state);
        const answer = answerOf(deed.answer, { subject, state, now });
        if (answer.type === 'Declined') declined.add(subject);
        evidence[worker] = Order.learn(evidence[worker] ?? Order.NO_EVIDENCE, subject, {
          answer,
        });
        drive(worker, steps);
        break;
      }
      case 'drive':
        drive(worker, steps);
        break;
      case 'forget':
        evidence[worker] = Order.NO_EVIDENCE;
        break;
      case 'wait':
        shopPayment?.land(now);
        now += deed.ms;
        break;
      case 'resolve': {
        const { about, moved } = deed;
        const refundId = /^refund#(.*)$/.exec(subjectOf(about, state))?.[1];
        const reference = moved ? 'by hand' : '';
        const decision = { moved, reference, evidence: 'e', by: 'b', forcedBecause: '', at: now };
        const of = refundId === undefined ? {} : { refundId };
        append(Order.decideReview({ ...of, ...decision }, state).unwrapOr([]));
        break;
      }
      case 'give back': {
        const amountMinor = Math.ceil(((state.placed?.totalMinor ?? 1) * deed.perMille) / 1_000);
        const { currency = 'EUR' } = state.placed ?? {};
        const reference = `of hand ${byHand.length}`;
        byHand.push({ reference, amountMinor, currency, status: deed.status });
        break;
      }
      case 'adopt': {
        const asked = { by: 'b', reason: 'r', at: now, series: 'CN', seriesFrom: 0 };
        append(Order.askToCompare(asked, state).unwrapOr([]));
        break;
      }
      case 'deadLetter':
        append([aboutDeadLetter(deed.isSentAgain, { letterId: `l-${commits.length}`, at: now })]);
        break;
      case 'ask by hand': {
        const { refundId: id } = deed;
        const command = id === '' ? 'CancelOrder' : 'RefundPayment';
        const data = { command, id, by: 'b', reason: 'r', at: now } as const;
        append([{ type: 'RequestedByHand', data }]);
        break;
      }
    }
  }
  const shopStatus = shopPayment?.status();
  return { commits, state, accepted, declined, posts, numbers: series, shopStatus };
};

/** What a person did with a dead letter, which may stand in a stream at any time. */
export const aboutDeadLetter = (
  isSentAgain: boolean,
  { letterId = 'l-1', at = NOON } = {},
): Order.StreamEvent => {
  const why = { reason: 'ReviewRequired', by: 'ada', because: 'the cause is mended' };
  const data = { letterId, queue: 'payments', command: 'PlaceOrder', ...why, at } as const;
  return isSentAgain ? { type: 'LetterRedriven', data } : { type: 'LetterDiscarded', data };
};

const subjectOf = (about: About, { payment, refunds }: Order.State): Order.Subject => {
  if (about === 'payment') return `payment#${payment.status === 'none' ? 1 : payment.attempt}`;
  if (typeof about === 'string') return about;
  const open = refunds.filter(Order.isOpen);
  return `refund#${open[about % open.length]?.refundId ?? 'r-1'}`;
};

type Asked = { readonly subject: Order.Subject; readonly state: Order.State; readonly now: number };

const answerOf = (learned: Learned, { subject, state, now }: Asked): Order.Observation => {
  const refund = state.refunds.find(({ refundId }) => subject === `refund#${refundId}`);
  const asked = refund !== undefined && refund.status !== 'rejected' ? refund : undefined;
  const amountMinor = asked?.amountMinor ?? state.placed?.totalMinor ?? 1;
  const currency = state.placed?.currency ?? 'EUR';
  const isShops =
    refund === undefined && state.placed !== undefined && 'payment' in state.placed.payment;
  const reference = isShops ? SHOP_PAYMENT : `of ${subject}`;
  const right = { reference, amountMinor, currency };
  const other = { ...right, reference: `other of ${subject}` };
  switch (learned) {
    case 'right':
      return { type: 'MoneyMoved', source: 'answer', ...right };
    case 'other reference':
      return { type: 'MoneyMoved', source: 'look-up', ...other };
    case 'other amount':
      return { type: 'MoneyMoved', source: 'answer', ...right, amountMinor: amountMinor + 1 };
    case 'MultipleFound':
      return { type: 'MultipleFound', found: [right, other] };
    case 'Declined':
      return { type: 'Declined', code: 'no' };
    case 'Absent':
    case 'LookUpFailed':
      return { type: learned, lookedUpAt: now };
    case 'NoAnswer':
      return { type: 'NoAnswer' };
    case 'Refused':
    case 'StoredFailure':
      // Another code than a decline's: a test knows a decline by it.
      return { type: learned, code: 'bad request' };
  }
};
