import type * as Order from '../../src/domain/order/index.ts';
import type { EndedOrder } from './deployment.ts';
import type { Doubts } from './doubts.ts';

/** Milliseconds, of so many. */
type Spread = {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
};

/** How long orders took while the storm went on, before people did anything. */
export type Timing = {
  readonly placed: number;
  /** Orders that went to review, whatever became of that, and why. */
  readonly reviewed: number;
  readonly reviewShare: number;
  readonly reviews: Readonly<Record<string, number>>;
  /** Reviews that evidence ended, without anybody. */
  readonly endedByEvidence: number;
  /** From the first sending until the payment was captured, declined or failed. */
  readonly settled: Spread;
  /** The same, or until a person was asked. */
  readonly settledOrReviewed: Spread;
  /** From the first answer that said nothing until the payment was settled, or in review. */
  readonly doubt: Spread;
};

/** All times that one deployment has measured; those of several are put together. */
type Times = {
  readonly settled: readonly number[];
  readonly settledOrReviewed: readonly number[];
  readonly doubt: readonly number[];
  readonly reasons: readonly (readonly string[])[];
  readonly placed: number;
  readonly endedByEvidence: number;
};

const ENDS: ReadonlySet<string> = new Set(['PaymentCaptured', 'PaymentDeclined', 'PaymentFailed']);

/** The times of events are those of the workers that wrote them. */
export const timesOf = (
  orders: ReadonlyMap<string, EndedOrder>,
  sentAt: ReadonlyMap<string, number>,
  doubts: Pick<Doubts, 'since'>,
): Times => {
  const [settled, settledOrReviewed, doubt]: number[][] = [[], [], []];
  const reasons: (readonly string[])[] = [];
  let [placed, endedByEvidence] = [0, 0];
  for (const [orderId, { state, history }] of orders) {
    const sent = sentAt.get(orderId);
    if (state.placed === undefined || sent === undefined) continue;
    placed += 1;
    const ends = history.filter(({ event }) => ENDS.has(event.type));
    const review = history.find(({ event }) => event.type === 'PaymentReviewRequired');
    // One attempt may have failed before another one went to review.
    const end = ends.findLast(({ version }) => version > (review?.version ?? 0));
    const first = review ?? end;
    if (end !== undefined) settled?.push(end.at - sent);
    if (first !== undefined) settledOrReviewed?.push(first.at - sent);
    if (review !== undefined && end !== undefined) endedByEvidence += 1;
    for (const { event, at } of history) {
      const subject = subjectEndedBy(event);
      const since = subject === undefined ? undefined : doubts.since(orderId, subject);
      if (since !== undefined) doubt?.push(Math.max(0, at - since));
    }
    const why = new Set(history.flatMap(({ event }) => reasonIn(event)));
    if (why.size > 0) reasons.push([...why]);
  }
  const spreads = { settled: settled ?? [], settledOrReviewed: settledOrReviewed ?? [] };
  return { ...spreads, doubt: doubt ?? [], reasons, placed, endedByEvidence };
};

const subjectEndedBy = ({ type, data }: Order.StreamEvent): string | undefined =>
  ENDS.has(type) || type === 'PaymentReviewRequired'
    ? `payment#${(data as { readonly attempt: number }).attempt}`
    : undefined;

const reasonIn = (event: Order.StreamEvent): readonly string[] => {
  if (event.type === 'PaymentReviewRequired') return [`payment: ${event.data.reason}`];
  if (event.type === 'RefundReviewRequired') return [`refund: ${event.data.reason}`];
  return event.type === 'RefundReturned' ? ['refund: refund-returned'] : [];
};

export const timingOf = (all: readonly Times[]): Timing => {
  const placed = sum(all.map((times) => times.placed));
  const reasons = all.flatMap((times) => times.reasons);
  const reviews: Record<string, number> = {};
  for (const reason of reasons.flat()) reviews[reason] = (reviews[reason] ?? 0) + 1;
  return {
    placed,
    reviewed: reasons.length,
    reviewShare: reasons.length / placed,
    reviews,
    endedByEvidence: sum(all.map((times) => times.endedByEvidence)),
    settled: spreadOf(all.flatMap((times) => times.settled)),
    settledOrReviewed: spreadOf(all.flatMap((times) => times.settledOrReviewed)),
    doubt: spreadOf(all.flatMap((times) => times.doubt)),
  };
};

const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total + number, 0);

const spreadOf = (times: readonly number[]): Spread => {
  const ordered = times.toSorted((one, other) => one - other);
  const at = (share: number): number =>
    Math.round(ordered[Math.min(ordered.length - 1, Math.floor(share * ordered.length))] ?? 0);
  return { count: ordered.length, median: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
};
