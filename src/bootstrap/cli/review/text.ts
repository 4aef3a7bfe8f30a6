import type { GatewayAnswer } from '../../../application/review/askGateway.ts';
import type { FoundNumber, ReviewCase } from '../../../application/review/reviews.ts';
import type { ReviewContradiction } from '../../../application/review/contradictions.ts';
import { adoptCommand, moneyText, movedText, timeOf } from '../common/text.ts';

export const whatOf = ({ of }: ReviewCase): string =>
  of.type === 'Payment' ? 'payment' : `refund ${of.refundId}`;

export const gatewayText = (says: GatewayAnswer): string => {
  switch (says.type) {
    case 'Captured':
      return `captured ${movedText(says)}`;
    case 'Refunded':
      return `refunded ${movedText(says)}`;
    case 'Declined':
      return `declined with ${says.code}`;
    case 'UnderWay':
      return `under way, with no outcome yet: ${movedText(says)}`;
    case 'Absent':
      return 'there is nothing under this reference';
    case 'Authorised':
      return `${says.reference} can still be captured or completed, and is not released`;
    case 'Several':
      return `several: ${says.found.map(movedText).join(' and ')}`;
    case 'Unknown':
      return `it could not be asked: ${says.cause}`;
  }
};

export const entryText = ({ series, year, number, reference, date }: FoundNumber): string =>
  `${series} ${year}, number ${number}, taken at ${timeOf(date)} for ${reference}`;

export const contradictionText = (against: ReviewContradiction): string => {
  switch (against.type) {
    case 'Moved':
      return (
        `the gateway holds money for it: ${movedText(against.found)}, of which ` +
        `${moneyText({ ...against.found, amountMinor: against.heldMinor })} was neither refunded ` +
        'nor lost in a dispute'
      );
    case 'Numbered':
      return (
        'its document has a number, which is taken only for money that was seen to move: ' +
        entryText(against.entry)
      );
    case 'NotClosed':
      return (
        `a request may be under way until ${timeOf(against.closesAt)}; before that, ` +
        'absence proves nothing'
      );
    case 'OtherAmount':
      return `the gateway has moved another amount: ${movedText(against.found)}`;
    case 'Authorised':
      return (
        `the gateway says: ${gatewayText(against)}. A worker that is sent to the order ` +
        'releases it: `paidonce resume ORDER`'
      );
    case 'Several':
    case 'Absent':
    case 'Declined':
      return `the gateway says: ${gatewayText(against)}`;
    case 'OtherReference':
      return `the money that is known has another name: ${against.expected}`;
    case 'OfAnother':
      return `${against.reference} is of another order, attempt, refund or deployment`;
    case 'ClaimedByAnother':
      return `${against.reference} pays the order ${against.claimedBy}, which has claimed it`;
    case 'NoSuch':
      return `the gateway has nothing of that kind under the name ${against.reference}`;
    case 'Unmarked':
      return (
        `${against.reference} does not bear this order’s reference: nothing shows that it ` +
        'is of this order'
      );
    case 'NotHeld':
      return (
        `${against.reference} has not moved, or was refunded: ${against.heldMinor} minor ` +
        'units are held'
      );
    case 'UnderWay':
      return `the gateway has it under way, so that it may still move: ${movedText(against.found)}`;
    case 'OtherAccount':
      return 'the gateway’s key is of another account than the one that was asked';
    case 'Unverified':
      return `what ${against.reference} is cannot be verified now: ${against.cause}`;
  }
};

export type ReviewKnowledge = {
  readonly gateway: GatewayAnswer | undefined;
  readonly entry: FoundNumber | undefined;
  readonly closesAt: number;
  readonly now: number;
};

