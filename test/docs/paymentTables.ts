import * as Notification from '../../src/domain/notification/index.ts';
import * as Order from '../../src/domain/order/index.ts';
import { absentAt, declined, failedAt, moved, NO_ANSWER } from '../support/evidence.ts';
import { differenceFound } from '../support/gatewayEvents.ts';
import {
  CLOCK_SKEW_MS,
  CLOSE_MS,
  DEPLOYMENT,
  NOON,
  numbered,
  QUIET_MS,
  RESEND_HORIZON_MS,
} from '../support/orderContext.ts';
import {
  anOrder,
  anOrderPaidBy,
  cancelOrder,
  correctEmail,
  orderLife,
  placeOrder,
  refundPayment,
  type OrderLife,
} from '../support/orderLife.ts';

/*
 * The decision tables of docs/payments.md, as they are decided: each row has the cells under which
 * the page shows it, and what the domain says to it. What is said is written here from the answer,
 * not from the page.
 */

export type TableRow = {
  readonly cells: readonly [string, string];
  readonly says: string;
  /** The orders before and after the row, where it appends. */
  readonly transitions: readonly (readonly [Order.State, Order.State])[];
};

const code = (text: string): string => `\`${text}\``;

/** What distinguishes one such event from another. */
const detailOf = (event: Order.StreamEvent): string | number | undefined => {
  if (event.type === 'PaymentRequested') return event.data.attempt;
  if (event.type === 'RefundRequested') return event.data.refundId;
  if (event.type === 'PaymentFailed' && event.data.proof === 'unusable') return event.data.code;
  if (event.type === 'RefundFailed' && event.data.code === 'disputed') return event.data.code;
  if (event.type === 'DisputeOpened') return event.data.stage;
  if (event.type === 'DisputeFundsWithdrawn' || event.type === 'DisputeFundsReinstated') {
    return event.data.amountMinor;
  }
  return event.type === 'PaymentReviewRequired' || event.type === 'RefundReviewRequired'
    ? event.data.reason
    : undefined;
};

const named = (event: Order.StreamEvent): string => {
  const detail = detailOf(event);
  return detail === undefined ? code(event.type) : `${code(event.type)} (${detail})`;
};

const appends = (events: readonly Order.StreamEvent[]): string => events.map(named).join(', ');

const REFUSALS: { readonly [T in Order.Rejection['type']]: string } = {
  PayloadConflict: 'dead-letter queue: `PayloadConflict`; nothing is touched',
  NotPriced: 'dead-letter queue: `InvalidOrder`',
  Unchargeable: 'dead-letter queue: `Unchargeable`',
  NotCapturedYet: 'back off',
  NotComparedYet: 'drive, then decide again',
  NotPlacedYet: 'back off',
  OrderInReview: 'dead-letter queue: `order-in-review`',
  Refused: 'refused; delete',
};

export const saysToCommand = (
  cells: TableRow['cells'],
  life: OrderLife,
  command: Order.Command,
): TableRow =>
  Order.decide(command, life.state, life.context).match(
    (events): TableRow =>
      events.length === 0
        ? { cells, says: 'nothing new; drive', transitions: [] }
        : {
            cells,
            says: appends(events),
            transitions: [[life.state, Order.fold(events, life.state)]],
          },
    ({ type }) => ({ cells, says: REFUSALS[type], transitions: [] }),
  );

const SENDS: { readonly [T in Order.StepOf<'Send'>['call']['type']]: string } = {
  charge: 'send the stored request',
  refund: 'send the stored request',
  capture: 'send the stored request',
  void: 'release the authorisation',
  confirm: 'confirm it with its customer there',
};

