import { readDispute } from '../../src/adapters/stripe/disputes.ts';
import { outcomeOfFound, readIntent } from '../../src/adapters/stripe/intents.ts';
import { outcomeOfRefund, readRefund } from '../../src/adapters/stripe/refunds.ts';
import { foundAnswer } from '../../src/application/orders/gatewayAnswers.ts';
import * as Order from '../../src/domain/order/index.ts';
import { absentAt, inspectedAt, moved } from '../support/evidence.ts';
import { CLOSE_MS, NOON, numbered, PENDING_MAX_MS } from '../support/orderContext.ts';
import {
  closed,
  differenceFound,
  hint,
  hintOfDispute,
  hintOfRefund,
  listedRefund,
  opened,
  paymentPending,
  refundPending,
  reinstated,
  returnDecided,
  returned,
  withdrawn,
} from '../support/gatewayEvents.ts';
import {
  anOrderPaidBy,
  cancelOrder,
  orderLife,
  refundPayment,
  type OrderLife,
} from '../support/orderLife.ts';
import { SHOP_PAYMENT } from '../support/shopPayment.ts';
import { saysNext, saysToCommand, type TableRow } from './paymentTables.ts';

/*
 * The tables "What a finding by id means" of docs/protocol.md, as they are decided. Each row goes
 * from the gateway's own words, as the adapter reads them, to what the domain says.
 */

type Cells = TableRow['cells'];
type Known = readonly [Order.Subject, Order.RequestKnowledge];
/** An order, and what was found for it. */
type Found = readonly [OrderLife, ...(readonly Known[])];

const stepOf = ([life, ...known]: Found): Order.OrderStep =>
  Order.nextStep(
    life.state,
    known.reduce((all, one) => Order.learn(all, ...one), Order.NO_EVIDENCE),
    life.context,
  );

/** Over every case that the cells speak of: where these differ, so does what is said. */
const row = (cells: Cells, ...found: readonly Found[]): TableRow => ({
  cells,
  says: [...new Set(found.map((one) => saysNext(stepOf(one))))].join(' or '),
  transitions: [],
});

/** What was found says nothing of this order: it goes on as without the event. */
const asBefore = (cells: Cells, ...found: readonly Found[]): TableRow => {
  const isSame = ([life, ...known]: Found): boolean => {
    const { hint: _, ...context } = life.context;
    const step = Order.nextStep(life.state, Order.NO_EVIDENCE, context);
    return JSON.stringify(stepOf([life, ...known])) === JSON.stringify(step);
  };
  return { ...row(cells, ...found), ...(found.every(isSame) && { says: 'as without the event' }) };
};

const withIt =
  (known: Known) =>
  (life: OrderLife): Found => [life, known];

const unreadable = (): never => {
  throw new Error('the adapter cannot read it');
};

// A payment.

const P = 'payment#1';
const INTENT = { id: 'pi_1', object: 'payment_intent', amount: 4_758, currency: 'eur' };
const CARD_ERROR = { type: 'card_error', code: 'card_declined', decline_code: 'lost_card' };

const payment = (word: string, changes: object = {}): Order.RequestKnowledge => {
  const amount_received = word === 'succeeded' ? 4_758 : 0;
  const intent = readIntent({ ...INTENT, status: word, amount_received, ...changes });
  return { answer: foundAnswer(intent ? outcomeOfFound(intent) : unreadable(), NOON) };
};

const hinted = orderLife().with({ hint: hint() });
const withHint = (life: OrderLife, name = 'pi_1'): OrderLife =>
  life.with({ hint: hint({ payment: name, id: name, says: 'of_tomorrow' }) });
const open = hinted.placed();
const underWay = open.adding([paymentPending()]);
const late = underWay.with({ now: NOON + PENDING_MAX_MS });
const unresolved = open.unresolved();
const paid = open.captured();
const cancelled = open.cancelled().absent();
const ended = [open.declined(), open.absent(), cancelled].map((life) => withHint(life));
const again = open.with({ attemptsMax: 2 }).absent();
const toCapture = hinted.placed(anOrderPaidBy({ type: 'authorised', payment: SHOP_PAYMENT }));
const toRecord = hinted.placed(anOrderPaidBy({ type: 'paid', payment: SHOP_PAYMENT }));
const shopsUnderWay = toRecord.adding([paymentPending({ reference: SHOP_PAYMENT })]);
const ofShop = (life: OrderLife) => withHint(life, SHOP_PAYMENT);
const notFound: Known = [P, { heard: true }];
const NUMBER = { number: numbered(1) } as const;
const captured: Known = [P, { ...payment('succeeded'), ...NUMBER }];
const processing: Known = [P, payment('processing')];
const searched: Known = [P, { ...payment('processing'), searched: true }];
const pendingReview = late.learned(...searched);
const cancelledThere: Known = [P, payment('canceled')];
const failedThere: Known = [
  P,
  payment('requires_payment_method', { last_payment_error: CARD_ERROR }),
];
const declinable = [open, underWay, unresolved, pendingReview];
const stopping = [open.cancelled(), underWay.cancelled()];
export const OTHER_WORDS: readonly string[] = [
  'requires_action',
  'requires_confirmation',
  'word_of_tomorrow',
];
const earlier = (word: string): Found => [again, ['payment#2', notFound[1]], [P, payment(word)]];

