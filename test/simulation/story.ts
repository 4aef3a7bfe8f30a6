import fc from 'fast-check';
import { MOVES, type Move } from '../support/movingGateway.ts';
import { FAULTS, type Fault } from './faults.ts';
import { REPORTINGS, FORGERIES, type Reporting, type Forgery } from './gatewayEvents.ts';
import {
  CLOSE_MS,
  GIVE_UP_MS,
  KEY_WINDOW_MS,
  LONGEST_REQUEST_MS,
  RESEND_HORIZON_MS,
} from './time.ts';
import type * as Order from '../../src/domain/order/index.ts';
import { anOrder } from '../support/orderLife.ts';

/** One receive of one message by one worker, and what befalls its calls, in order. */
export type Turn = {
  readonly message: number;
  /** How much time passes before it. */
  readonly afterMs: number;
  /** Everything in the dead-letter queue is sent back before it. */
  readonly redrives: boolean;
  /** It is delivered even if it was deleted: SQS does not promise that it is not. */
  readonly isGhost: boolean;
  readonly faults: readonly Fault[];
};

export type Story = {
  /** Two payments of the shop's, and a saved method, are at the gateway before all orders. */
  readonly isAtCheckout: boolean;
  readonly bodies: readonly string[];
  readonly workers: readonly (readonly Turn[])[];
  /** The first two workers are two slots of one process, which has one allocator. */
  readonly shares: boolean;
  readonly attemptsMax: number;
  /** So many of the first messages are handled before all others, and without a fault. */
  readonly handledBefore?: number;
  /** What happens at the gateway beside the workers. */
  readonly moves?: readonly GatewayTurn[];
};

/** Something happens at the gateway, and its event comes to the queue, or not. */
export type GatewayTurn = {
  readonly what: Move;
  /** Which of the payments there. */
  readonly pick: number;
  readonly afterMs: number;
  readonly reporting: Reporting;
  readonly forgery: Forgery | undefined;
};

type Payment = Order.Content['payment'];

const LINES = [
  { sku: 'B', description: 'Book', quantity: 2, unitPriceMinor: 1_999, taxRateBps: 1_900 },
  { sku: 'T', description: 'Tea', quantity: 3, unitPriceMinor: 333, taxRateBps: 700 },
];

export const placeOrder = (
  orderId = 'o-1',
  paymentMethod = 'pm_card_visa',
  lines = LINES,
): string =>
  JSON.stringify({ type: 'PlaceOrder', v: 1, ...anOrder({ orderId, lines, paymentMethod }) });

/** An order of version 2, paid in that way: 47.58 in all, as `anOrder` comes to. */
export const placeOrderPaidBy = (
  payment: Payment,
  orderId = 'o-1',
  {
    lines = [NOVELS],
    ...terms
  }: { readonly lines?: object[]; readonly allowances?: object[] } = {},
): string =>
  JSON.stringify({
    type: 'PlaceOrder',
    v: 2,
    orderId,
    customer: { id: 'c-1', email: 'ada@example.com' },
    currency: 'EUR',
    priceMode: 'net',
    lines,
    ...terms,
    payment,
  });

const NOVELS = {
  sku: 'B',
  description: 'Book',
  quantity: '2',
  unitPrice: '19.99',
  taxes: [{ name: 'VAT', rate: '19' }],
};
const TEA = {
  sku: 'T',
  description: 'Tea',
  quantity: '3',
  unitPrice: '3.33',
  taxes: [{ name: 'VAT', rate: '7' }],
};

/** What the shop's customers did at its checkout, where the story begins there. */
export const CHECKOUT = {
  method: 'pm_card_visa',
  /** What `LINES` come to. The first is authorised alone, the second captured. */
  payments: [
    { amountMinor: 5_827, currency: 'EUR' },
    { amountMinor: 5_827, currency: 'EUR', isCaptured: true },
  ],
} as const;

/** Every way but the first, as `CHECKOUT` leaves it; nothing is to be paid of the last. */
const OTHER_WAYS: readonly Payment[] = [
  { type: 'saved', customer: 'cus_memory_1', paymentMethod: 'pm_memory_1' },
  { type: 'authorised', payment: 'pi_memory_1' },
  { type: 'authorised', payment: 'pi_memory_1', partial: true },
  { type: 'paid', payment: 'pi_memory_2' },
  { type: 'transferred', reference: 'RF18' },
  { type: 'none' },
];

