import { Result } from 'neverthrow';
import { wasMasked } from '../../domain/cardNumber/index.ts';
import { isOrderId } from '../../domain/order/index.ts';

/** The one part that only what stands in for a removed body has, and no message of ours. */
const REMOVED = 'paidonceRemoved';

/** What is kept of a body that held a card number (ADR 0021). */
export type RemovedBody = {
  /** SHA-256 over the body as a JSON string by RFC 8785, in base64url. */
  readonly fingerprint: string;
  /** Of the body, in UTF-8. */
  readonly bytes: number;
  readonly orderId?: string;
};

/** Stands in the dead-letter queue for a body that is not kept. No version of any message is like it. */
export const removedBody = (removed: RemovedBody): string =>
  JSON.stringify({ [REMOVED]: 'held a card number', ...removed });

const HELD_CARD_NUMBER =
  'message: held a card number, and what was sent is not kept; ask the sender';
const WAS_MASKED =
  'message: has 12 or more * in a row, where an earlier release masked it; what was sent is not kept; ask the sender';

const isRemoved = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && REMOVED in value;

/** Of a parsed message: why it is not what was sent, if it is not. It must never be acted on. */
export const whyRemoved = (value: unknown): string | undefined =>
  isRemoved(value) ? HELD_CARD_NUMBER : undefined;

const parse = Result.fromThrowable((text: string): unknown => JSON.parse(text));

/** Of a letter's body: why it cannot be sent again, if it cannot, since it is not what was sent. */
export const whyNotKept = (body: string): string | undefined =>
  whyRemoved(parse(body).unwrapOr(undefined)) ?? (wasMasked(body) ? WAS_MASKED : undefined);

/** The order that a body names, wherever it came from: our own message, what stands in for it, or one by SNS. */
export const readOrderId = (body: string): string | undefined => {
  const outer = partsOf(parse(body).unwrapOr(undefined));
  const { Message: inner } = outer;
  const { orderId } = typeof inner === 'string' ? partsOf(parse(inner).unwrapOr(undefined)) : outer;
  return isOrderId(orderId) ? orderId : undefined;
};

const partsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
