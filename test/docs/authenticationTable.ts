import { outcomeOfFound, readIntent } from '../../src/adapters/stripe/intents.ts';
import { foundAnswer } from '../../src/application/orders/gatewayAnswers.ts';
import * as Order from '../../src/domain/order/index.ts';
import { absentAt, failedAt, inspectedAt, moved } from '../support/evidence.ts';
import {
  AUTHENTICATION_MAX_MS,
  DEPLOYMENT,
  NOON,
  numbered,
  PENDING_MAX_MS,
  RESEND_HORIZON_MS,
} from '../support/orderContext.ts';
import {
  authenticationAwaited,
  authenticationRequested,
  LINK,
  LINKABLE,
  paymentPending,
} from '../support/gatewayEvents.ts';
import { orderLife, type OrderLife } from '../support/orderLife.ts';
import { saysNext, type TableRow } from './paymentTables.ts';

/*
 * The table "A payment that waits for its customer" of docs/protocol.md, as it is decided.
 */

type Cells = TableRow['cells'];

const P = 'payment#1';
const plain = orderLife().placed(LINKABLE);
const asked = plain.adding([authenticationRequested()]);
const linked = asked.adding([authenticationAwaited()]);
const underWay = linked.adding([paymentPending()]);
const tooLate = asked.with({ now: NOON + RESEND_HORIZON_MS });
const limit = NOON + AUTHENTICATION_MAX_MS;
/** When it is given up: as long after the limit as there was to send the charge. */
const given = limit + RESEND_HORIZON_MS;
const NO_ANSWER = { answer: { type: 'NoAnswer' }, voided: true } as const;
const lost = linked.with({ now: given });
const inReview = lost.learned(P, { ...NO_ANSWER, searched: true });
const cancelled = [asked.cancelled(), linked.cancelled()];
const givenUp = [inReview, ...cancelled, linked.with({ now: limit }), asked.with({ now: limit })];
const elsewhere = { letter: 'm-2' } as const;

const stepOf = (life: OrderLife, known?: Order.RequestKnowledge): Order.OrderStep =>
  Order.nextStep(
    life.state,
    known === undefined ? Order.NO_EVIDENCE : Order.learn(Order.NO_EVIDENCE, P, known),
    life.context,
  );

/** In the words of this table: here a void cancels, and a look is by the payment's name. */
const saysHere = (step: Order.OrderStep): string => {
  if (step.type === 'Send' && step.call.type === 'void') return 'cancel it';
  if (step.type === 'Send' && step.call.type === 'confirm') return 'confirm it';
  return step.type === 'LookUp' && step.of.type === 'ShopPayment'
    ? 'ask by its name'
    : saysNext(step);
};

/** Over each of these orders, with each thing that may be known of its payment. */
const row = (
  cells: Cells,
  lives: readonly OrderLife[],
  ...known: readonly (Order.RequestKnowledge | undefined)[]
): TableRow => {
  const all = known.length === 0 ? [undefined] : known;
  const says = lives.flatMap((life) => all.map((one) => saysHere(stepOf(life, one))));
  return { cells, says: [...new Set(says)].join(' or '), transitions: [] };
};

/** What an order does upon it whose customer was never asked. */
const asAbove = (
  cells: Cells,
  beside: readonly (readonly [OrderLife, OrderLife])[],
  ...known: readonly Order.RequestKnowledge[]
): TableRow => {
  const isSame = beside.every(([life, other]) =>
    known.every((one) => JSON.stringify(stepOf(life, one)) === JSON.stringify(stepOf(other, one))),
  );
  const found = row(
    cells,
    beside.map(([life]) => life),
    ...known,
  );
  return isSame ? { ...found, says: 'as above' } : found;
};

const INTENT = { id: 'pi_1', object: 'payment_intent', amount: 4_758, currency: 'eur' };

/** As the adapter reads the gateway's own word. */
const answered = (status: string): Order.RequestKnowledge => {
  const amount_received = status === 'succeeded' ? 4_758 : 0;
  const intent = readIntent({ ...INTENT, status, amount_received });
  if (intent === undefined) throw new Error('the adapter cannot read it');
  return { answer: foundAnswer(outcomeOfFound(intent), NOON) };
};

const found = (status: Order.StandingPayment['status'], failed?: string): Order.RequestKnowledge =>
  inspectedAt(NOON, { reference: 'pi_1', status, ...(failed !== undefined && { failed }) });