export const saysNext = (step: Order.OrderStep): string => {
  switch (step.type) {
    case 'Append':
      return appends(step.events);
    case 'Send':
      return SENDS[step.call.type];
    case 'LookUp':
      return step.of.type === 'Refunds'
        ? 'list the payment’s refunds at the gateway'
        : 'look it up at the gateway';
    case 'ClaimPayment':
      return 'claim the payment for this order';
    case 'AllocateNumber':
      return 'allocate a number';
    case 'FindNumber':
      return 'search the series for its number';
    case 'CloseDocument':
      return 'close its document in the series';
    case 'RetryLater':
      return 'back off';
    case 'DeadLetter':
      if (step.isContradiction === true) return 'dead-letter queue: `contradiction`';
      return `dead-letter queue: ${code(step.reason.replace(/^(\w+): .*/, '$1'))}`;
    case 'Settled':
      return 'settled: publish, delete';
  }
};

type Life = Pick<OrderLife, 'events' | 'context'>;

/**
 * Over every life that the cells speak of: where these differ, so does what is said from the page.
 */
export const drives = (
  cells: TableRow['cells'],
  lives: Life | readonly Life[],
  ...known: readonly (readonly [Order.Subject, Order.RequestKnowledge])[]
): TableRow => {
  const evidence = known.reduce((all, one) => Order.learn(all, ...one), Order.NO_EVIDENCE);
  const steps = [lives].flat().map(({ events, context }) => {
    const state = Order.fold(events);
    return { state, step: Order.nextStep(state, evidence, context) };
  });
  return {
    cells,
    says: [...new Set(steps.map(({ step }) => saysNext(step)))].join(' or '),
    transitions: steps.flatMap(({ state, step }) =>
      step.type === 'Append' ? [[state, Order.fold(step.events, state)] as const] : [],
    ),
  };
};

const saysToRefused = (cells: TableRow['cells'], life: OrderLife): TableRow => {
  const after = life.refused();
  const events = after.events.slice(life.events.length);
  const isNew = events.length > 0;
  return {
    cells,
    says: `${isNew ? appends(events) : 'nothing new'}; dead-letter queue`,
    transitions: isNew ? [[life.state, after.state]] : [],
  };
};

const refused = orderLife().refused();
const OTHER = 'ada@example.org';
const open = orderLife().placed();
const cancelling = open.cancelled();
const inReview = open.inReview();
const unresolved = open.unresolved();
const stopping = [cancelling, unresolved.cancelled()];
const paid = open.captured();
const failed = open.inReview().resolved({ moved: false });
const ended = [failed, open.declined(), cancelling.absent()];
const part = { type: 'Amount', amountMinor: 1_000 } as const;
const pending = paid.asked('r1', part);
/** A refund of ours has failed, and nobody has looked yet what others have refunded. */
const uncompared = pending.refundFailed('r1');

