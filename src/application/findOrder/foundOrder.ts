import type { DeadLetterQueue } from '../../domain/deadLetter/events.ts';
import type { LoadError } from '../ports/eventStore.ts';
import type { QueueError } from '../ports/messageQueue.ts';
import type { MovementKind } from '../ports/paymentGateway.ts';

/** What the text is to the order. Everything but its own id can belong to several orders. */
export type FoundBy =
  | { readonly type: 'Id' }
  /** The text is a number that is printed on one of its documents. */
  | {
      readonly type: 'Number';
      readonly series: string;
      readonly year: number;
      readonly number: number;
      /** The refund of the credit note. */
      readonly refundId?: string;
    }
  /** The gateway says that it is this order's money. */
  | { readonly type: 'Reference'; readonly kind: MovementKind }
  | { readonly type: 'DeadLetter'; readonly queue: DeadLetterQueue }
  /** The log was read for the text. */
  | { readonly type: 'Log'; readonly as: LoggedAs };

/** The part of its events in which the text was found. */
export type LoggedAs =
  | 'mail address'
  | 'refund id'
  | 'reference of the gateway'
  | 'number of a document'
  | 'id of a message';

export type OrderMatch = { readonly orderId: string; readonly by: FoundBy };

export type FoundOrder = OrderMatch & {
  /** Other orders that the same text names, where it is this order's own id. */
  readonly others: readonly OrderMatch[];
};

/** One way to find an order that led to none, and why. */
export type FindAttempt =
  /** `isPrinted`: a series of ours prints its numbers like this. */
  | { readonly type: 'Number'; readonly isPrinted: boolean }
  | { readonly type: 'GatewayNotAsked'; readonly kind: MovementKind }
  | { readonly type: 'GatewayHasNone'; readonly kind: MovementKind }
  | { readonly type: 'GatewayFailed'; readonly cause: string }
  /** It names no order, one of another deployment, or one that the log does not have. */
  | {
      readonly type: 'NotOurs';
      readonly orderId?: string;
      readonly deployment?: string;
    }
  | { readonly type: 'DeadLettersNotAsked' }
  | { readonly type: 'DeadLetters'; readonly looked: number }
  | { readonly type: 'LogNotRead' }
  | ({ readonly type: 'Log' } & LogReading);

/** The part of the log that was read. */
export type LogReading = {
  readonly commits: number;
  readonly readUnits: number;
  /** Whether it was read to its end. Otherwise it was stopped at the bound: there may be more. */
  readonly isWhole: boolean;
  /** The number of unreadable streams: the text may be in them. */
  readonly unreadable: number;
};

export type OrderNotFound = {
  readonly type: 'OrderNotFound';
  /**
   * The kind of text that it looks like, so that it is not taken for the id of an order to come.
   */
  readonly looksLike?: 'number' | 'reference' | 'mail address';
  readonly attempts: readonly FindAttempt[];
};

/** Several orders have the text or, where the log was not read to its end, may have it. */
export type OrderAmbiguous = {
  readonly type: 'OrderAmbiguous';
  /** The orders that are listed; `count` is the number of all. */
  readonly matches: readonly OrderMatch[];
  readonly count: number;
  readonly reading?: LogReading;
};

export type FindOrderError = OrderNotFound | OrderAmbiguous | LoadError | QueueError;