export const FOUND_PAYMENTS: readonly TableRow[] = [
  asBefore(
    ['nothing under that id, or another’s', 'open, in review, or ended'],
    ...[open, unresolved, ...ended].map((life): Found => [life, notFound]),
  ),
  row(['nothing under that id, or another’s', 'under way'], [underWay, notFound]),
  row(['`succeeded`, of an earlier attempt', 'that attempt has failed'], earlier('succeeded')),
  asBefore(
    ['any other, of an earlier attempt', 'that attempt has failed'],
    ...['canceled', 'processing', ...OTHER_WORDS].map(earlier),
  ),
  row(['`succeeded`', 'open, under way, or in review'], ...declinable.map(withIt(captured))),
  row(['`succeeded`', 'the same, cancellation requested'], ...stopping.map(withIt(captured))),
  row(
    ['`succeeded`', 'open, other amount or currency'],
    [open, [P, payment('succeeded', { amount_received: 1 })]],
    [open, [P, payment('succeeded', { currency: 'usd' })]],
  ),
  row(['`succeeded`', 'captured, the same payment'], [paid, captured]),
  row(
    ['`succeeded`', 'captured, another payment'],
    [withHint(paid, 'pi_2'), [P, payment('succeeded', { id: 'pi_2' })]],
  ),
  row(
    ['`succeeded`', 'declined, failed, cancelled'],
    ...ended.map((life): Found => [life, [P, payment('succeeded')]]),
  ),
  row(['`processing`', 'open'], [open, processing]),
  row(['`processing`', 'under way, before its limit'], [underWay, processing]),
  row(
    ['`processing`', 'the same, of a message that does not wait for it'],
    [underWay.with({ letter: 'm-2' }), processing],
  ),
  row(['`processing`', 'under way, after it'], [late, processing]),
  row(['`processing`', 'the same, not in the series'], [late, searched]),
  row(['`processing`', 'in review'], [pendingReview, searched]),
  row(['`processing`', 'ended'], ...ended.map(withIt(processing))),
  row(['`requires_capture`', 'open, of the shop'], [ofShop(toCapture), [P, inspectedAt(NOON)]]),
  row(['`requires_capture`', 'open, of our own charge'], [open, [P, payment('requires_capture')]]),
  row(['`canceled`', 'open, under way, or in review'], ...declinable.map(withIt(cancelledThere))),
  row(['`canceled`', 'the same, cancellation requested'], ...stopping.map(withIt(cancelledThere))),
  row(['`canceled`', 'ended'], ...ended.map(withIt(cancelledThere))),
  row(
    ['`canceled`', 'captured, another payment'],
    [withHint(paid, 'pi_2'), [P, payment('canceled', { id: 'pi_2' })]],
  ),
  row(
    ['`requires_payment_method`, its charge failed', 'open, under way, or in review'],
    ...declinable.map(withIt(failedThere)),
  ),
  row(
    ['`requires_payment_method`, its charge failed', 'the same, cancellation requested'],
    ...stopping.map(withIt(failedThere)),
  ),
  row(
    ['`requires_payment_method`', 'under way, and of the shop'],
    [ofShop(shopsUnderWay), [P, inspectedAt(NOON, { status: 'open', capturableMinor: 0 })]],
  ),
  row(
    ['`requires_payment_method`, no error', 'open, or under way'],
    ...[open, underWay].map(withIt([P, payment('requires_payment_method')])),
  ),
  row(
    ['any other', 'open, under way, or ended'],
    ...OTHER_WORDS.flatMap((word) => [open, underWay, ...ended].map(withIt([P, payment(word)]))),
  ),
];

// A refund of the order's payment.