export const RECORDING: readonly TableRow[] = [
  saysToCommand(['`PlaceOrder`', 'empty'], orderLife(), placeOrder()),
  saysToCommand(['`PlaceOrder`', 'only a cancellation'], orderLife().cancelled(), placeOrder()),
  saysToCommand(
    ['`PlaceOrder`', 'only a cancellation, and money is held or authorised before the order'],
    orderLife().cancelled(),
    placeOrder(anOrderPaidBy({ type: 'authorised', payment: 'pi_shop' })),
  ),
  saysToCommand(
    ['`PlaceOrder`', 'placed, with other content'],
    open,
    placeOrder(anOrder({ currency: 'USD' }), 'other'),
  ),
  saysToCommand(['`PlaceOrder`', 'placed, with the same content'], open, placeOrder()),
  saysToCommand(['`PlaceOrder`', 'refused before, at the door'], refused, placeOrder()),
  saysToRefused(['a `PlaceOrder` that is refused', 'empty'], orderLife()),
  saysToRefused(['a `PlaceOrder` that is refused', 'only a cancellation'], orderLife().cancelled()),
  saysToRefused(['a `PlaceOrder` that is refused', 'refused before, the same'], refused),
  saysToRefused(
    ['a `PlaceOrder` that is refused', 'refused before, another'],
    orderLife().refused({ fingerprint: 'another' }),
  ),
  saysToRefused(['a `PlaceOrder` that is refused', 'placed'], open),
  saysToCommand(['`CancelOrder`', 'empty'], orderLife(), cancelOrder()),
  saysToCommand(['`CancelOrder`', 'refused at the door'], refused, cancelOrder()),
  saysToCommand(['`CancelOrder`', 'cancellation requested'], cancelling, cancelOrder()),
  saysToCommand(['`CancelOrder`', 'cancelled'], cancelling.absent(), cancelOrder()),
  saysToCommand(['`CancelOrder`', 'declined'], open.declined(), cancelOrder()),
  saysToCommand(['`CancelOrder`', 'payment open'], open, cancelOrder()),
  saysToCommand(['`CancelOrder`', 'payment in review'], inReview, cancelOrder()),
  saysToCommand(['`CancelOrder`', 'failed: never captured'], failed, cancelOrder()),
  saysToCommand(
    ['`CancelOrder`', 'captured, something is left, a comparison is due'],
    uncompared,
    cancelOrder(),
  ),
  saysToCommand(['`CancelOrder`', 'captured, something is left'], paid, cancelOrder()),
  saysToCommand(['`CancelOrder`', 'captured, all of it pending'], paid.asked('r1'), cancelOrder()),
  saysToCommand(
    ['`CancelOrder`', 'captured, all of it refunded'],
    paid.asked('r1').refunded('r1'),
    cancelOrder(),
  ),
  saysToCommand(
    ['`RefundPayment`', '`refundId` known, with the same content'],
    pending,
    refundPayment('r1', part),
  ),
  saysToCommand(
    ['`RefundPayment`', '`refundId` known, with other content'],
    pending,
    refundPayment('r1', part, 'other'),
  ),
  saysToCommand(['`RefundPayment`', 'declined'], open.declined(), refundPayment('r1')),
  saysToCommand(['`RefundPayment`', 'failed'], failed, refundPayment('r1')),
  saysToCommand(['`RefundPayment`', 'cancelled'], cancelling.absent(), refundPayment('r1')),
  saysToCommand(['`RefundPayment`', 'refused at the door'], refused, refundPayment('r1')),
  saysToCommand(['`RefundPayment`', 'not placed'], orderLife(), refundPayment('r1')),
  saysToCommand(['`RefundPayment`', 'payment open'], open, refundPayment('r1')),
  saysToCommand(['`RefundPayment`', 'payment in review'], inReview, refundPayment('r1')),
  saysToCommand(
    ['`RefundPayment`', 'captured, cancellation requested'],
    paid.cancelled(),
    refundPayment('r1'),
  ),
  saysToCommand(
    ['`RefundPayment`', 'captured, more than is left and not pending'],
    pending,
    refundPayment('r2', { type: 'Amount', amountMinor: 4_758 }),
  ),
  saysToCommand(
    ['`RefundPayment`', 'captured, a comparison is due'],
    uncompared,
    refundPayment('r2', part),
  ),
  saysToCommand(['`RefundPayment`', 'captured'], paid, refundPayment('r1', part)),
  saysToCommand(['`CorrectEmail`', 'not placed'], orderLife(), correctEmail(OTHER)),
  saysToCommand(['`CorrectEmail`', 'placed, another address'], paid, correctEmail(OTHER)),
  saysToCommand(['`CorrectEmail`', 'the same address'], paid, correctEmail('ada@EXAMPLE.com')),
  saysToCommand(
    ['`CorrectEmail`', 'the same correction before, and another since'],
    paid.corrected(OTHER).corrected('eve@example.com'),
    correctEmail(OTHER),
  ),
  saysToCommand(
    ['`CorrectEmail`', 'corrected 10 times'],
    Array.from({ length: Order.CORRECTIONS_MAX }, (_, at) => `${at}@example.com`).reduce(
      (life, email) => life.corrected(email),
      paid,
    ),
    correctEmail(OTHER),
  ),
];

const P = 'payment#1';
const closed = NOON + CLOSE_MS;
/** A look-up that fails is tried for so long. */
const givenUp = closed + RESEND_HORIZON_MS;
const old = { now: NOON + RESEND_HORIZON_MS };
const anew = open.with({ attemptsMax: 2, now: closed });
const other = moved({ amountMinor: 1 });
const several = { answer: { type: 'MultipleFound', found: [moved(), moved()] } } as const;
const fromSeries = {
  answer: moved({ source: 'series' }),
  number: numbered(1),
  searched: true,
} as const;
const none = { searched: true } as const;

