import type * as Order from '../../domain/order/index.ts';
import type { DependencyError } from '../ports/failures.ts';

export type PredictError = DependencyError;

/** The first thing that a worker of this version would do with an order as it is now. */
export type Next =
  | { readonly type: 'Send'; readonly subject: Order.Subject; readonly money: Money }
  /** Absence is proven only by a look-up that begins after `closesAt`. */
  | { readonly type: 'LookUp'; readonly subject: Order.Subject; readonly closesAt: number }
  /** The gateway's refunds of the payment are listed, to find those that others made. */
  | { readonly type: 'Compare'; readonly subject: Order.Subject }
  /** A person has to decide, unless the gateway or the series shows the outcome by then. */
  | { readonly type: 'Review'; readonly subject: Order.Subject }
  /** The money is known to have moved: its document is written. */
  | { readonly type: 'Document'; readonly subject: Order.Subject }
  | { readonly type: 'Append'; readonly events: readonly string[] }
  | { readonly type: 'DeadLetter'; readonly reason: string }
  /** Only notices are left: the customer was not notified of these facts yet. */
  | { readonly type: 'Settled'; readonly untold: readonly string[] };

/** Whether the refusal of an order is recorded in its stream, or exists only in this message. */
export type RefusalStatus = 'recorded' | 'unrecorded';

type Money = { readonly amountMinor: number; readonly currency: string };

/** The decision without effect on a dead letter: what would happen if it were redriven now. */
export type Prediction =
  /** The received body is not the body in the queue; nothing may be read from it. */
  | { readonly type: 'Damaged' }
  | {
      readonly type: 'Malformed';
      readonly reasons: readonly string[];
      readonly refusal?: RefusalStatus;
    }
  /** The original body is not kept and cannot be restored, so that it is not sent (ADR 0021). */
  | { readonly type: 'NotKept'; readonly why: string }
  | { readonly type: 'Unreadable'; readonly why: string }
  | { readonly type: 'Refused'; readonly why: string; readonly refusal?: RefusalStatus }
  /** It would be retried until something else has happened. */
  | { readonly type: 'Waits'; readonly why: string }
  /**
   * `records`: the events that the command itself appends; there are none where it is known
   * already. `next` is the first step after that; `standing` says whether more of the order is
   * open.
   */
  | {
      readonly type: 'Drives';
      readonly records: readonly string[];
      readonly standing: Order.OrderProgress;
      readonly next: Next;
      /** This order was refused before, and its customer was notified of that. */
      readonly wasRefused?: true;
    }
  /**
   * It is a hint of the gateway's: the gateway would be asked about that payment, and its answer
   * decides.
   */
  | { readonly type: 'Asks'; readonly payment: string }
  /** The gateway's event says nothing about a payment. */
  | { readonly type: 'Ignored'; readonly eventType: string }
  | { readonly type: 'Mails'; readonly notice: string }
  /** If not `isSent`, another delivery has claimed a courtesy that is not repeated. */
  | { readonly type: 'Told'; readonly notice: string; readonly isSent: boolean };

/**
 * Whether discarding the dead letter would lose something: its request is recorded nowhere else,
 * its order is open, or a customer waits to be notified. A person's open review is in the stream,
 * and does not need the dead letter (L1).
 */
export const isStillNeeded = (prediction: Prediction): boolean => {
  switch (prediction.type) {
    case 'Malformed':
    case 'Refused':
      return prediction.refusal === 'unrecorded';
    case 'NotKept':
    case 'Ignored':
    case 'Told':
      return false;
    case 'Damaged':
    case 'Unreadable':
    case 'Waits':
    case 'Asks':
    case 'Mails':
      return true;
    case 'Drives': {
      const { records, standing, next } = prediction;
      if (records.length > 0 || standing === 'open') return true;
      return next.type === 'Settled' && next.untold.length > 0;
    }
  }
};
