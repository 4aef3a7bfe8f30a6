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
