import type { PrintedNumber } from '../series/events.ts';
import type { CaptureSource, MoneyMovement, Subject } from './events.ts';
import type { State } from './state.ts';
import { contradiction, type OrderStep } from './step.ts';
import type { DisputeStage, DisputeVerdict } from './gatewayEvents.ts';

/** One refund of an order's payment as the gateway lists it, whoever asked for it. */
export type ListedRefund = MoneyMovement & {
  /** `open`: it may still move money, or fail. */
  readonly status: 'moved' | 'open' | 'failed';
  /** The gateway's word for why it failed. */
  readonly code?: string;
  /** The ids of its author, as far as the gateway names them. */
  readonly refundId?: string;
  readonly deployment?: string;
};

/** One dispute of an order's payment as the gateway lists it, in the payment's currency. */
export type ListedDispute = {
  readonly dispute: string;
  readonly stage: DisputeStage;
  readonly status: 'open' | DisputeVerdict;
  readonly reason: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** Milliseconds since the epoch; 0 where no evidence is taken. */
  readonly dueBy: number;
  /** The sums that were ever withdrawn for it, and reinstated, without fees. */
  readonly withdrawnMinor: number;
  readonly reinstatedMinor: number;
};

/**
 * The payment's refunds and disputes at the gateway, beside its own status. They lag behind nothing
 * (R18).
 */
export type PaymentStanding = {
  /** The oldest comes first, as among the disputes. */
  readonly refunds: readonly ListedRefund[];
  readonly disputes: readonly ListedDispute[];
};

/** The shop's payment as it stands at the gateway, in minor units. */
export type StandingPayment = {
  readonly reference: string;
  /**
   * `open`: the customer has not completed it, or more of it may be captured. `pending`: the
   * gateway settles it later.
   */
  readonly status: 'authorised' | 'captured' | 'cancelled' | 'open' | 'pending';
  readonly currency: string;
  /** The amount that can still be captured: 0 if it is `captured` or `cancelled`. */
  readonly capturableMinor: number;
  /** The amount that was captured: 0 if it is `authorised` or `cancelled`. */
  readonly capturedMinor: number;
  /** The amount of it that was refunded, or is about to be. */
  readonly refundedMinor: number;
  /** The gateway's word for why the last charge of an open payment has failed. */
  readonly failed?: string;
  /** The order that it is for by the gateway's records, and the deployment that captured it. */
  readonly orderId?: string;
  readonly deployment?: string;
};

/** An observation about the key of one request. */
export type Observation =
  /** The money was captured, or refunded. */
  | ({ readonly type: 'MoneyMoved'; readonly source: CaptureSource } & MoneyMovement)
  | { readonly type: 'MultipleFound'; readonly found: readonly MoneyMovement[] }
  | {
      readonly type: 'Declined';
      readonly code: string;
      /** The gateway's name of what failed, where there is one. */
      readonly reference?: string;
    }
  /** The gateway settles it later, either way (R19). */
  | ({ readonly type: 'UnderWay' } & MoneyMovement)
  /**
   * A look-up that began then found nothing. It proves "not executed" only after the close (R5).
   */
  | { readonly type: 'Absent'; readonly lookedUpAt: number }
  | { readonly type: 'LookUpFailed'; readonly lookedUpAt: number }
  /** The shop's payment; absent where the gateway has none of that name. */
  | {
      readonly type: 'Inspected';
      readonly lookedUpAt: number;
      readonly found?: StandingPayment;
    }
  /** The authorisation is released: nothing was captured of it, and nothing can be. */
  | { readonly type: 'Voided' }
  /** It is not executed before its customer has authenticated it there (R24). */
  | { readonly type: 'CustomerAwaited'; readonly link: string }
  /**
   * It was not executed, for its content. That does not say whether an earlier one was executed
   * (R6).
   */
  | { readonly type: 'Refused'; readonly code: string }
  /** The key answers with a stored failure for ever. It does not say whether money moved. */
  | { readonly type: 'StoredFailure'; readonly code: string }
  /**
   * It was sent, and there is no evidence about the key (R6): time-out, lost, 5xx, 409, 429,
   * unreadable.
   */
  | { readonly type: 'NoAnswer' };

