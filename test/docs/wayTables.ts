import type * as Order from '../../src/domain/order/index.ts';
import { failedAt, inspectedAt } from '../support/evidence.ts';
import {
  CLOSE_MS,
  GIVE_UP_MS,
  NOON,
  numbered,
  QUIET_MS,
  RESEND_HORIZON_MS,
  SETTLE_MS,
} from '../support/orderContext.ts';
import { anOrderPaidBy, orderLife } from '../support/orderLife.ts';
import { drives, type TableRow } from './paymentTables.ts';

const P = 'payment#1';
const authorised = orderLife().placed(anOrderPaidBy({ type: 'authorised', payment: 'pi_shop' }));
const paid = orderLife().placed(anOrderPaidBy({ type: 'paid', payment: 'pi_shop' }));
const transferred = orderLife().placed(anOrderPaidBy({ type: 'transferred', reference: 'RF18' }));
const unverified = [authorised, paid];

const standing = inspectedAt(NOON);
const captured = inspectedAt(NOON, { status: 'captured' });
const other = inspectedAt(NOON, { status: 'captured', capturedMinor: 1 });
const released = inspectedAt(NOON, { status: 'cancelled' });
const OURS = { payer: 'this order' } as const;
const NUMBER = { number: numbered(1) };

const verified = authorised.learned(P, { ...standing, ...OURS });
const verifiedPaid = paid.learned(P, { ...captured, ...OURS });
const stopping = verified.cancelled();
const close = NOON + CLOSE_MS - SETTLE_MS;
const closed = inspectedAt(close);
const late = verified.with({ now: close });
const REFUSED = { answer: { type: 'Refused', code: 'state' }, refused: 'state' } as const;
const stopped = verified.learned(P, { ...standing, refused: 'state' });
const claimed = stopped.with({ now: NOON + QUIET_MS }).learned(P, standing);
const inReview = verified
  .learned(P, { ...failedAt(NOON + GIVE_UP_MS), searched: true })
  .with({ now: NOON + GIVE_UP_MS });
const VOIDED = { answer: { type: 'Voided' }, voided: true } as const;
const UNSAID = { answer: { type: 'StoredFailure', code: '500' }, voided: true } as const;

/** A payment that the shop has made, before it is verified. */
export const VERIFYING: readonly TableRow[] = [
  drives(
    ['nothing yet', 'open, or a cancellation was requested'],
    [...unverified, authorised.cancelled()],
  ),
  drives(
    ['authorised, or captured, as the order wants', 'nobody is known to have claimed it'],
    [authorised],
    [P, standing],
  ),
  drives(
    ['authorised, or captured, as the order wants', 'claimed by this order'],
    [authorised, authorised.cancelled()],
    [P, { ...standing, ...OURS }],
  ),
  drives(
    ['authorised, or captured, as the order wants', 'claimed by another order'],
    [authorised],
    [P, { ...standing, payer: 'another order' }],
  ),
  drives(['of another order by the gateway’s records', 'any'], unverified, [
    P,
    inspectedAt(NOON, { orderId: 'o-2' }),
  ]),
  drives(['authorised in another currency', 'open'], authorised, [
    P,
    inspectedAt(NOON, { currency: 'USD' }),
  ]),
  drives(['authorised for less', 'open'], authorised, [
    P,
    inspectedAt(NOON, { capturableMinor: 1 }),
  ]),
  drives(['authorised for more', 'the order does not say `partial`'], authorised, [
    P,
    inspectedAt(NOON, { capturableMinor: 9_999 }),
  ]),
  drives(['captured, other amount or currency', 'open'], unverified, [P, other]),
  drives(['captured, and a part of it refunded', 'open'], unverified, [
    P,
    inspectedAt(NOON, { status: 'captured', refundedMinor: 1 }),
  ]),
  drives(['captured, and all of it refunded', 'open'], unverified, [
    P,
    inspectedAt(NOON, { status: 'captured', refundedMinor: 4_758 }),
  ]),
  drives(['released, or expired', 'open'], unverified, [P, released]),
  drives(['released, or expired', 'cancellation requested'], authorised.cancelled(), [P, released]),
  drives(['not completed, or only authorised and to be paid', 'younger than the horizon'], paid, [
    P,
    standing,
  ]),
  drives(
    ['not completed, or only authorised and to be paid', 'older'],
    paid.with({ now: NOON + RESEND_HORIZON_MS }),
    [P, standing],
  ),
  drives(['not known to the gateway', 'open'], unverified, [
    P,
    { answer: { type: 'Inspected', lookedUpAt: NOON } },
  ]),
  drives(['the look failed', 'until H after the close'], unverified, [P, failedAt(NOON)]),
  drives(['the look failed', 'H after the close, not in the series'], unverified, [
    P,
    { ...failedAt(NOON + GIVE_UP_MS), searched: true },
  ]),
];