/** The same lines as `placeOrder`, of version 2. */
const placeOtherwisePaid = (payment: Payment, orderId = 'o-1'): string =>
  placeOrderPaidBy(payment, orderId, {
    lines: [NOVELS, TEA],
    ...(payment.type === 'none' && { allowances: [{ reason: 'coupon', percent: '100' }] }),
  });

/** Another order under the same id. */
export const placeOther = (orderId = 'o-1', paymentMethod = 'pm_card_visa'): string =>
  placeOrder(orderId, paymentMethod, LINES.slice(1));

export const cancelOrder = (orderId = 'o-1'): string =>
  JSON.stringify({ type: 'CancelOrder', v: 1, orderId, reason: 'changed my mind' });

export type Wanted = {
  readonly amountMinor?: number;
  readonly lines?: readonly { readonly line: number; readonly quantity: number }[];
};

export const refundPayment = (refundId: string, wanted: Wanted = {}, orderId = 'o-1'): string =>
  JSON.stringify({ type: 'RefundPayment', v: 1, orderId, refundId, ...wanted });

export const resumeOrder = (orderId = 'o-1'): string =>
  JSON.stringify({ type: 'ResumeOrder', v: 1, orderId });

/** Each does something else to a charge, or to a refund of it; see the gateway in memory. */
const anyPaymentMethod = (): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constant('pm_card_visa') },
    {
      weight: 8,
      arbitrary: fc.constantFrom(
        'pm_card_visa_chargeDeclined',
        'pm_sandbox_answer_lost',
        'pm_sandbox_dropped_before',
        'pm_sandbox_wrong_amount',
        'pm_sandbox_server_error',
        'pm_sandbox_conflict',
        'pm_sandbox_refused',
        'pm_sandbox_rate_limited',
        'pm_sandbox_garbage_body',
        'pm_sandbox_refund_fails',
        'pm_sandbox_refund_answer_lost',
      ),
    },
  );

const anyWanted = (): fc.Arbitrary<Wanted> =>
  fc.constantFrom<Wanted>(
    {},
    { amountMinor: 1 },
    { amountMinor: 3_000 },
    { amountMinor: 4_758 },
    { amountMinor: 1_000_000 },
    { lines: [{ line: 1, quantity: 1 }] },
    { lines: [{ line: 2, quantity: 2 }] },
    {
      lines: [
        { line: 1, quantity: 2 },
        { line: 2, quantity: 1 },
      ],
    },
  );

const anyCommand = (orderId: string, place: string, other: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(place) },
    { weight: 1, arbitrary: fc.constant(other) },
    { weight: 3, arbitrary: fc.constant(cancelOrder(orderId)) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom('r-1', 'r-2', 'r-3'), anyWanted())
        .map(([refundId, wanted]) => refundPayment(refundId, wanted, orderId)),
    },
    { weight: 1, arbitrary: fc.constant(resumeOrder(orderId)) },
  );

const anyBodies = (paymentMethods = anyPaymentMethod()): fc.Arbitrary<readonly string[]> =>
  fc
    .tuple(fc.constantFrom('o-1', 'o-1', 'o-1', 'o-2'), paymentMethods)
    .chain(([other, paymentMethod]) =>
      fc.tuple(
        fc.constant(placeOrder('o-1', paymentMethod)),
        fc.array(
          anyCommand('o-1', placeOrder('o-1', paymentMethod), placeOther('o-1', paymentMethod)),
          { maxLength: 4 },
        ),
        fc.array(anyCommand(other, placeOrder(other), placeOther(other)), { maxLength: 1 }),
      ),
    )
    .map(([place, commands, others]) => [place, ...commands, ...others]);

