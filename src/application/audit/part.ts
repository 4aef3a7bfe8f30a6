import type * as Order from '../../domain/order/index.ts';
import type * as Series from '../../domain/series/index.ts';
import type { AllocatedDocument } from './decodedStreams.ts';
import type { Move } from './gateway/verdict.ts';
import type { WaitingItem } from './waiting.ts';

/** The two sets that must agree: what the log's orders require, and what is elsewhere. */
export type Side = 'orders' | 'others';

export type WaitingListName = 'unknown' | 'open' | 'inReview' | 'disputes' | 'disputesOverdue';

/** The money that the log says a payment of the gateway still holds, in minor units. */
export type HeldByLog = {
  readonly orderId: string;
  readonly version: number;
  readonly logMinor: number;
  readonly currency: string;
};

/**
 * One thing that a share of an audit cannot decide, since only the whole log can. None holds
 * personal data.
 */
export type PartItem =
  /** A number without its document yet, or a document without its number. */
  | { readonly of: 'number'; readonly side: Side; readonly document: AllocatedDocument }
  /** Numbers that are printed in one format: a bit for each, from `chunk` × 65,536 on. */
  | {
      readonly of: 'print';
      readonly series: string;
      readonly format: Series.NumberFormat;
      readonly year: number;
      readonly chunk: number;
      readonly bits: Uint8Array;
    }
  /** The fingerprint of the row that an order requires. */
  | { readonly of: 'row'; readonly key: string; readonly orderId: string }
  | {
      readonly of: 'notice';
      readonly side: Side;
      readonly orderId: string;
      readonly noticeId: string;
    }
  | { readonly of: 'waiting'; readonly list: WaitingListName; readonly item: WaitingItem }
  /** The number of those on a list that are younger than the ones that are kept. */
  | { readonly of: 'younger'; readonly list: WaitingListName; readonly count: number }
  /** The earliest end of a time for evidence. */
  | { readonly of: 'dueBy'; readonly at: number }
  | { readonly of: 'deployment'; readonly id: string }
  | { readonly of: 'move'; readonly kind: 'payment' | 'refund'; readonly move: Move }
  | {
      readonly of: 'dispute';
      readonly orderId: string;
      readonly payment: string;
      readonly dispute: Order.Dispute;
    }
  | { readonly of: 'held'; readonly payment: string; readonly held: HeldByLog };
