import type { DisputeCase } from '../../../application/review/listReviews.ts';
import type { ReviewCase } from '../../../application/review/reviews.ts';
import { grouped } from '../common/groups.ts';
import { tableOf } from '../common/table.ts';
import { ageText, moneyText, movedText, timeOf } from '../common/text.ts';
import { whatOf } from './text.ts';

const REVIEW_HEAD = ['amount', 'since', 'age', 'the gateway had'] as const;

const reasonOf = ({ reason, resolved }: ReviewCase): string =>
  resolved === undefined ? reason : `${reason}, decided`;

/** Reviews by their causes, with what was asked for and what was seen. */
export const reviewTable = (
  found: readonly ReviewCase[],
  { now, columns }: { readonly now: number; readonly columns: number },
): string =>
  grouped(found, {
    causeOf: reasonOf,
    columns,
    draw: (those, { isCauseSaid }) =>
      tableOf(
        ['order', 'what', ...(isCauseSaid ? [] : ['reason']), ...REVIEW_HEAD],
        those.map((review) => [
          review.orderId,
          whatOf(review),
          ...(isCauseSaid ? [] : [reasonOf(review)]),
          moneyText(review.asked),
          timeOf(review.since),
          ageText(now - review.since),
          review.seen.map(movedText).join(' and '),
        ]),
        { right: ['amount', 'age'], columns, optional: ['since'] },
      ),
  });

/** The standing of a dispute, and the end of the time for its evidence. */
const standingOf = ({ verdict, dueBy }: DisputeCase, now: number): string => {
  if (verdict !== undefined) return verdict;
  if (dueBy === 0) return 'open';
  return dueBy <= now ? `open, no evidence since ${timeOf(dueBy)}` : `due by ${timeOf(dueBy)}`;
};

export const disputeTable = (
  found: readonly DisputeCase[],
  { now, columns }: { readonly now: number; readonly columns: number },
): string =>
  tableOf(
    ['order', 'dispute', 'stage', 'reason', 'amount', 'age', 'standing'],
    found.map((one) => [
      one.orderId,
      one.dispute,
      one.stage,
      one.reason,
      moneyText(one),
      ageText(now - one.openedAt),
      standingOf(one, now),
    ]),
    { right: ['amount', 'age'], columns },
  );
