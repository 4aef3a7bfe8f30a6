import { okAsync, ResultAsync, type Result } from 'neverthrow';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, LoadError } from '../ports/eventStore.ts';
import type { AbortedCall, Misconfiguration, Unavailable } from '../ports/failures.ts';
import type { ViewError } from '../ports/invoiceView.ts';
import type { ScannedStream } from '../log/scanStreams.ts';
import type { PartItem } from './part.ts';

/** The invariants that an audit proves. A finding names the one that does not hold. */
export const INVARIANTS = {
  readable: 'every item of the log is what this system wrote, under its own hash (S7, X13)',
  contiguous: 'the versions of a stream are 1…n, each commit chained to the one before it (S6, S7)',
  legal: 'every event may stand where it stands (S8)',
  sealed:
    'the payment service wrote every request to move money that is younger than the ' +
    'deployment’s id (S8)',
  money: 'captured − refunded = invoiced − credited, and refunded ≤ captured (S2, S4)',
  numbers:
    'a series is 1…n with dates in order, each number with its one document, no two ' +
    'printed alike (S5)',
  rows: 'the read model is what the events say (S9)',
  told: 'of every settled fact the customer was notified once, or it is explained why not (S15)',
  obligations: 'an open order is in a queue or a dead-letter queue (L1)',
  unknown: 'no outcome stays unknown for longer than the rules allow (L4)',
  gateway:
    'the gateway’s list of payments, refunds and disputes and the log agree, both ways ' +
    '(S1, S4, S16, I23)',
} as const;

export type Invariant = keyof typeof INVARIANTS;

export type Finding = {
  readonly invariant: Invariant;
  /** The stream, or another name where there is none, such as a gateway's reference. */
  readonly streamId: string;
  readonly version?: number;
  readonly why: string;
  /** The evidence by name; nothing in it is personal. */
  readonly evidence: Readonly<Record<string, string | number>>;
};

export type AuditError = LoadError | ViewError | Unavailable | Misconfiguration | AbortedCall;

export type CheckResult = ResultAsync<readonly Finding[], AuditError>;

/**
 * Nearly every stream is judged by itself, and waiting for each would cost more than judging it.
 */
export type VisitResult = readonly Finding[] | CheckResult;

export const NO_FINDINGS: readonly Finding[] = [];

export const asResult = (visited: VisitResult): CheckResult =>
  visited instanceof ResultAsync ? visited : okAsync(visited);

export const withAlso = (also: readonly Finding[], visited: VisitResult): VisitResult => {
  if (also.length === 0) return visited;
  return asResult(visited).map((found) => [...also, ...found]);
};

/** One part of an audit. It sees each readable stream once, in no order, and then concludes. */
export type AuditCheck = {
  /** The invariants that hold if it found nothing and has concluded. */
  readonly proves: readonly Invariant[];
  /** `again`: earlier pieces of this stream were shown before; no finding is reported twice. */
  readonly visit: (stream: ScannedStream) => VisitResult;
  /** Called after every stream was seen. Absent where each stream is judged by itself. */
  readonly conclude?: (
    signal?: AbortSignal,
  ) => AsyncGenerator<Result<readonly Finding[], AuditError>, void, void>;
  /** The number of facts that were not judged because they happened within the grace time. */
  readonly inProgress?: () => number;
  /**
   * What one share of the log leaves undecided, in place of `conclude`. Absent where each stream is
   * judged by itself.
   */
  readonly part?: () => Iterable<PartItem>;
  /** Takes what another share has left undecided. Items of other checks are passed over. */
  readonly join?: (item: PartItem) => VisitResult;
};

export type CheckDependencies = {
  readonly store: Pick<EventStore, 'load'>;
  readonly clock: Pick<Clock, 'now'>;
};

export type MatchBounds = { readonly graceMs: number; readonly heldMax?: number };