const early = { now: NOON - CLOCK_SKEW_MS - 1 };

const refusedFor = (claim?: number): Order.RequestKnowledge => ({
  answer: { type: 'Refused', code: 'resource_missing' },
  ...(claim === undefined ? {} : { claim }),
});
const STORED_FAILURE: Order.RequestKnowledge = {
  answer: { type: 'StoredFailure', code: 'api_error' },
};
const OTHER_ACCOUNT = { ...DEPLOYMENT, account: 'acct_other:test' };
const stoppedFor = {
  refusal: open.learned(P, refusedFor()),
  failure: open.learned(P, STORED_FAILURE),
};
const allQuiet = stoppedFor.refusal.with({ now: NOON + QUIET_MS });
const claimedOnce = allQuiet.learned(P, {});
const CLAIM = claimedOnce.state.version;

export const DRIVING_PAYMENT: readonly TableRow[] = [
  drives(
    ['captured, as asked', 'no number yet'],
    [open, cancelling, inReview],
    [P, { answer: moved() }],
  ),
  drives(['captured, with its number', 'open or in review'], [open, inReview], [P, fromSeries]),
  drives(['captured, with its number', 'cancellation requested'], stopping, [P, fromSeries]),
  drives(
    ['captured, other amount or currency', 'open'],
    [open, cancelling],
    [P, { answer: other }],
  ),
  drives(['captured, other amount or currency', 'in review'], inReview, [P, { answer: other }]),
  drives(['several payments found', 'open'], [open, cancelling], [P, several]),
  drives(['several payments found', 'in review'], inReview, [P, several]),
  drives(['declined, stored for the key', 'open or in review'], [open, inReview], [P, declined()]),
  drives(['declined, stored for the key', 'cancellation requested'], stopping, [P, declined()]),
  drives(
    ['absent after the close', 'series not searched'],
    [open, ...stopping, unresolved],
    [P, absentAt(closed)],
  ),
  drives(['absent after the close', 'cancellation requested, not in the series'], stopping, [
    P,
    { ...absentAt(closed), ...none },
  ]),
  drives(['absent after the close', 'open, not in the series, another attempt allowed'], anew, [
    P,
    { ...absentAt(closed), ...none },
  ]),
  drives(
    ['absent after the close', 'open, or in review as “unresolved”, not in the series'],
    [open, unresolved],
    [P, { ...absentAt(closed), ...none }],
  ),
  drives(['absent after the close', 'in review for what was seen'], inReview, [
    P,
    { ...absentAt(closed), ...none },
  ]),
  drives(
    ['look-up failed H after the close', 'series not searched'],
    [open, cancelling],
    [P, failedAt(givenUp)],
  ),
  drives(
    ['look-up failed H after the close', 'found in the series'],
    [open, inReview],
    [P, fromSeries],
  ),
  drives(
    ['look-up failed H after the close', 'open, not in the series'],
    [open, cancelling],
    [P, { ...failedAt(givenUp), ...none }],
  ),
  drives(['look-up failed H after the close', 'in review, not in the series'], inReview, [
    P,
    { ...failedAt(givenUp), ...none },
  ]),
  drives(
    ['absent before the close', 'any'],
    [open, ...stopping, inReview],
    [P, absentAt(closed - 1)],
  ),
  drives(
    ['look-up failed before that', 'any'],
    [open, ...stopping, inReview],
    [P, failedAt(givenUp - 1)],
  ),
  drives(['refused for its content', 'open, not stopped'], [open, cancelling], [P, refusedFor()]),
  drives(
    ['refused for its content', 'stopped, and this process has no claim'],
    stoppedFor.refusal,
    [P, refusedFor()],
  ),
  drives(
    ['refused for its content', 'stopped, sent under the claim of this process'],
    claimedOnce,
    [P, refusedFor(CLAIM)],
  ),
  drives(['refused for its content', 'the same, cancellation requested'], claimedOnce.cancelled(), [
    P,
    refusedFor(CLAIM),
  ]),
  drives(
    ['a failure is stored for the key', 'open, not stopped'],
    [open, cancelling],
    [P, STORED_FAILURE],
  ),
  drives(['a failure is stored for the key', 'stopped for it'], stoppedFor.failure, [
    P,
    STORED_FAILURE,
  ]),
  drives(['sent, no evidence', 'any'], [open, ...stopping, inReview], [P, NO_ANSWER]),
  drives(
    ['any but evidence', 'asked of another account of the gateway'],
    [open, cancelling, inReview].map((life) => life.with({ deployment: OTHER_ACCOUNT })),
  ),
  drives(['none', 'open, younger than the horizon'], open),
  drives(['none', 'open, older'], open.with(old)),
  drives(['none', 'open, dated in the future by more than the skew'], open.with(early)),
  drives(['none', 'open, stopped by a refusal, what was sent may still land'], stoppedFor.refusal),
  drives(['none', 'open, stopped by a refusal, all that was sent is past its life'], allQuiet),
  drives(['none', 'the same, claimed by this process'], claimedOnce, [P, { claim: CLAIM }]),
  drives(['none', 'open, stopped by a stored failure'], stoppedFor.failure),
  drives(
    ['none', 'open, without a seal of the payment service'],
    open.with({ isSeal: () => false }),
  ),
  drives(
    ['none', 'open, its key or body is another request’s'],
    open.with({ isPrepared: () => false }),
  ),
  drives(['none', 'cancellation requested'], [cancelling, cancelling.with(old)]),
  drives(['none', 'in review, series not searched'], [inReview, inReview.cancelled()]),
  drives(['none', 'in review, not in the series'], [inReview, inReview.cancelled()], [P, none]),
  drives(['none', 'in review, a person decided “captured”'], inReview.resolved({})),
  drives(['captured', 'recorded as failed, declined or cancelled'], ended, [
    P,
    { answer: moved() },
  ]),
  drives(['any', 'declined, failed, or cancelled without a payment'], ended),
];

