import type { Standing } from './legality.ts';
import type { Fact } from './log.ts';

/** What a search that is worth its time comes across at least once. */
export const RARITIES = [
  'attempt 2 captured',
  'cancelled before it was placed',
  'capture after tombstone',
  'captured as a look-up says',
  'captured as the series says',
  'failed by absence',
  'payload B won',
  'redrive after key expiry',
  'refund rejected',
  'refunded as a look-up says',
  'review while numbered',
  'second cancel refund',
  'sent once more under a claim',
  'two POSTs at once',
  'void by absence',
] as const;

export type Rarity = (typeof RARITIES)[number];

/** What a fact shows that does not happen every day. */
export const raritiesIn = (
  { type, data }: Fact,
  { isCancellationRequested, isPlaced }: Standing,
  isNumbered: boolean,
): readonly Rarity[] => {
  switch (type) {
    case 'OrderPlaced':
      return [
        ...(isCancellationRequested && !isPlaced
          ? (['cancelled before it was placed'] as const)
          : []),
        // See `placeOther`: the other payload has one line.
        ...(Array.isArray(data['lines']) && data['lines'].length === 1
          ? (['payload B won'] as const)
          : []),
      ];
    case 'PaymentCaptured':
      return [
        ...(data['attempt'] === 2 ? (['attempt 2 captured'] as const) : []),
        ...(isCancellationRequested ? (['capture after tombstone'] as const) : []),
        ...(data['source'] === 'look-up' ? (['captured as a look-up says'] as const) : []),
        ...(data['source'] === 'series' ? (['captured as the series says'] as const) : []),
      ];
    case 'PaymentReviewRequired':
      return isNumbered ? ['review while numbered'] : [];
    case 'PaymentFailed':
      return isCancellationRequested ? ['void by absence'] : ['failed by absence'];
    case 'RefundRequested':
      return data['refundId'] === 'cancel#2' ? ['second cancel refund'] : [];
    case 'ResendClaimed':
      return ['sent once more under a claim'];
    case 'RefundRejected':
      return ['refund rejected'];
    case 'RefundSucceeded':
      return data['source'] === 'look-up' ? ['refunded as a look-up says'] : [];
    default:
      return [];
  }
};