/** The next steps of a person about a review, in words. */
export const nextText = (review: ReviewCase, known: ReviewKnowledge): readonly string[] => {
  const { orderId, asked, seen, resolved } = review;
  const { gateway, entry, closesAt, now } = known;
  const resume = `\`paidonce resume ${orderId}\``;
  if (resolved !== undefined) {
    return [`It is decided. Should no worker record it soon, ${resume} sends it to one again.`];
  }
  if (review.reason === 'refund-returned') return nextOf(review);
  const moved = gateway?.type === 'Captured' || gateway?.type === 'Refunded' ? gateway : undefined;
  const isAsked = moved?.amountMinor === asked.amountMinor && moved.currency === asked.currency;
  if (entry !== undefined || (moved !== undefined && isAsked) || gateway?.type === 'Declined') {
    return [
      `Nothing is to be decided: the outcome is known by now. ${resume} has a worker record it.`,
    ];
  }
  if (gateway?.type === 'Authorised' && review.of.type === 'Payment') {
    const { way, awaited } = review.of;
    if (awaited !== undefined) {
      return [`Nothing is to be decided: ${resume} has a worker cancel it and end the order.`];
    }
    const does = way === 'authorised' ? 'release it and end the order' : 'end the order';
    return [`Nothing is to be decided: after ${timeOf(closesAt)} ${resume} has a worker ${does}.`];
  }
  const isTooEarly =
    now < closesAt &&
    seen.length === 0 &&
    (gateway === undefined || gateway.type === 'Absent' || gateway.type === 'Unknown');
  return [
    ...nextOf(review),
    ...(isTooEarly
      ? [`Not before ${timeOf(closesAt)}, if nothing moved: a request may be under way until then.`]
      : []),
  ];
};

const nextOf = ({ of, orderId, reason }: ReviewCase): readonly string[] => {
  const isPayment = of.type === 'Payment';
  const what = isPayment ? 'payment' : 'refund';
  const [yes, no] = isPayment ? ['captured', 'not-captured'] : ['refunded', 'not-refunded'];
  const found = isPayment
    ? `by its metadata: order_id ${orderId}, attempt ${of.attempt}`
    : `among those of ${of.paymentReference}, by its metadata: refund_id ${of.refundId}`;
  const which = isPayment ? '' : ` --refund '${of.refundId}'`;
  const resolve = (verdict: string, more = ''): string =>
    `\`paidonce review resolve ${orderId}${which} --as ${verdict}${more} ` +
    '--evidence TEXT --by WHO`';
  switch (reason) {
    case 'unresolved':
    case 'pending':
      return [
        `Look for the ${what} in the gateway's dashboard, ${found}.`,
        `It is there and succeeded: ${resolve(yes, ' --reference REF')}.`,
        `It is not there, or did not succeed: ${resolve(no)}.`,
        ...(isPayment
          ? []
          : [
              'If it was refunded there by hand instead, decide so too, and then: ' +
                `${adoptCommand(orderId)}.`,
            ]),
      ];
    case 'refund-returned':
      return [
        'The refund was made and came back, so that the customer has not got the money. Its ' +
          'credit note stands, and there is no further one. Find out where the money can go.',
        'Refunded once more at the gateway, to another means of payment: ' +
          `${resolve('refunded-again', ' --reference re_…')}.`,
        `Paid otherwise, such as by transfer: ${resolve('paid-otherwise', ' --reference TEXT')}.`,
      ];
    case 'amount':
      return [
        'The gateway moved another amount or currency than was asked for. Find out why ' +
          `in its dashboard, ${found}.`,
        isPayment
          ? `Refund it there in full, unless it was lost in a dispute, then: ${resolve(no)}.`
          : `Have it taken back there, then: ${resolve(no)}.`,
        'Only if it was corrected there, so that the requested amount has moved: ' +
          `${resolve(yes, ' --force --reason TEXT')}.`,
      ];
    case 'several':
      return [
        `There is more than one ${what} under this reference. Look at each in the ` +
          `gateway's dashboard, ${found}.`,
        isPayment
          ? 'Refund all but one there, then: ' +
            `${resolve(yes, ' --reference REF --force --reason TEXT')}.`
          : 'Have all but one taken back there, then: ' +
            `${resolve(yes, ' --reference REF --force --reason TEXT')}.`,
        `If none of them stays: ${resolve(no)}.`,
      ];
  }
};
