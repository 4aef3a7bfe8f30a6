import { expect } from 'chai';
import type * as Order from '../../src/domain/order/index.ts';
import { DEPLOYMENT } from './orderContext.ts';
import { hint, hintOfDispute, hintOfRefund, listedDispute } from './gatewayEvents.ts';

const PI = 'pi_1';
const TOTAL = 4_758;

export type RefundPlan = 'moved' | 'open' | 'lost';
export type Plan = {
  readonly charge: 'succeeded' | 'processing' | 'lost';
  readonly refund: RefundPlan;
};

/** What the gateway, the customer's bank, or somebody in the dashboard does. */
export const MOVES = [
  'settle',
  'refund outside',
  'refund outside, later',
  'move',
  'fail',
  'come back',
  'inquire',
  'charge back',
  'reinstate',
  'win',
  'lose',
  'close',
] as const;
export type Move = (typeof MOVES)[number];

type ThereRefund = Order.ListedRefund & { readonly first: 'moved' | 'open' };
type There = {
  charge: 'none' | 'succeeded' | 'processing';
  refunds: ThereRefund[];
  dispute: Order.ListedDispute | undefined;
};

/** A gateway that moves the money of one payment by itself, and says so in events. */
export const createMovingGateway = (plan: Plan) => {
  const declined = new Set<string>();
  const there: There = { charge: 'none', refunds: [], dispute: undefined };

  const moved = (reference: string, amountMinor: number, source: 'answer' | 'look-up') =>
    ({ type: 'MoneyMoved', source, reference, amountMinor, currency: 'EUR' }) as const;

  const answerOfCharge = (source: 'answer' | 'look-up'): Order.Observation =>
    there.charge === 'succeeded'
      ? moved(PI, TOTAL, source)
      : { type: 'UnderWay', reference: PI, amountMinor: TOTAL, currency: 'EUR' };

  const charge = (): Order.Observation => {
    if (there.charge === 'none') {
      there.charge = plan.charge === 'processing' ? 'processing' : 'succeeded';
      if (plan.charge === 'lost') return { type: 'NoAnswer' };
    }
    return answerOfCharge('answer');
  };

  const isBlocked = (): boolean =>
    there.dispute !== undefined && ['open', 'lost'].includes(there.dispute.status);

  const left = (): number =>
    there.refunds
      .filter((one) => one.status !== 'failed')
      .reduce((rest, one) => rest - one.amountMinor, TOTAL);

  /** A key answers its first answer, whatever has become of it. */
  const refund = (refundId: string, amountMinor: number): Order.Observation => {
    const reference = `re_${refundId}`;
    const known = there.refunds.find((one) => one.reference === reference);
    if (known === undefined) {
      if (isBlocked()) return { type: 'Refused', code: 'charge_disputed' };
      if (declined.has(reference) || amountMinor > left()) {
        declined.add(reference);
        return { type: 'Declined', code: 'charge_already_refunded' };
      }
      const status = plan.refund === 'open' ? 'open' : 'moved';
      const money = { reference, amountMinor, currency: 'EUR' };
      const own = { refundId, deployment: DEPLOYMENT.id };
      there.refunds.push({ ...money, ...own, status, first: status });
      if (plan.refund === 'lost') return { type: 'NoAnswer' };
      return status === 'open'
        ? { type: 'UnderWay', ...money }
        : moved(reference, amountMinor, 'answer');
    }
    return known.first === 'open'
      ? { type: 'UnderWay', reference, amountMinor, currency: 'EUR' }
      : moved(reference, amountMinor, 'answer');
  };

  const listed = (): readonly Order.ListedRefund[] => [...there.refunds];

  const lookUp = (of: Order.LookUpRequest, now: number): Order.RequestKnowledge => {
    switch (of.type) {
      case 'Payment':
        return there.charge === 'none'
          ? { answer: { type: 'Absent', lookedUpAt: now } }
          : { answer: answerOfCharge('look-up') };
      case 'NamedPayment':
        return there.charge === 'none' || of.payment !== PI
          ? { heard: true }
          : { answer: answerOfCharge('look-up') };
      case 'Refund': {
        const found = there.refunds.find(({ refundId }) => refundId === of.refundId);
        if (found === undefined) return { answer: { type: 'Absent', lookedUpAt: now } };
        const { reference, amountMinor, status } = found;
        if (status === 'moved') return { answer: moved(reference, amountMinor, 'look-up') };
        return status === 'open'
          ? { answer: { type: 'UnderWay', reference, amountMinor, currency: 'EUR' } }
          : { answer: { type: 'Declined', code: 'failed', reference } };
      }
      case 'Refunds':
        return { listed: listed() };
      case 'Standing': {
        const disputes = there.dispute === undefined ? [] : [there.dispute];
        return { standing: { refunds: listed(), disputes } };
      }
      case 'Capture':
      case 'ShopPayment':
        return expect.fail(`nobody asks for ${of.type}`);
    }
  };
  const change = (
    when: (one: ThereRefund) => boolean,
    status: 'moved' | 'failed',
    says: string,
  ): Order.Hint | undefined => {
    const index = there.refunds.findIndex(when);
    const one = there.refunds[index];
    if (one === undefined) return undefined;
    there.refunds[index] = { ...one, status };
    return hintOfRefund(says, one.reference);
  };

  const dispute = (parts: Partial<Order.ListedDispute>, says: string): Order.Hint => {
    there.dispute = { ...(there.dispute ?? listedDispute()), ...parts };
    const { withdrawnMinor, reinstatedMinor } = there.dispute;
    const funds = reinstatedMinor > 0 ? 'reinstated' : 'withdrawn';
    return hintOfDispute(says, withdrawnMinor > 0 ? { funds } : {});
  };

  const outside = (status: 'moved' | 'open', mostMinor: number): Order.Hint | undefined => {
    if (there.charge !== 'succeeded' || isBlocked() || left() === 0) return undefined;
    const reference = `re_outside_${there.refunds.length}`;
    const amountMinor = Math.min(left(), mostMinor);
    there.refunds.push({ reference, amountMinor, currency: 'EUR', status, first: status });
    return hintOfRefund(status === 'open' ? 'pending' : 'succeeded', reference);
  };
  /** The event of it; undefined where it cannot be. Others refund that amount at most. */
  const move = (what: Move, mostMinor = 700): Order.Hint | undefined => {
    const status = there.dispute?.status;
    const stage = there.dispute?.stage;
    switch (what) {
      case 'settle':
        if (there.charge !== 'processing') return undefined;
        there.charge = 'succeeded';
        return hint();
      case 'refund outside':
        return outside('moved', mostMinor);
      case 'refund outside, later':
        return outside('open', mostMinor);
      case 'move':
        return change((one) => one.status === 'open', 'moved', 'succeeded');
      case 'fail':
        return change((one) => one.status === 'open', 'failed', 'failed');
      case 'come back':
        return change((one) => one.status === 'moved', 'failed', 'failed');
      case 'inquire':
        if (there.charge !== 'succeeded' || status !== undefined) return undefined;
        return dispute({ stage: 'inquiry' }, 'warning_needs_response');
      case 'charge back':
        if (there.charge !== 'succeeded' || (status !== undefined && stage !== 'inquiry')) {
          return undefined;
        }
        if (status !== undefined && status !== 'open') return undefined;
        return dispute({ stage: 'chargeback', withdrawnMinor: TOTAL }, 'needs_response');
      case 'reinstate':
        if (status !== 'won' || there.dispute?.reinstatedMinor === TOTAL) return undefined;
        return dispute({ reinstatedMinor: TOTAL }, 'won');
      case 'win':
      case 'lose':
        if (status !== 'open' || stage !== 'chargeback') return undefined;
        return dispute(
          { status: what === 'win' ? 'won' : 'lost' },
          what === 'win' ? 'won' : 'lost',
        );
      case 'close':
        if (status !== 'open' || stage !== 'inquiry') return undefined;
        return dispute({ status: 'warning closed' }, 'warning_closed');
    }
  };

  return {
    charge,
    refund,
    lookUp,
    move,
    refunds: (): readonly Order.ListedRefund[] => there.refunds,
    /** What is open comes to its end: a comparison waits for what others have made. */
    settle: (isToSettle: (one: ThereRefund) => boolean = () => true): readonly Order.Hint[] =>
      there.refunds.flatMap(
        (open) =>
          (open.status === 'open' && isToSettle(open)
            ? change((one) => one.reference === open.reference, 'moved', 'succeeded')
            : undefined) ?? [],
      ),
    /** What the gateway holds by its own records. */
    held: (): number => {
      const { withdrawnMinor = 0, reinstatedMinor = 0 } = there.dispute ?? {};
      const back = there.refunds
        .filter(({ status }) => status === 'moved')
        .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
      const captured = there.charge === 'succeeded' ? TOTAL : 0;
      return captured - back - withdrawnMinor + reinstatedMinor;
    },
  };
};
