import type { PrintedNumber } from '../series/events.ts';
import type { MoneyMovement, CaptureSource } from './events.ts';

/**
 * What evidence is about: one attempt at the payment, one refund, or the comparison with the gateway that is due
 * since that version. Evidence is kept through every lost race and used for nothing but its subject (R3).
 */
export type Subject = `payment#${number}` | `refund#${string}` | `comparison#${number}`;

/** One refund of an order's payment as the gateway lists it, whoever asked for it. */
export type ListedRefund = MoneyMovement & {
  /** `open`: it may still be given back, or fail. */
  readonly status: 'moved' | 'open' | 'failed';
  /** Of whoever asked for it, as far as it says so. */
  readonly refundId?: string;
  readonly deployment?: string;
};

/** What was learned about the key of one request. */
export type Observation =
  /** Captured, or refunded. */
  | ({ readonly type: 'Moved'; readonly source: CaptureSource } & MoneyMovement)
  | { readonly type: 'Several'; readonly found: readonly MoneyMovement[] }
  | { readonly type: 'Declined'; readonly code: string }
  /** A look-up that began at that time found nothing: proof of "not executed" only after the close (R5). */
  | { readonly type: 'Absent'; readonly lookedUpAt: number }
  | { readonly type: 'LookUpFailed'; readonly lookedUpAt: number }
  /** Not executed, for what is in the request; whether an earlier one was, it does not say (R6). */
  | { readonly type: 'Refused'; readonly code: string }
  /** The key has a failure stored, which it will answer for ever: whether money moved, it does not say. */
  | { readonly type: 'StoredFailure'; readonly code: string }
  /** Sent, and the answer says nothing about the key (R6): time-out, lost, 5xx, 409, 429, unreadable. */
  | { readonly type: 'NoAnswer' };

/** Everything that a process has learned about one subject and not yet recorded. */
export type RequestKnowledge = {
  readonly answer?: Observation;
  readonly number?: PrintedNumber;
  /** The series was searched for its document and has none. */
  readonly searched?: true;
  /** The version of the claim that this process has appended, if it has. */
  readonly claim?: number;
  /** Of a refund: whose the payment is that it gives back, where that was asked. */
  readonly capture?: 'of no other' | 'of another' | 'unknown';
  /** Of a comparison: every refund of the payment, the oldest first. */
  readonly listed?: readonly ListedRefund[];
};

export type Evidence = ReadonlyMap<Subject, RequestKnowledge>;

export const NO_EVIDENCE: Evidence = new Map();

export const learn = (evidence: Evidence, subject: Subject, known: RequestKnowledge): Evidence =>
  new Map(evidence).set(subject, { ...evidence.get(subject), ...known });

/** What was learned before a claim says nothing about what is sent under it. */
export const claimed = (evidence: Evidence, subject: Subject, version: number): Evidence =>
  new Map(evidence).set(subject, { claim: version });