export type DeclinedAnswer = Extract<Observation, { readonly type: 'Declined' }>;
export type MoneyMoved = Extract<Observation, { readonly type: 'MoneyMoved' }>;

/** Everything that a process has learned about one subject and not yet recorded. */
export type RequestKnowledge = {
  readonly answer?: Observation;
  /**
   * An earlier decline. A number turned out to have been taken: the refund had been made (hole 29).
   */
  readonly declined?: DeclinedAnswer;
  readonly number?: PrintedNumber;
  /** The series was searched for its document and has none. */
  readonly searched?: true;
  /** The series closed its document: it has no number, and gets none (R25). */
  readonly closed?: true;
  /** The version of the claim that this process has appended, if any. */
  readonly claim?: number;
  /** For the shop's payment: whose claim on it was first. */
  readonly payer?: 'this order' | 'another order';
  /** The gateway's code, where it refused to capture the shop's payment as it stood. */
  readonly refused?: string;
  /** This process has sent a request to release the authorisation, or to cancel the payment. */
  readonly voided?: true;
  /** That request was refused, which says nothing about the next one with its key (R6). */
  readonly voidRefused?: true;
  /** This process has sent the confirmation: what was answered since is not the first decline. */
  readonly confirmed?: true;
  /** For a refund: whether its payment belongs to another order, if that was asked. */
  readonly capture?: 'of no other' | 'of another' | 'unknown';
  /** For a comparison: every refund of the payment, the oldest first. */
  readonly listed?: readonly ListedRefund[];
  /** For a standing: what was found, for that version of the order alone (R18). */
  readonly standing?: PaymentStanding;
  /** For a payment that only an event named: it is no evidence about this order's. */
  readonly heard?: true;
};

/** Evidence is kept through every lost race, and used for nothing but its subject (R3). */
export type Evidence = ReadonlyMap<Subject, RequestKnowledge>;

export const NO_EVIDENCE: Evidence = new Map();

export const learn = (evidence: Evidence, subject: Subject, known: RequestKnowledge): Evidence => {
  const before = evidence.get(subject);
  const isOverruled = before?.answer?.type === 'Declined' && known.answer !== undefined;
  return new Map(evidence).set(subject, {
    ...before,
    ...(isOverruled && { declined: before.answer }),
    ...known,
  });
};

/** Adds a claim: earlier answers say nothing about the request that is sent under it. */
export const learnClaim = (evidence: Evidence, subject: Subject, version: number): Evidence =>
  new Map(evidence).set(subject, { claim: version });

export const knownOf = (evidence: Evidence, subject: Subject): RequestKnowledge =>
  evidence.get(subject) ?? {};

/**
 * The step for money that moved under a request of which the opposite is recorded. Only a broken
 * assumption leads here (a request lived longer, or a look-up lagged more, than the settings say),
 * and no event would be legal: a person must compare the log with the gateway.
 */
export const contradictionIn = (state: State, evidence: Evidence): OrderStep | undefined => {
  for (const [subject, { answer }] of evidence) {
    const moved = movedIn(answer);
    if (moved.length === 0) continue;
    const recorded = recordedUnder(subject, state);
    // Others made it, and a number of it was found: nobody here asked for it.
    if (recorded === undefined && subject.startsWith('refund#gateway#')) continue;
    const status = recorded?.status ?? 'failed';
    if (status === 'requested' || status === 'pending' || status === 'review') continue;
    const known = recorded !== undefined && 'reference' in recorded ? recorded.reference : '';
    const other = moved.find(({ reference }) => reference !== known);
    if (other !== undefined) {
      return contradiction(`${subject} moved money as ${other.reference}`, status);
    }
  }
  return undefined;
};

const movedIn = (answer: Observation | undefined): readonly MoneyMovement[] => {
  if (answer?.type === 'MoneyMoved') return [answer];
  return answer?.type === 'MultipleFound' ? answer.found : [];
};

/** An attempt before the current one was given up on proof that it never moved anything. */
const recordedUnder = (subject: Subject, { payment, refunds }: State) => {
  const at = subject.indexOf('#');
  const id = subject.slice(at + 1);
  if (subject.slice(0, at) !== 'payment') return refunds.find(({ refundId }) => refundId === id);
  return payment.status !== 'none' && payment.attempt === Number(id) ? payment : undefined;
};
