import { prepareCharge, prepareRefund } from '../../src/adapters/stripe/bodies.ts';
import { DECISION_REASON_CHARACTERS_MAX } from '../../src/application/deadLetters/act.ts';
import { REASON_CHARACTERS_MAX } from '../../src/application/delivery/deadLetterMessage.ts';
import { BY_CHARACTERS_MAX } from '../../src/application/personText.ts';
import { EVIDENCE_CHARACTERS_MAX } from '../../src/application/review/decision.ts';
import * as Order from '../../src/domain/order/index.ts';
import { contextAt, GIVE_UP_MS, NOON, numbered } from './orderContext.ts';
import { orderLife, type OrderLife } from './orderLife.ts';

export const ATTEMPTS_MAX = 5;
/** Refunds that clients ask for, and behind them those of a cancellation. */
const CANCELS = Array.from({ length: Order.CANCEL_REFUNDS_MAX }, (_, n) => `cancel#${n + 1}`);
const LAST_CANCEL = CANCELS.at(-1);

/** Three bytes to a character in UTF-8, and four to the widest; a blank of neither is ASCII. */
const wide = (characters: number): string => '語'.repeat(characters);
const widest = (characters: number): string => '😀'.repeat(characters);
const narrow = (characters: number): string => 'x'.repeat(characters);
const idOf = (n: number): string => `${n}-`.padEnd(64, 'r');

/**
 * As large as an order may be, in bytes. Its total is what makes every share of every refund some
 * cents.
 */
export const LARGEST_ORDER: Order.ContentV1 = {
  orderId: narrow(64),
  customer: {
    id: narrow(64),
    email: [narrow(64), [narrow(63), narrow(63), narrow(57), 'com'].join('.')].join('@'),
  },
  // Of all that can be charged it takes the most digits.
  currency: 'IDR',
  lines: Array.from({ length: Order.LINES_V1_MAX }, () => ({
    sku: widest(64),
    description: widest(200),
    quantity: Order.QUANTITY_MAX,
    unitPriceMinor: 5_000,
    taxRateBps: 1_999,
  })),
  paymentMethod: narrow(128),
};

const FACTS: Partial<Order.DecisionContext> = {
  attemptsMax: ATTEMPTS_MAX,
  prepare: prepareCharge,
  prepareRefund,
};

/** A person's words at their longest. */
const WORDS = {
  evidence: wide(EVIDENCE_CHARACTERS_MAX),
  by: wide(BY_CHARACTERS_MAX),
  forcedBecause: wide(EVIDENCE_CHARACTERS_MAX),
};

/** Nobody could know, a person looked, and says whether the money moved. */
const reviewed = (
  life: OrderLife,
  subject: Order.Subject,
  { moved, reference = '' }: { readonly moved: boolean; readonly reference?: string },
): OrderLife => {
  const refundId = subject.startsWith('refund#') ? subject.slice('refund#'.length) : undefined;
  const lookedUpAt = NOON + GIVE_UP_MS;
  return life
    .learned(subject, { answer: { type: 'LookUpFailed', lookedUpAt }, searched: true })
    .resolved({ ...(refundId === undefined ? {} : { refundId }), ...WORDS, moved, reference });
};

const moved = (life: OrderLife, subject: Order.Subject, number: number): OrderLife =>
  reviewed(life, subject, {
    moved: true,
    reference: String(number).padStart(27, 'x'),
  }).learned(subject, {
    number: numbered(number, { seriesVersion: 1e9 }),
  });

/**
 * Everything that the rules let happen to one order, each time by its longest way: every attempt at
 * the payment, a review, as many refunds as there may be, each reviewed, then a cancellation whose
 * refunds fail until the last. Each step is lived through the domain's own decisions.
 */
export const longestLife = (): OrderLife => {
  let life = orderLife(contextAt(NOON, FACTS)).placed(LARGEST_ORDER);
  for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt += 1) life = life.absent();
  life = moved(life, `payment#${ATTEMPTS_MAX}`, 1);
  for (let n = 1; n <= Order.REFUNDS_MAX; n += 1) {
    const refundId = idOf(n);
    const part = { type: 'Amount', amountMinor: 500_000_000 } as const;
    life = moved(life.asked(refundId, part), `refund#${refundId}`, n);
  }
  life = life.commanded({ type: 'CancelOrder', orderId: LARGEST_ORDER.orderId, reason: wide(200) });
  for (const refundId of CANCELS) {
    if (refundId === LAST_CANCEL) life = moved(life, `refund#${refundId}`, 1_000);
    else {
      life = reviewed(life, `refund#${refundId}`, { moved: false });
      // Whoever drives the order next looks what others refunded, and asks for the money again.
      life = life.compared().learned(`refund#${refundId}`, {});
    }
  }
  return life;
};

/**
 * What a person does with one dead letter, at its longest. Nothing but people bounds how many there
 * are.
 */
export const longestDeadLetterEvent = (n: number): Order.StreamEvent => ({
  type: 'LetterRedriven',
  data: {
    letterId: narrow(36),
    queue: 'notifications',
    command: 'RefundCredited',
    reason: wide(REASON_CHARACTERS_MAX),
    by: wide(BY_CHARACTERS_MAX),
    because: wide(DECISION_REASON_CHARACTERS_MAX),
    at: NOON + n,
  },
});
