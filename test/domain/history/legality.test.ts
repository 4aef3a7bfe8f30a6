import { expect } from 'chai';
import { firstIllegal } from '../../../src/domain/history/legality.ts';
import type * as Order from '../../../src/domain/order/index.ts';
import { CLOSE_MS, NOON, QUIET_MS } from '../../support/orderContext.ts';
import { orderLife, type OrderLife } from '../../support/orderLife.ts';

const REFUSED = { answer: { type: 'Refused', code: 'resource_missing' } } as const;

const placed = orderLife().placed();
const paid = placed.captured();
const asked = paid.asked('r-1');
const refunded = asked.refunded('r-1');
const cancelled = paid.cancelled().refunded('cancel#1');
const stopped = placed.learned('payment#1', REFUSED);
const claimed = stopped.with({ now: NOON + QUIET_MS }).learned('payment#1', {});

const { totalMinor: paidMinor = 0 } = paid.state.placed ?? {};

type Commits = readonly (readonly Order.StreamEvent[])[];
type Data<T extends keyof Order.EventData> = Partial<Order.EventData[T]>;

/** The history of a life with other data in every event of that type. */
const altered = <T extends keyof Order.EventData>(
  { commits }: OrderLife,
  type: T,
  data: Data<T>,
): Commits =>
  commits.map((events) =>
    events.map((event) =>
      event.type === type
        ? ({ ...event, data: { ...event.data, ...data } } as Order.StreamEvent)
        : event,
    ),
  );

const without = ({ commits }: OrderLife, type: Order.StreamEvent['type']): Commits =>
  commits.map((events) => events.filter((event) => event.type !== type));

/** Every event in a commit of its own. */
const scattered = ({ events }: OrderLife): Commits => events.map((event) => [event]);

const followedBy = ({ commits }: OrderLife, ...events: readonly Order.StreamEvent[]): Commits => [
  ...commits,
  events,
];

const eventOf = ({ events }: OrderLife, type: Order.StreamEvent['type']): Order.StreamEvent =>
  events.find((event) => event.type === type) ?? expect.fail(`no ${type}`);

const failed = (data: Data<'PaymentFailed'>): Order.StreamEvent => ({
  type: 'PaymentFailed',
  data: { attempt: 1, proof: 'person', code: '', at: NOON + CLOSE_MS, ...data },
});

const ended: Order.StreamEvent = { type: 'OrderCancelled', data: {} };

describe('a history that is not legal', () => {
  for (const [why, commits] of [
    ['its commit ends without PaymentRequested', scattered(placed)],
    ['its commit ends without InvoiceIssued', without(paid, 'InvoiceIssued')],
    ['its commit ends without CreditNoteIssued', without(refunded, 'CreditNoteIssued')],
    ['OrderPlaced: placed twice', followedBy(paid, eventOf(paid, 'OrderPlaced'))],
    ['PaymentRequested: is not the total', altered(placed, 'PaymentRequested', { amountMinor: 1 })],
    [
      'PaymentRequested: is not the next attempt',
      altered(placed, 'PaymentRequested', { attempt: 2 }),
    ],
    [
      'PaymentRequested: another one was made',
      followedBy(placed, eventOf(placed, 'PaymentRequested')),
    ],
    [
      'PaymentRequested: charges a cancelled order',
      followedBy(placed.cancelled(), eventOf(placed, 'PaymentRequested')),
    ],
    [
      'PaymentCaptured: is not what was asked (I3)',
      altered(paid, 'PaymentCaptured', { amountMinor: 1 }),
    ],
    ['PaymentCaptured: is of no open payment', altered(paid, 'PaymentCaptured', { attempt: 2 })],
    ['PaymentCaptured: nobody decided it', altered(paid, 'PaymentCaptured', { source: 'person' })],
    [
      'InvoiceIssued: is not in the commit of its capture',
      followedBy(paid, eventOf(paid, 'InvoiceIssued')),
    ],
    [
      'PaymentFailed: absence is no proof before close (R5)',
      followedBy(placed, failed({ proof: 'absent after close', at: NOON + CLOSE_MS - 1 })),
    ],
    [
      'PaymentFailed: a refusal is no proof without a claim (R12)',
      followedBy(stopped, failed({ proof: 'refused' })),
    ],
    ['ResendClaimed: nothing was stopped', without(claimed, 'SendingStopped')],
    [
      'ResendClaimed: is of nothing open',
      followedBy(paid, { type: 'ResendClaimed', data: { subject: 'payment#1', at: NOON } }),
    ],
    ['OrderCancelled: nobody cancelled an order', followedBy(paid, ended)],
    ['OrderCancelled: the payment is open', followedBy(placed.cancelled(), ended)],
    ['OrderCancelled: money is held (I7)', followedBy(paid.cancelled(), ended)],
    [
      'CancellationRequested: the order has ended',
      followedBy(cancelled, eventOf(cancelled, 'CancellationRequested')),
    ],
    [
      'RefundRequested: the id is taken (I15)',
      followedBy(asked, eventOf(asked, 'RefundRequested')),
    ],
    [
      'RefundRequested: is not for this order',
      altered(asked, 'RefundRequested', { cause: 'cancel' }),
    ],
    [
      'RefundRequested: its lines are not its amount',
      altered(asked, 'RefundRequested', { amountMinor: 1 }),
    ],
    [
      'RefundRequested: more is promised than is held',
      altered(asked, 'RefundRequested', { amountMinor: paidMinor + 1, roundingMinor: 1 }),
    ],
    [
      'RefundSucceeded: is not what was asked',
      altered(refunded, 'RefundSucceeded', { amountMinor: 1 }),
    ],
    [
      'RefundSucceeded: nobody decided it',
      altered(refunded, 'RefundSucceeded', { source: 'person' }),
    ],
    ['RefundSucceeded: it has ended', followedBy(refunded, eventOf(refunded, 'RefundSucceeded'))],
    [
      'CreditNoteIssued: is not in the commit of its refund',
      followedBy(refunded, eventOf(refunded, 'CreditNoteIssued')),
    ],
  ] satisfies readonly (readonly [string, Commits])[]) {
    it(`because of “${why}”`, () => expect(firstIllegal(commits)?.why).to.equal(why));
  }
});

describe('a history that is legal', () => {
  for (const [what, life] of Object.entries({ placed, paid, refunded, cancelled, claimed })) {
    it(`of an order: ${what}`, () => expect(firstIllegal(life.commits)).to.equal(undefined));
  }

  it('of a payment that failed after its close, or by a refusal under a claim', () => {
    const absent = failed({ proof: 'absent after close' });
    expect(firstIllegal(followedBy(placed, absent))).to.equal(undefined);
    const refused = failed({ proof: 'refused' });
    expect(firstIllegal(followedBy(claimed, refused))).to.equal(undefined);
  });
});
