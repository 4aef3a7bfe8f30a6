import fc from 'fast-check';
import type { CreditRequest } from '../../../src/domain/invoice/index.ts';
import type * as Order from '../../../src/domain/order/index.ts';
import { CLOSE_MS, QUIET_MS } from '../orderContext.ts';
import { SHOP_PAYMENT } from '../shopPayment.ts';

/** How an order is paid, most often as every order once was. */
export const anyPayment = (): fc.Arbitrary<Order.Content['payment']> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constant({ type: 'method', paymentMethod: 'pm_card_visa' } as const),
    },
    {
      weight: 1,
      arbitrary: fc.constant({ type: 'saved', customer: 'cus_1', paymentMethod: 'pm_1' } as const),
    },
    { weight: 2, arbitrary: fc.constant({ type: 'authorised', payment: SHOP_PAYMENT } as const) },
    { weight: 1, arbitrary: fc.constant({ type: 'paid', payment: SHOP_PAYMENT } as const) },
    { weight: 1, arbitrary: fc.constant({ type: 'transferred', reference: 'RF18' } as const) },
  );

const REFUND_IDS = ['r-1', 'r-2', 'r-3', 'r-4'] as const;
export const WORKERS = 2;

/**
 * What happens to an order, as a customer, a gateway, a person, the time, and crashes can have it.
 */
type Deed =
  | { readonly do: 'place'; readonly fingerprint: string }
  | { readonly do: 'cancel' }
  | { readonly do: 'refuse'; readonly fingerprint: string }
  | { readonly do: 'correct'; readonly email: string }
  | { readonly do: 'refund'; readonly refundId: string; readonly wanted: AnyWanted }
  | { readonly do: 'learn'; readonly about: About; readonly answer: Learned }
  | { readonly do: 'drive' }
  | { readonly do: 'forget' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'resolve'; readonly about: About; readonly moved: boolean }
  /**
   * Somebody gives a share of the total back at the gateway itself, whether or not so much is left
   * there.
   */
  | { readonly do: 'give back'; readonly perMille: number; readonly status: 'moved' | 'failed' }
  | { readonly do: 'adopt' }
  | { readonly do: 'deadLetter'; readonly isSentAgain: boolean }
  | { readonly do: 'ask by hand'; readonly refundId: string };

/** The current payment, one of the open refunds, or whatever it is, open or not. */
export type About = 'payment' | number | Order.Subject;

export type AnyWanted =
  Exclude<CreditRequest, { readonly type: 'Amount' }> | { readonly perMille: number };

const LEARNED = [
  'right',
  'other reference',
  'other amount',
  'MultipleFound',
  'Declined',
  'Absent',
  'LookUpFailed',
  'NoAnswer',
  'Refused',
  'StoredFailure',
] as const;
export type Learned = (typeof LEARNED)[number];

export type Happening = Deed & {
  /** Of two workers that drive the same order, each with its own evidence. */
  readonly worker: number;
  /** After so many steps it stops: a crash, where `forget` follows. */
  readonly steps: number;
};

export const anyWanted = (): fc.Arbitrary<AnyWanted> =>
  fc.oneof(
    fc.constant({ type: 'Rest' } as const),
    fc.integer({ min: 0, max: 1_100 }).map((perMille) => ({ perMille })),
    fc
      .uniqueArray(
        fc.record({
          line: fc.integer({ min: 1, max: 6 }),
          quantity: fc.integer({ min: 1, max: 9 }).map(String),
        }),
        { selector: ({ line }) => line, minLength: 1, maxLength: 4 },
      )
      .map((lines) => ({ type: 'Lines', lines }) as const),
  );

const SUBJECTS: readonly Order.Subject[] = [
  'payment#1',
  'payment#2',
  'refund#cancel#1',
  'refund#cancel#2',
  ...REFUND_IDS.map((id) => `refund#${id}` as const),
];

const anyAbout = (): fc.Arbitrary<About> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant('payment' as const) },
    { weight: 4, arbitrary: fc.nat({ max: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom(...SUBJECTS) },
  );

const PLACED = { do: 'place', fingerprint: 'f' } as const;
const CANCELLED = { do: 'cancel' } as const;

/** An order that no rule takes comes under the same id. */
const anyRefusal = () =>
  fc.record({ do: fc.constant('refuse' as const), fingerprint: fc.constantFrom('x', 'y') });

/** A person sends a dead letter of the order again, or throws it away. */
const anyDeadLetterAct = () =>
  fc.record({ do: fc.constant('deadLetter' as const), isSentAgain: fc.boolean() });

/** A person asks for a refund, or for a cancellation, and the message is on its way. */
const anyRequestByHand = () =>
  fc.record({
    do: fc.constant('ask by hand' as const),
    refundId: fc.constantFrom('', ...REFUND_IDS),
  });

const anyDeed = (): fc.Arbitrary<Deed> =>
  fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('place' as const),
        fingerprint: fc.constantFrom('f', 'f', 'f', 'g'),
      }),
    },
    { weight: 1, arbitrary: fc.constant(CANCELLED) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('correct' as const),
        email: fc.constantFrom('ada@example.com', 'a@example.org', 'b@bücher.example'),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('refund' as const),
        refundId: fc.constantFrom(...REFUND_IDS),
        wanted: anyWanted(),
      }),
    },
    {
      weight: 10,
      arbitrary: fc.record({
        do: fc.constant('learn' as const),
        about: anyAbout(),
        answer: fc.oneof(
          { weight: 2, arbitrary: fc.constant('right' as const) },
          { weight: 3, arbitrary: fc.constantFrom(...LEARNED) },
        ),
      }),
    },
    { weight: 3, arbitrary: fc.constant({ do: 'drive' } as const) },
    { weight: 1, arbitrary: fc.constant({ do: 'forget' } as const) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('wait' as const),
        ms: fc.constantFrom(1, QUIET_MS, CLOSE_MS / 2, CLOSE_MS),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('resolve' as const),
        about: anyAbout(),
        moved: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: anyDeadLetterAct() },
    { weight: 1, arbitrary: anyRequestByHand() },
    { weight: 1, arbitrary: anyRefusal() },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('give back' as const),
        perMille: fc.integer({ min: 1, max: 1_000 }),
        status: fc.constantFrom('moved', 'moved', 'failed'),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ do: 'adopt' } as const) },
  );

export const anyHappenings = (): fc.Arbitrary<readonly Happening[]> =>
  fc
    .tuple(
      fc.oneof<fc.WeightedArbitrary<Deed>[]>(
        { weight: 9, arbitrary: fc.constant(PLACED) },
        { weight: 1, arbitrary: fc.constant(CANCELLED) },
        { weight: 1, arbitrary: anyDeadLetterAct() },
        { weight: 1, arbitrary: anyRequestByHand() },
        { weight: 1, arbitrary: anyRefusal() },
      ),
      fc.array(
        fc
          .tuple(anyDeed(), fc.nat({ max: WORKERS - 1 }), fc.integer({ min: 1, max: 12 }))
          .map(([deed, worker, steps]) => ({ ...deed, worker, steps })),
        { maxLength: 40, size: 'max' },
      ),
    )
    .map(([first, rest]) => [{ worker: 0, steps: 1, ...first }, ...rest]);
