import { defined } from '../defined.ts';
import type { Trouble } from '../../application/ports/failures.ts';
import type {
  DeclinedOutcome,
  NotExecutedOutcome,
  UnknownOutcome,
} from '../../application/ports/paymentGateway.ts';

/** One meaning of an answer of Stripe about money, for the code and for the documentation. */
export type OutcomeRow<Outcome extends string = string> = {
  readonly when: string;
  readonly outcome: Outcome;
  readonly source: string;
};

/** Any other request would have failed too. */
export const DOWN = { trouble: 'Unavailable' } as const;

type More = { readonly retryAfterMs?: number; readonly trouble?: Trouble };

type MoreOfNotExecuted = More & Pick<NotExecutedOutcome, 'refused'>;

type MoreOfUnknown = More & Pick<UnknownOutcome, 'stored' | 'keyOfAnother'>;

export const declined = (code: string, reference?: string): DeclinedOutcome => ({
  type: 'Declined',
  code,
  ...defined({ reference }),
});

export const notExecuted = (reason: string, more: MoreOfNotExecuted = {}): NotExecutedOutcome => ({
  type: 'NotExecuted',
  reason,
  ...more,
});

export const unknown = (cause: string, more: MoreOfUnknown = {}): UnknownOutcome => ({
  type: 'Unknown',
  cause,
  ...more,
});

/** The fields of any value in place of an object. */
export const fieldsOf = (answer: unknown): Readonly<Record<string, unknown>> =>
  Object(answer) as Record<string, unknown>;

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Longer than any real code. */
const CODE_MAX = 64;

/** A code or a parameter's name that is safe to store and show, whatever the answer contains. */
export const codeOf = (value: unknown): string | undefined =>
  textOf(value)
    ?.replaceAll(/[^\w.[\]-]/gu, '?')
    .slice(0, CODE_MAX);

type GatewayMetadata = Readonly<Record<string, unknown>>;

/** The owner of a payment or refund, as far as its metadata say. */
export const ownerIn = ({ order_id: orderId, deployment }: GatewayMetadata) =>
  defined({ orderId: textOf(orderId), deployment: textOf(deployment) });

export const attemptIn = ({ attempt: text }: GatewayMetadata) => {
  const attempt = Number(text);
  return Number.isSafeInteger(attempt) && attempt > 0 ? { attempt } : {};
};