/** The same, once the order shows that it is verified. */
export const CAPTURING: readonly TableRow[] = [
  drives(['captured when it was verified', 'no number yet'], verifiedPaid),
  drives(['captured when it was verified', 'with its number'], verifiedPaid, [P, NUMBER]),
  drives(['nothing yet, or still authorised', 'younger than the horizon'], verified, [P, standing]),
  drives(['captured, as asked', 'with its number'], verified, [P, { ...captured, ...NUMBER }]),
  drives(['captured, as asked', 'with its number, cancellation requested'], stopping, [
    P,
    { ...captured, ...NUMBER },
  ]),
  drives(['captured, other amount', 'open'], verified, [P, other]),
  drives(['captured by another deployment', 'open'], verified, [
    P,
    inspectedAt(NOON, { status: 'captured', deployment: 'dep2' }),
  ]),
  drives(['released, or expired', 'open'], verified, [P, released]),
  drives(['released, or expired', 'cancellation requested'], stopping, [P, released]),
  drives(['the capture was refused', 'not looked at since'], verified, [P, REFUSED]),
  drives(['the capture was refused, still authorised', 'not stopped'], verified, [
    P,
    { ...standing, refused: 'state' },
  ]),
  drives(['the capture was refused, still authorised', 'stopped, not all quiet'], stopped, [
    P,
    standing,
  ]),
  drives(
    ['the capture was refused, still authorised', 'stopped, all quiet'],
    stopped.with({ now: NOON + QUIET_MS }),
    [P, standing],
  ),
  drives(['nothing yet', 'cancellation requested'], stopping),
  drives(['still authorised', 'cancellation requested'], stopping, [P, standing]),
  drives(['still authorised', 'after the close, no further attempt'], late, [P, closed]),
  drives(
    ['still authorised', 'after the close, another attempt allowed'],
    late.with({ attemptsMax: 2 }),
    [P, { ...closed, searched: true }],
  ),
  drives(['still authorised', 'after the close, in review'], inReview.with({ attemptsMax: 2 }), [
    P,
    inspectedAt(NOON + GIVE_UP_MS),
  ]),
  drives(['refused under the claim, still authorised', 'any'], claimed, [
    P,
    { ...standing, refused: 'state', claim: claimed.state.version },
  ]),
  drives(['the answer is that it is released', 'cancellation requested'], stopping, [P, VOIDED]),
  drives(['the answer is that it is released', 'after the close'], late, [P, VOIDED]),
  drives(['the release failed for good', 'not looked at since'], stopping, [P, UNSAID]),
  drives(['the release failed for good, still authorised', 'before the close'], stopping, [
    P,
    { ...standing, voided: true },
  ]),
  drives(
    ['the release failed for good, still authorised', 'after the close, not in the series'],
    stopping.with({ now: close }),
    [P, { ...closed, voided: true, searched: true }],
  ),
  drives(['the release was refused', 'not looked at since'], stopping, [
    P,
    { answer: { type: 'Refused', code: 'state' }, voided: true, voidRefused: true },
  ]),
  drives(
    ['the release was refused, still authorised', 'until H after the close'],
    stopping.with({ now: close }),
    [P, { ...closed, voided: true, voidRefused: true, searched: true }],
  ),
  drives(['the release was refused, still authorised', 'in review'], inReview, [
    P,
    { ...inspectedAt(NOON + GIVE_UP_MS), voided: true, voidRefused: true, searched: true },
  ]),
];

const refund = transferred.learned(P, NUMBER).asked('r1', { type: 'Amount', amountMinor: 1_000 });

/** What the gateway has no part in: paid by transfer, or nothing was payable. */
export const BY_THE_SHOP: readonly TableRow[] = [
  drives(['the order says it', 'payment open, no number yet'], [transferred]),
  drives(['the order says it', 'payment open, with its number'], [transferred], [P, NUMBER]),
  drives(
    ['the order says it', 'the same, cancellation requested'],
    [transferred.cancelled()],
    [P, NUMBER],
  ),
  drives(['the order says it', 'a refund is pending, no number yet'], [refund]),
  drives(
    ['the order says it', 'a refund is pending, with its number'],
    [refund],
    ['refund#r1', { number: numbered(1, { series: 'CN' }) } satisfies Order.RequestKnowledge],
  ),
  drives(
    ['the order says it', 'the payment service did not write it'],
    [transferred.with({ isSeal: () => false })],
  ),
];