const R = 'refund#r-1';
const CN = { number: numbered(1, { series: 'CN' }) } as const;
const OURS = { refund_id: 'r-1', deployment: 'dep1' };
const asked = paid.asked('r-1', { type: 'Amount', amountMinor: 1_000 });
const waiting = asked.adding([refundPending()]);
const lateRefund = waiting.with({ now: NOON + PENDING_MAX_MS });
const inReview = asked.refundInReview('r-1');
const made = asked.refunded('r-1');
const came = made.adding([returned()]);
const decided = came.adding([returnDecided()]);
const failed = asked.refundFailed('r-1').compared();
const rejected = paid.asked('r-1', { type: 'Amount', amountMinor: 9_999 });
const due = paid.adding([differenceFound({ refund: 're_9' })]);
const undecided = came.adding([differenceFound()]);

type FoundRefund = { readonly id?: string; readonly amount?: number; readonly metadata?: object };

const refund = (word: string, { id = 're_r-1', amount = 1_000, metadata = OURS }: FoundRefund) =>
  foundAnswer(
    outcomeOfRefund(
      readRefund({ id, object: 'refund', status: word, amount, currency: 'eur', metadata }) ??
        unreadable(),
    ),
    NOON,
  );

const listed = (word: string, found: FoundRefund = {}): Order.ListedRefund => {
  const answer = refund(word, found);
  const { id: reference = 're_r-1', amount: amountMinor = 1_000, metadata = OURS } = found;
  const owner = metadata === OURS ? { refundId: 'r-1', deployment: 'dep1' } : {};
  const money = { reference, amountMinor, currency: 'EUR', ...owner };
  if (answer.type === 'MoneyMoved') return { ...money, status: 'moved' };
  if (answer.type === 'UnderWay') return { ...money, status: 'open' };
  return answer.type === 'Declined'
    ? { ...money, status: 'failed', code: answer.code }
    : unreadable();
};

const standing = (
  { state }: OrderLife,
  { refunds = [], disputes = [] }: Partial<Order.PaymentStanding>,
): Known => [`standing#${state.version}`, { standing: { refunds, disputes } }];

const withRefundHint = (life: OrderLife): OrderLife =>
  life.with({ hint: hintOfRefund('word_of_tomorrow') });

/** As it is listed with its payment, upon an event. */
const listedFor = (word: string, found?: FoundRefund, ...known: readonly Known[]) => {
  return (life: OrderLife): Found => [
    withRefundHint(life),
    standing(life, { refunds: [listed(word, found)] }),
    ...known,
  ];
};

/** Looked up by itself, or as it is listed: the answers are the same. */
const eachWay =
  (word: string, more: Order.RequestKnowledge = {}) =>
  (life: OrderLife): readonly Found[] => [
    [life, [R, { answer: refund(word, {}), ...more }]],
    listedFor(word, {}, [R, more])(life),
  ];

/** As a comparison that is due finds it. */
const compared = (word: string, ...known: readonly Known[]) => {
  return (life: OrderLife): Found => [
    withRefundHint(life),
    standing(life, {}),
    [`comparison#${life.state.comparison?.version ?? 0}`, { listed: [listed(word, FOREIGN)] }],
    ...known,
  ];
};

const FOREIGN = { id: 're_9', metadata: {} } as const;
const F = 'refund#gateway#re_9';
const UNDER_WAY = ['pending', 'requires_action'] as const;
const BACK = ['failed', 'canceled'] as const;
const seriesOf = (reference: string): Order.RequestKnowledge => ({
  answer: moved({ source: 'series', reference, amountMinor: 1_000 }),
  searched: true,
  ...CN,
});
const closedAt = absentAt(NOON + CLOSE_MS);

