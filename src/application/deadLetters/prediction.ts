import type * as Order from '../../domain/order/index.ts';
import type { OrderProgress } from '../../domain/order/index.ts';

/** What a worker of this version would do first with an order as it is now. */
export type Next =
  | { readonly type: 'Send'; readonly subject: Order.Subject; readonly money: Money }
  /** Absence proves something only of a look-up that begins after `closesAt`. */
  | { readonly type: 'LookUp'; readonly subject: Order.Subject; readonly closesAt: number }
  /** The gateway’s refunds of the payment are listed, for what others have given back. */
  | { readonly type: 'Compare'; readonly subject: Order.Subject }
  /** A person has to decide, unless the gateway or the series tells by now. */
  | { readonly type: 'Review'; readonly subject: Order.Subject }
  /** It is known that the money moved: its document is written. */
  | { readonly type: 'Document'; readonly subject: Order.Subject }
  | { readonly type: 'Append'; readonly events: readonly string[] }
  /** A dead letter again. */
  | { readonly type: 'DeadLetter'; readonly reason: string }
  /** Nothing is left to do but to tell, and of these facts the customer was not told yet. */
  | { readonly type: 'Settled'; readonly untold: readonly string[] };

/** Of a message that names an order: whether its refusal is a fact of that order, or stands nowhere but here. */
export type RefusalStatus = 'recorded' | 'unrecorded';

type Money = { readonly amountMinor: number; readonly currency: string };

/** What would become of a letter if it were sent again now: the decision alone, and nothing carried out. */
export type Prediction =
  /** What was received is not what lies there; nothing may be read out of it. */
  | { readonly type: 'Damaged' }
  | {
      readonly type: 'Malformed';
      readonly reasons: readonly string[];
      readonly refusal?: RefusalStatus;
    }
  /** Its body is not what was sent, and never can be again: it is not sent (ADR 0021). */
  | { readonly type: 'NotKept'; readonly why: string }
  /** Of its order, or its notice, nothing can be decided. */
  | { readonly type: 'Unreadable'; readonly why: string }
  /** The answer is no, whenever it comes. */
  | { readonly type: 'Refused'; readonly why: string; readonly refusal?: RefusalStatus }
  /** It would come again until something else has happened. */
  | { readonly type: 'Waits'; readonly why: string }
  /**
   * `records`: what the command itself adds to the stream; nothing where it is known already. `next` is the
   * first that would be done; `standing` tells whether more of the order is open.
   */
  | {
      readonly type: 'Drives';
      readonly records: readonly string[];
      readonly standing: OrderProgress;
      readonly next: Next;
      /** An order of this id was refused before, and its customer was told that nothing is charged. */
      readonly wasRefused?: true;
    }
  | { readonly type: 'Mails'; readonly notice: string }
  /** `isSent`: it was; else another has claimed a courtesy that is not repeated. */
  | { readonly type: 'Told'; readonly notice: string; readonly isSent: boolean };

/**
 * Whether something would be lost with the letter: what it asks for stands nowhere else, its order is open,
 * or a customer waits to be told. What a person has to decide stands in the stream, and needs no letter (L1).
 */
export const isStillNeeded = (prediction: Prediction): boolean => {
  switch (prediction.type) {
    case 'Malformed':
    case 'Refused':
      return prediction.refusal === 'unrecorded';
    case 'NotKept':
    case 'Told':
      return false;
    case 'Damaged':
    case 'Unreadable':
    case 'Waits':
    case 'Mails':
      return true;
    case 'Drives': {
      const { records, standing, next } = prediction;
      if (records.length > 0 || standing === 'open') return true;
      return next.type === 'Settled' && next.untold.length > 0;
    }
  }
};
