import type { RefundEnd } from './refunds.ts';

/** What time alone brings, decided when the request is executed and written with its result. */
export type LaterChange = {
  /** How long after the request. */
  readonly afterMs: number;
  readonly status: RefundEnd;
};

type MadeObject = { readonly object: string; readonly status?: string };

export const laterOf = (made: MadeObject | undefined, lateMs: number): readonly LaterChange[] =>
  made?.object === 'refund' && made.status === 'pending'
    ? [{ afterMs: lateMs, status: 'succeeded' }]
    : [];