const R = 'refund#r1';
const back = moved({ reference: 're_1', amountMinor: 1_000 });
const credited = { answer: back, number: numbered(1, { series: 'CN' }) };
const refundReview = pending.refundInReview('r1');
const refundStopped = pending.learned(R, refusedFor());
const refundQuiet = refundStopped.with({ now: NOON + QUIET_MS });
const refundClaimed = refundQuiet.learned(R, {});

/**
 * What was pending when the cancellation came has failed, so that its amount is left, and it was
 * compared.
 */
const leftOver = (): Life => {
  const { events, context } = pending.cancelled().refundFailed('r1');
  return { events: [...events, { type: 'GatewayCompared', data: { at: NOON } }], context };
};

const C = `comparison#${uncompared.state.comparison?.version ?? 0}` as const;
const byHand = { reference: 're_9', amountMinor: 1_000, currency: 'EUR', status: 'moved' } as const;
const isThere: readonly [Order.Subject, Order.RequestKnowledge] = [C, { listed: [byHand] }];
const adopted: readonly [Order.Subject, Order.RequestKnowledge] = [
  'refund#gateway#re_9',
  { number: numbered(1, { series: 'CN' }) },
];
const found = uncompared.adding([differenceFound({ event: '', refund: 're_9' })]);
const isFoundThere: readonly [Order.Subject, Order.RequestKnowledge] = [
  `comparison#${found.state.comparison?.version ?? 0}`,
  { listed: [{ ...byHand, reference: 're_8' }, byHand] },
];
const inFull = paid.cancelled().refundFailed('cancel#1');
const CANCELLING = `comparison#${inFull.state.comparison?.version ?? 0}` as const;
const all = { ...byHand, amountMinor: 4_758 };
const crowded = pending.asked('r2').refundFailed('r1');
const CROWDED = `comparison#${crowded.state.comparison?.version ?? 0}` as const;
const exhausted = Array.from({ length: Order.CANCEL_REFUNDS_MAX }).reduce<OrderLife>(
  (life, _, index) => life.refundFailed(`cancel#${index + 1}`).compared(),
  paid.cancelled(),
);

