import { wasMasked } from '../../domain/cardNumber/index.ts';
import { isOrderId } from '../../domain/order/index.ts';
import { parseJson } from '../ports/json.ts';

/** The field that only the replacement of a removed body has, and no message of ours. */
const REMOVED = 'paidonceRemoved';

/** The parts that are kept of a body that held a card number (ADR 0021). */
export type RemovedBody = {
  /** SHA-256 over the body as a JSON string by RFC 8785, in base64url. */
  readonly fingerprint: string;
  readonly bytes: number;
  readonly orderId?: string;
};

/** Replaces a body that is not kept. No version of any message looks like it. */
export const removedBody = (removed: RemovedBody): string =>
  JSON.stringify({ [REMOVED]: 'held a card number', ...removed });

const HELD_CARD_NUMBER =
  'message: held a card number, and what was sent is not kept; ask the sender';
const WAS_MASKED =
  'message: has 12 or more * in a row, where an earlier release masked it; what was sent ' +
  'is not kept; ask the sender';

const isRemoved = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && REMOVED in value;

/** The reason why a parsed message is not the one that was sent, and must never be acted on. */
export const whyRemoved = (value: unknown): string | undefined =>
  isRemoved(value) ? HELD_CARD_NUMBER : undefined;

/** The reason why a dead letter cannot be sent again: its body is not the one that was sent. */
export const whyNotKept = (body: string): string | undefined =>
  whyRemoved(parseJson(body).unwrapOr(undefined)) ?? (wasMasked(body) ? WAS_MASKED : undefined);

/** The order that a body names: our message, its replacement, or one that SNS wrapped. */
export const readOrderId = (body: string): string | undefined => {
  const outer = partsOf(parseJson(body).unwrapOr(undefined));
  const { Message: inner } = outer;
  const { orderId } =
    typeof inner === 'string' ? partsOf(parseJson(inner).unwrapOr(undefined)) : outer;
  return isOrderId(orderId) ? orderId : undefined;
};

const partsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
