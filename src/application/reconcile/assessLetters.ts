import type { Result } from 'neverthrow';
import * as Reconcile from '../../domain/reconcile/index.ts';
import type { Misconfigured, Unavailable } from '../ports/failures.ts';
import { inBatches } from '../inBatches.ts';
import type { KnownOrder, LoadOrder, LookedAt } from './loadOrder.ts';
import { orderOf, type Letter } from '../letters/letter.ts';

/** `none`: the letter names no order. `unknown`: nothing of its order was ever recorded. */
export type LetterState = Reconcile.Standing | 'none' | 'unknown' | 'unreadable';

export type LetterReport = Letter & { readonly state: LetterState };

export type ReviewReport = Reconcile.Review & { readonly orderId: string };

export type Assessed = {
  readonly letters: readonly LetterReport[];
  readonly reviews: readonly ReviewReport[];
  /** Open, or settled and perhaps not told of, since the message never got to its end (R10, R11). */
  readonly needPush: readonly KnownOrder[];
};

/** Between the clock of SQS and that of whoever wrote to the log. */
const SKEW_MS = 300_000;

/** Whether an order was resumed after that time, and has ended as a dead letter again: once more cannot help. */
export type IsTriedSince = (orderId: string, since: number) => boolean;

export const triedSince = (letters: readonly Letter[]): IsTriedSince => {
  const newest = new Map<string, number>();
  for (const { orderId, command, sentAt } of letters) {
    if (orderId === undefined || command !== 'ResumeOrder') continue;
    newest.set(orderId, Math.max(newest.get(orderId) ?? 0, sentAt));
  }
  return (orderId, since) => (newest.get(orderId) ?? -Infinity) > since + SKEW_MS;
};

/** What each dead letter's order still needs, as it is now: the letter may be of an older view (hole 14). */
export const assessLetters = async (
  letters: readonly Letter[],
  {
    loadOrder,
    isTried,
    signal,
  }: {
    readonly loadOrder: LoadOrder;
    readonly isTried: IsTriedSince;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Result<Assessed, Unavailable | Misconfigured>> => {
  const named = letters.flatMap((letter) => orderOf(letter) ?? []);
  const loaded = await inBatches(
    [...new Set(named)],
    (orderId) => loadOrder(orderId).map((looked) => [orderId, looked] as const),
    signal,
  );
  return loaded.map((entries) => {
    const orders = new Map(entries);
    const known = entries.flatMap(([, looked]) => (looked.type === 'Known' ? [looked] : []));
    return {
      letters: letters.map((letter) => ({
        ...letter,
        state: stateOf(letter.orderId === undefined ? undefined : orders.get(letter.orderId)),
      })),
      reviews: known.flatMap(({ orderId, state }) =>
        Reconcile.reviewsOf(state).map((review) => ({ orderId, ...review })),
      ),
      needPush: known.filter(
        ({ orderId, state, changedAt }) =>
          Reconcile.standingOf(state) !== 'review' && !isTried(orderId, changedAt),
      ),
    };
  });
};

const stateOf = (looked: LookedAt | undefined): LetterState => {
  switch (looked?.type) {
    case 'Known':
      return Reconcile.standingOf(looked.state);
    case 'Unknown':
      return 'unknown';
    case 'Unreadable':
      return 'unreadable';
    case undefined:
      return 'none';
  }
};