export const DRIVING_REFUNDS: readonly TableRow[] = [
  drives(['any', 'a refund has failed, or a person asked: to be compared'], uncompared),
  drives(['the list could not be had', 'to be compared'], uncompared, [C, failedAt(NOON)]),
  drives(['refunded, not asked for here', 'to be compared'], uncompared, isThere),
  drives(['the same', 'found, no number yet'], found, isFoundThere),
  drives(
    ['another one, not asked for here', 'the same is found, no number yet'],
    found,
    isFoundThere,
  ),
  drives(['the same, with its number', 'to be compared'], uncompared, isThere, adopted),
  drives(
    ['the same, with its number', 'cancellation requested, all is back now'],
    inFull,
    [CANCELLING, { listed: [all] }],
    adopted,
  ),
  drives(['the same', 'refunds of ours are pending in its place'], crowded, [
    CROWDED,
    { listed: [all] },
  ]),
  drives(['under way, not asked for here', 'to be compared'], uncompared, [
    C,
    { listed: [{ ...byHand, status: 'open' }] },
  ]),
  drives(['refunded, recorded as failed', 'a refund has failed: to be compared'], uncompared, [
    C,
    { listed: [{ ...byHand, refundId: 'r1', deployment: 'dep1' }] },
  ]),
  drives(['nothing that the log does not have', 'to be compared'], uncompared, [C, { listed: [] }]),
  drives(['any', 'cancellation requested, something is left'], leftOver()),
  drives(['any', 'the same, after five refunds of the cancellation'], exhausted),
  drives(['refunded, as asked', 'no number yet'], pending, [R, { answer: back }]),
  drives(
    ['refunded, with its number', 'pending or in review'],
    [pending, refundReview],
    [R, credited],
  ),
  drives(
    ['refunded, with its number', 'cancellation requested, all is back now'],
    paid.asked('r1').cancelled(),
    [R, { ...credited, answer: moved({ reference: 're_1' }) }],
  ),
  drives(['refunded, other amount or currency', 'pending'], pending, [R, { answer: other }]),
  drives(['refunded, other amount or currency', 'in review'], refundReview, [R, { answer: other }]),
  drives(['several refunds found', 'pending'], pending, [R, several]),
  drives(
    ['refused, stored for the key', 'pending or in review'],
    [pending, refundReview],
    [R, declined()],
  ),
  drives(
    ['absent after the close', 'pending or in review'],
    [pending, refundReview],
    [R, absentAt(closed)],
  ),
  drives(['look-up failed H after the close', 'series not searched'], pending, [
    R,
    failedAt(givenUp),
  ]),
  drives(['look-up failed H after the close', 'found in the series'], pending, [
    R,
    { ...credited, searched: true },
  ]),
  drives(['look-up failed H after the close', 'pending, not in the series'], pending, [
    R,
    { ...failedAt(givenUp), ...none },
  ]),
  drives(['look-up failed H after the close', 'in review, not in the series'], refundReview, [
    R,
    { ...failedAt(givenUp), ...none },
  ]),
  drives(['absent before the close', 'any'], [pending, refundReview], [R, absentAt(closed - 1)]),
  drives(
    ['look-up failed before that', 'any'],
    [pending, refundReview],
    [R, failedAt(givenUp - 1)],
  ),
  drives(['refused for its content', 'pending, not stopped'], pending, [R, refusedFor()]),
  drives(['refused for its content', 'stopped, and this process has no claim'], refundStopped, [
    R,
    refusedFor(),
  ]),
  drives(
    ['refused for its content', 'stopped, sent under the claim of this process'],
    refundClaimed,
    [R, refusedFor(refundClaimed.state.version)],
  ),
  drives(['a failure is stored for the key', 'pending, not stopped'], pending, [R, STORED_FAILURE]),
  drives(
    ['a failure is stored for the key', 'stopped for it'],
    pending.learned(R, STORED_FAILURE),
    [R, STORED_FAILURE],
  ),
  drives(['sent, no evidence', 'any'], [pending, refundReview], [R, NO_ANSWER]),
  drives(
    ['any but evidence', 'asked of another account of the gateway'],
    [pending, refundReview].map((life) => life.with({ deployment: OTHER_ACCOUNT })),
  ),
  drives(['none', 'pending, younger than the horizon'], pending),
  drives(['none', 'pending, older'], pending.with(old)),
  drives(['none', 'pending, stopped by a refusal, what was sent may still land'], refundStopped),
  drives(
    ['none', 'pending, stopped by a refusal, all that was sent is past its life'],
    refundQuiet,
  ),
  drives(['none', 'the same, claimed by this process'], refundClaimed, [
    R,
    { claim: refundClaimed.state.version },
  ]),
  drives(['none', 'pending, stopped by a stored failure'], pending.learned(R, STORED_FAILURE)),
  drives(
    ['none', 'pending, without a seal of the payment service'],
    pending.with({ isSeal: () => false }),
  ),
  drives(
    ['none', 'pending, its key or body is another request’s'],
    pending.with({ isPreparedRefund: () => false }),
  ),
  drives(['none', 'in review, series not searched'], refundReview),
  drives(['none', 'in review, not in the series'], refundReview, [R, none]),
  drives(
    ['none', 'in review, a person decided “refunded”'],
    refundReview.resolved({ refundId: 'r1', reference: 're_1' }),
  ),
  drives(['none', 'nothing is pending'], paid),
];