export const FOUND_REFUNDS: readonly TableRow[] = [
  row(
    ['`pending`, `requires_action`', 'asked for'],
    ...UNDER_WAY.flatMap((w) => eachWay(w)(asked)),
  ),
  row(
    ['`pending`, `requires_action`', 'under way, before its limit'],
    ...UNDER_WAY.flatMap((word) => eachWay(word)(waiting)),
  ),
  row(
    ['`pending`, `requires_action`', 'under way, after it'],
    ...UNDER_WAY.flatMap((word) => eachWay(word)(lateRefund)),
  ),
  row(
    ['`pending`, `requires_action`', 'the same, not in the series'],
    ...UNDER_WAY.flatMap((word) => eachWay(word, { searched: true })(lateRefund)),
  ),
  row(
    ['`pending`, `requires_action`', 'not asked for here'],
    ...UNDER_WAY.map((word) => listedFor(word, FOREIGN)(paid)),
  ),
  row(
    ['`succeeded`', 'asked for, under way, or in review'],
    ...[asked, waiting, inReview].flatMap(eachWay('succeeded', CN)),
  ),
  row(['`succeeded`', 'made, with this name'], listedFor('succeeded')(made)),
  row(
    ['`succeeded`', 'named by the decision about a returned one'],
    listedFor('succeeded', { ...FOREIGN, id: 're_again' })(decided),
  ),
  row(['`succeeded`', 'not asked for here'], ...[paid, came].map(listedFor('succeeded', FOREIGN))),
  row(['`succeeded`', 'the same, found: compared'], compared('succeeded')(due)),
  row(['`succeeded`', 'the same, compared, with its number'], compared('succeeded', [F, CN])(due)),
  row(['`succeeded`', 'the same, compared, one is undecided'], compared('succeeded')(undecided)),
  row(
    ['`succeeded`', 'not asked for here, more than is left to credit'],
    listedFor('succeeded', { ...FOREIGN, amount: 4_759 })(paid),
    listedFor('succeeded', { ...FOREIGN, amount: 3_759 })(made),
  ),
  row(['`succeeded`', 'failed or rejected'], ...[failed, rejected].map(listedFor('succeeded'))),
  row(
    ['`failed`, `canceled`', 'asked for or under way'],
    ...BACK.flatMap((word) => [asked, waiting].flatMap(eachWay(word))),
  ),
  row(
    ['`failed`, `canceled`', 'the same, closed in the series'],
    ...BACK.flatMap((word) => [asked, waiting].flatMap(eachWay(word, { closed: true }))),
  ),
  row(
    ['`failed`, `canceled`', 'the same, with a number in the series'],
    ...BACK.flatMap((word) =>
      [asked, waiting].map((life): Found => [
        life,
        [R, { answer: refund(word, {}) }],
        [R, seriesOf('re_r-1')],
      ]),
    ),
  ),
  row(
    ['`failed`, `canceled`', 'made, by us or by others'],
    ...BACK.map((word) => listedFor(word)(made)),
    ...BACK.map((word) => listedFor(word, FOREIGN)(due.compared([listedRefund()]))),
  ),
  row(
    ['`failed`, `canceled`', 'failed, returned, or not asked for here'],
    ...BACK.flatMap((word) => [
      listedFor(word, FOREIGN)(paid),
      listedFor(word)(failed),
      listedFor(word, {})(decided),
    ]),
  ),
  row(
    ['`failed`, `canceled`', 'not asked for here, compared'],
    ...BACK.map((word) => compared(word)(due)),
  ),
  row(
    ['`failed`, `canceled`', 'the same, closed in the series'],
    ...BACK.map((word) => compared(word, [F, { closed: true }])(due)),
    // It was listed as made before somebody closed it.
    compared('succeeded', [F, { answer: { type: 'Declined', code: 'c' }, closed: true }])(due),
  ),
  row(
    ['`failed`, `canceled`', 'the same, with a number in the series'],
    ...BACK.map((word) => compared(word, [F, seriesOf('re_9')])(due)),
  ),
  row(['nothing', 'asked for, after the close'], [asked, [R, closedAt]]),
  row(['nothing', 'the same, a dispute is open'], [asked.adding([opened()]), [R, closedAt]]),
  row(['nothing', 'asked for, before it'], [asked, [R, absentAt(NOON)]]),
];

// A dispute of the order's payment.

const balance = (amounts: readonly number[]) =>
  amounts.map((amount) => ({ object: 'balance_transaction', amount, currency: 'eur' }));

const withDisputeHint = (life: OrderLife): OrderLife =>
  life.with({ hint: hintOfDispute('word_of_tomorrow') });

/** As it is listed with its payment; what cannot be read is no answer. */
const disputeFor = (word: string, amounts: readonly number[] = []) => {
  return (life: OrderLife): Found => {
    const read = readDispute({
      id: 'du_1',
      object: 'dispute',
      status: word,
      amount: 4_758,
      currency: 'eur',
      reason: 'fraudulent',
      evidence_details: { due_by: null },
      balance_transactions: balance(amounts),
    });
    return read.match(
      (dispute): Found => [withDisputeHint(life), standing(life, { disputes: [dispute] })],
      (): Found => [
        withDisputeHint(life),
        [`standing#${life.state.version}`, { answer: { type: 'LookUpFailed', lookedUpAt: NOON } }],
      ],
    );
  };
};

