import type { AllocatedNumber } from '../series/events.ts';

/** A number that was given, and whose document is not in its order's stream yet. */
export type AwaitedNumber = Pick<AllocatedNumber, 'year' | 'number' | 'date' | 'seriesVersion'> & {
  /** As in the series: `<orderId>`, or `<orderId>#<refundId>`. */
  readonly id: string;
};

/** How far one series was checked. A new reconciler goes on from the newest of these. */
export type Event = {
  /**
   * Every number up to this version of the series has its document, but for those that are awaited.
   */
  readonly type: 'NumbersChecked';
  readonly data: { readonly upTo: number; readonly awaited: readonly AwaitedNumber[] };
};