const SAYS_NOTICE: { readonly [T in Notification.NoticeStep['type']]: string } = {
  Claim: 'append a claim',
  Send: 'send, append that it was sent, delete',
  Wait: 'back off until its lease is over',
  Done: 'delete',
};

const notice = (
  cells: TableRow['cells'],
  kind: Notification.Kind,
  events: readonly Notification.Event[],
): TableRow => {
  const context = { kind, myClaimId: 'mine', now: 50, leaseMs: 100 };
  const step = Notification.nextStep(Notification.fold(events), context);
  const isUnsent = step.type === 'Done' && !step.sent;
  return {
    cells,
    transitions: [],
    says: isUnsent ? 'delete without sending' : SAYS_NOTICE[step.type],
  };
};

const claimed = (claimId: string, at = 0): Notification.Event => ({
  type: 'NotificationClaimed',
  data: { claimId, at },
});
const sent: Notification.Event = { type: 'NotificationSent', data: { mailId: 'm' } };

export const NOTIFICATIONS: readonly TableRow[] = [
  notice(['any', 'empty'], 'receipt', []),
  notice(['any', 'newest claim released, of whomever'], 'received', [
    claimed('other'),
    { type: 'NotificationReleased', data: { claimId: 'other' } },
  ]),
  notice(['any', 'sent'], 'receipt', [claimed('other'), sent]),
  notice(['“received”', 'claimed by me'], 'received', [claimed('mine', -100)]),
  notice(['“received”', 'claimed by another, however long ago'], 'received', [
    claimed('other', -100),
  ]),
  notice(['all others', 'newest claim another’s, within its lease'], 'receipt', [claimed('other')]),
  notice(['all others', 'newest claim another’s, lease over'], 'receipt', [claimed('other', -100)]),
  notice(['all others', 'newest claim mine, lease over'], 'receipt', [claimed('mine', -100)]),
  notice(['all others', 'newest claim mine, within its lease'], 'receipt', [claimed('mine')]),
];

/** What a person does to what is in review; its transitions are in the picture too. */
export const RESOLVED: readonly (readonly [OrderLife, OrderLife])[] = [
  [inReview, failed],
  [inReview.cancelled(), inReview.cancelled().resolved({ moved: false })],
  [refundReview, refundReview.resolved({ refundId: 'r1', moved: false })],
];
