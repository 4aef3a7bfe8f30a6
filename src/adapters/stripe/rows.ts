import type { Trouble } from '../../application/ports/failures.ts';
import type { Declined, NotExecuted, Unknown } from '../../application/ports/paymentGateway.ts';

/**
 * One line of a table of what Stripe's answers say about money. The code reads its outcome from here, and
 * so does the page for people.
 */
export type OutcomeRow<Outcome extends string = string> = {
  readonly when: string;
  readonly outcome: Outcome;
  readonly source: string;
};

/** Nobody's request would have fared better. */
export const DOWN = { trouble: 'Unavailable' } as const;

type More = { readonly retryAfterMs?: number; readonly trouble?: Trouble };

export const declined = (code: string): Declined => ({ type: 'Declined', code });

export const notExecuted = (reason: string, more: More = {}): NotExecuted => ({
  type: 'NotExecuted',
  reason,
  ...more,
});

export const unknown = (cause: string, more: More = {}): Unknown => ({
  type: 'Unknown',
  cause,
  ...more,
});

/** The fields of whatever came in place of an object. */
export const fieldsOf = (answer: unknown): Readonly<Record<string, unknown>> =>
  Object(answer) as Record<string, unknown>;

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