const INQUIRY = ['warning_needs_response', 'warning_under_review'] as const;
const CHARGEBACK = ['needs_response', 'under_review'] as const;
const APPEAL = ['appeal_needs_response', 'appeal_under_review'] as const;
const WITHOUT_LOSS = ['warning_closed', 'prevented'] as const;
const inquiry = paid.adding([opened({ stage: 'inquiry' })]);
const disputed = paid.adding([opened()]);
const taken = disputed.adding([withdrawn(3_000)]);
const back = taken.adding([reinstated(1_000)]);
const appealed = taken.adding([closed('lost'), opened({ stage: 'appeal' })]);
const over = (verdict: Parameters<typeof closed>[0]) => disputed.adding([closed(verdict)]);
const VERDICTS = [
  ['won', 'won'],
  ['lost', 'lost'],
  ['warning_closed', 'warning closed'],
  ['prevented', 'prevented'],
] as const;

/** Each word, for each of these orders. */
const each = (words: readonly string[], ...lives: readonly OrderLife[]): readonly Found[] =>
  words.flatMap((word) => lives.map(disputeFor(word)));

export const FOUND_DISPUTES: readonly TableRow[] = [
  row(['`warning_needs_response`, `warning_under_review`', 'none'], ...each(INQUIRY, paid)),
  row(
    ['`needs_response`, `under_review`', 'none, an inquiry, or closed'],
    ...each(CHARGEBACK, paid, inquiry, over('lost')),
  ),
  row(
    ['`appeal_needs_response`, `appeal_under_review`', 'none, open before it, or closed'],
    ...each(APPEAL, paid, inquiry, disputed, over('lost')),
  ),
  row(
    ['any of these', 'open in that stage, or in a later one'],
    ...each(INQUIRY, inquiry, disputed, appealed),
    ...each(CHARGEBACK, disputed, appealed),
    ...each(APPEAL, appealed),
  ),
  row(
    ['4758 withdrawn', '3000 of it recorded'],
    ...[taken, back].map(disputeFor('under_review', [-4_758])),
    disputeFor('appeal_under_review', [-4_758])(appealed),
  ),
  row(
    ['3000 withdrawn, 1500 reinstated', 'withdrawn, and 1000 reinstated'],
    disputeFor('under_review', [-3_000, 1_500])(back),
  ),
  row(['`won`, `lost`', 'none'], ...each(['won', 'lost'], paid)),
  row(['`warning_closed`, `prevented`', 'none'], ...each(WITHOUT_LOSS, paid)),
  row(['`won`, `lost`', 'an inquiry'], ...each(['won', 'lost'], inquiry)),
  row(
    ['`warning_closed`, `prevented`', 'an inquiry, a chargeback, or an appeal'],
    ...each(WITHOUT_LOSS, inquiry, disputed, appealed),
  ),
  row(
    ['`won`, `lost`', 'a chargeback, or an appeal'],
    ...each(['won', 'lost'], disputed, appealed),
  ),
  row(
    ['`won`, `lost`, `warning_closed`, `prevented`', 'closed with that verdict'],
    ...VERDICTS.map(([word, verdict]) => disputeFor(word)(over(verdict))),
  ),
  row(
    ['`won`, `lost`, `warning_closed`, `prevented`', 'closed with another one'],
    ...VERDICTS.flatMap(([word]) =>
      VERDICTS.filter(([other]) => other !== word).map(([, verdict]) =>
        disputeFor(word)(over(verdict)),
      ),
    ),
  ),
  row(
    ['a word that nobody knows', 'any'],
    ...each(['word_of_tomorrow'], paid, inquiry, taken, over('won')),
  ),
];

// Messages while a dispute is open.

export const WHILE_DISPUTED: readonly TableRow[] = [
  saysToCommand(['`RefundPayment`', 'captured, a dispute is open'], disputed, refundPayment('r-2')),
  saysToCommand(['`CancelOrder`', 'captured, a dispute is open'], disputed, cancelOrder()),
  row(
    ['any', 'a refund is asked for, a dispute is open'],
    [asked.adding([opened()])],
    [inquiry.adding(asked.events.slice(paid.events.length))],
  ),
  row(['any', 'cancellation requested, a dispute is open'], [disputed.cancelled()]),
  row(
    ['any', 'the same, lost, nothing is held any more'],
    [
      disputed
        .adding([withdrawn()])
        .cancelled()
        .adding([closed('lost')]),
    ],
  ),
  row(['any', 'the same, lost, a part is held'], [taken.cancelled().adding([closed('lost')])]),
  row(
    ['any', 'the same, won, or closed as an inquiry'],
    ...(['won', 'warning closed', 'prevented'] as const).map((verdict): Found => [
      disputed.cancelled().adding([closed(verdict)]),
    ]),
  ),
];