const STORED: Order.RequestKnowledge = {
  answer: { type: 'Declined', code: 'authentication_required', reference: 'pi_1' },
};
const DECLINED: Order.RequestKnowledge = {
  answer: { type: 'Declined', code: 'insufficient_funds', reference: 'pi_1' },
};
const REFUSED: Order.RequestKnowledge = { answer: { type: 'Refused', code: 'state' } };
const FAILED: Order.RequestKnowledge = { answer: { type: 'StoredFailure', code: '500' } };
const LINKED: Order.RequestKnowledge = { answer: { type: 'CustomerAwaited', link: LINK } };
const VOIDED: Order.RequestKnowledge = { answer: { type: 'Voided' }, voided: true };
/** That the bank wants it authenticated is why it is open. */
const open = [found('open'), found('open', 'authentication_required'), LINKED] as const;
const UNSEEN = [
  { answer: { type: 'NoAnswer' } },
  NO_ANSWER,
  absentAt(NOON),
  failedAt(NOON),
  { ...found('open'), voided: true },
] as const;
const NUMBER = { number: numbered(1) } as const;
const captured = [
  { answer: moved(), ...NUMBER },
  { ...answered('succeeded'), ...NUMBER },
] as const;
/** Each order beside one whose customer was never asked. */
const plainUnderWay = plain.adding([paymentPending()]);
const plainInReview = plainUnderWay
  .with({ now: NOON + PENDING_MAX_MS })
  .learned(P, { ...answered('processing'), searched: true })
  .with({ now: given });
const BESIDE = [
  [asked, plain],
  [linked, plain],
  [underWay, plainUnderWay],
  [linked.cancelled(), plain.cancelled()],
  [inReview, plainInReview],
] as const;
const confirmed = (known: Order.RequestKnowledge): Order.RequestKnowledge => ({
  ...known,
  confirmed: true,
});
const refusedCancel = [REFUSED, FAILED, DECLINED].map((known) => ({
  ...known,
  voided: true as const,
}));
const others = linked.with(elsewhere);

export const AWAITED_PAYMENTS: readonly TableRow[] = [
  row(
    ['any', 'asked of another account of the gateway'],
    [asked, linked].map((life) =>
      life.with({ deployment: { ...DEPLOYMENT, account: 'acct_other:test' } }),
    ),
    undefined,
    STORED,
    ...UNSEEN,
    ...captured,
  ),
  asAbove(['`succeeded`, by an answer or by its name', 'any'], BESIDE, ...captured),
  asAbove(['`processing`', 'any'], BESIDE, answered('processing')),
  row(
    ['cancelled: answered, or found', 'open, or in review'],
    [asked, linked, underWay, inReview],
    VOIDED,
    found('cancelled'),
  ),
  row(['the same', 'cancellation requested'], cancelled, VOIDED, found('cancelled')),
  row(
    ['nothing, or the charge’s stored decline', 'in review, cancelled, or after its limit'],
    givenUp,
    undefined,
    STORED,
  ),
  row(['the same', 'without a link, in time to confirm it'], [asked], undefined, STORED),
  row(['the same', 'without a link, too late'], [tooLate], undefined, STORED),
  row(
    ['the same', 'with a link, of the message that waits for it'],
    [linked, underWay],
    undefined,
    STORED,
  ),
  row(['nothing', 'with a link, of another message'], [others]),
  row(['the charge’s stored decline', 'the same'], [others], STORED),
  row(['the confirmation’s link', 'without one, in time'], [asked], confirmed(LINKED)),
  row(
    ['the confirmation is declined, or refused', 'any'],
    [asked, linked, underWay, ...givenUp],
    ...[STORED, DECLINED, REFUSED, FAILED].map(confirmed),
  ),
  row(
    ['found open, with a failure of its own', 'any'],
    [asked, linked, underWay, others, ...givenUp],
    found('open', 'payment_intent_authentication_failure'),
  ),
  row(['found open', 'in review, cancelled, or after its limit'], givenUp, ...open),
  row(['found open', 'without a link, in time to confirm it'], [asked], ...open.slice(0, 2)),
  row(['found open', 'without a link, too late'], [tooLate], ...open),
  row(['found open', 'with a link, of the message that waits for it'], [linked], ...open),
  row(['found open', 'with a link, of another message'], [others], ...open),
  row(['a cancel is refused', 'any'], [asked, linked, underWay, ...givenUp], ...refusedCancel),
  row(
    [
      'no answer, or open after a cancel that was refused',
      'before the limit and the time to send after',
    ],
    [asked, linked, linked.with({ now: given - 1 }), linked.cancelled()],
    ...UNSEEN,
  ),
  row(['the same', 'after it, series not searched'], [lost], ...UNSEEN),
  row(
    ['the same', 'after it, not in the series'],
    [lost],
    ...UNSEEN.map((known) => ({ ...known, searched: true as const })),
  ),
  row(['the same', 'in review'], [inReview], ...UNSEEN),
];
