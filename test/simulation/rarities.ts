import type { Standing } from './standing.ts';
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
  'refund recorded that had come back',
  'refund rejected',
  'refunded as a look-up says',
  'review while numbered',
  'second cancel refund',
  'sent once more under a claim',
  'two POSTs at once',
  'void by absence',
] as const;

/** What a search through what the gateway does by itself comes across. */
export const GATEWAY_RARITIES = [
  'payment under way',
  'refund under way',
  'refund of others adopted',
  'refund came back',
  'refund came back after the end',
  'document closed',
  'inquiry opened',
  'payment charged back',
  'dispute won',
  'dispute lost',
  'money of a dispute reinstated',
  'cancelled after a dispute was lost',
  'event reported',
  'event lost',
  'event doubled',
] as const;

export type GatewayRarity = (typeof GATEWAY_RARITIES)[number];

export type Rarity = (typeof RARITIES)[number];

/** What a fact shows that does not happen every day. */
export const raritiesIn = (
  { type, data }: Fact,
  { isCancellationRequested, isCancelled, isPlaced, disputes }: Standing,
  isNumbered: boolean,
): readonly (Rarity | GatewayRarity)[] => {
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
      if (data['source'] === 'series') return ['refund recorded that had come back'];
      return data['source'] === 'look-up' ? ['refunded as a look-up says'] : [];
    case 'PaymentPending':
      return ['payment under way'];
    case 'RefundPending':
      return ['refund under way'];
    case 'RefundAdopted':
      return ['refund of others adopted'];
    case 'RefundReturned':
      return [isCancelled ? 'refund came back after the end' : 'refund came back'];
    case 'DisputeOpened':
      return [data['stage'] === 'inquiry' ? 'inquiry opened' : 'payment charged back'];
    case 'DisputeFundsReinstated':
      return ['money of a dispute reinstated'];
    case 'DisputeClosed':
      return data['verdict'] === 'won' || data['verdict'] === 'lost'
        ? [`dispute ${data['verdict']}`]
        : [];
    case 'OrderCancelled':
      return [...disputes.values()].some(({ verdict }) => verdict === 'lost')
        ? ['cancelled after a dispute was lost']
        : [];
    default:
      return [];
  }
};