/** The other order may name the same payment, which pays one of them. */
const anyBodiesOfCheckout = (): fc.Arbitrary<readonly string[]> =>
  fc
    .tuple(
      fc.constantFrom('o-1', 'o-2', 'o-2'),
      fc.constantFrom(...OTHER_WAYS),
      fc.constantFrom(...OTHER_WAYS),
    )
    .chain(([other, first, second]) => {
      const place = placeOtherwisePaid(first);
      return fc.tuple(
        fc.constant(place),
        fc.array(anyCommand('o-1', place, placeOther()), { maxLength: 4 }),
        fc.array(anyCommand(other, placeOtherwisePaid(second, other), placeOther(other)), {
          maxLength: 2,
        }),
      );
    })
    .map(([place, commands, others]) => [place, ...commands, ...others]);

const anyFault = (): fc.Arbitrary<Fault> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constant<Fault>('none') },
    { weight: 2, arbitrary: fc.constantFrom(...FAULTS) },
  );

/** Most leave time alone; the others cross the horizon, the window of keys, and the close. */
const anyDelay = (): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        LONGEST_REQUEST_MS,
        RESEND_HORIZON_MS - 1,
        RESEND_HORIZON_MS,
        KEY_WINDOW_MS,
        CLOSE_MS - 1,
        CLOSE_MS,
        GIVE_UP_MS,
      ),
    },
  );

const anyTurn = (): fc.Arbitrary<Turn> =>
  fc.record({
    message: fc.nat(20),
    afterMs: anyDelay(),
    redrives: fc.oneof(
      { weight: 3, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    isGhost: fc.oneof(
      { weight: 5, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    faults: fc.oneof(
      { weight: 1, arbitrary: fc.constant([]) },
      { weight: 3, arbitrary: fc.array(anyFault(), { maxLength: 15, size: 'max' }) },
    ),
  });

const anyOrders = (): fc.Arbitrary<Pick<Story, 'isAtCheckout' | 'bodies'>> =>
  fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({ isAtCheckout: fc.constant(false), bodies: anyBodies() }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ isAtCheckout: fc.constant(true), bodies: anyBodiesOfCheckout() }),
    },
  );

export const anyStory = (): fc.Arbitrary<Story> =>
  fc.tuple(anyOrders(), anyTurns()).map(([orders, turns]) => ({ ...orders, ...turns }));

/** Whose payment, or refunds, may be under way at the gateway. */
const LATER_METHODS = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_pendingRefund',
  'pm_sandbox_processing_succeeds',
  'pm_sandbox_processing_fails',
  'pm_sandbox_answer_lost',
  'pm_sandbox_refund_answer_lost',
] as const;

const anyGatewayTurn = (): fc.Arbitrary<GatewayTurn> =>
  fc.record({
    what: fc.constantFrom('come back', 'come back', ...MOVES),
    pick: fc.nat(3),
    afterMs: anyDelay(),
    reporting: fc.constantFrom('reported', ...REPORTINGS),
    forgery: fc.option(fc.constantFrom(...FORGERIES), { nil: undefined, freq: 3 }),
  });

/** One in which the gateway moves money by itself, and says so, or does not. */
export const anyGatewayStory = (): fc.Arbitrary<Story> =>
  fc
    .record({
      handledBefore: fc.constantFrom(0, 1, 1, 2),
      bodies: anyBodies(fc.constantFrom(...LATER_METHODS)),
      first: fc.constantFrom(
        refundPayment('r-1', { amountMinor: 3_000 }),
        refundPayment('r-1'),
        cancelOrder(),
      ),
      turns: anyTurns(8),
      moves: fc.array(anyGatewayTurn(), { minLength: 1, maxLength: 8, size: 'max' }),
    })
    .map(({ bodies: [place = '', ...others], first, turns, ...orders }) => ({
      isAtCheckout: false,
      bodies: [place, first, ...others],
      ...orders,
      ...turns,
    }));

const anyTurns = (turnsMax = 5): fc.Arbitrary<Omit<Story, 'isAtCheckout' | 'bodies'>> =>
  fc.record({
    workers: fc.array(fc.array(anyTurn(), { minLength: 1, maxLength: turnsMax, size: 'max' }), {
      minLength: 2,
      maxLength: 3,
      size: 'max',
    }),
    shares: fc.boolean(),
    attemptsMax: fc.constantFrom(1, 2),
  });
