import { isMarker } from '../personal/index.ts';
import type { Customer } from './rules.ts';
import type { StreamEvent } from './events.ts';
import type { State } from './state.ts';

/** An order that no rule will ever take. Its reasons are kept, and never repeat a value. */
export type OrderRefusal = {
  /** The customer; empty where the order has none that could be read. So is the address. */
  readonly customer: Customer;
  readonly reasons: readonly string[];
  /** The fingerprint of the content that was sent: another order under its id has another. */
  readonly fingerprint: string;
};

/** The number of reasons that are kept, and the length of each. */
export const REFUSAL_REASONS_MAX = 20;
export const REFUSAL_REASON_CHARACTERS_MAX = 200;
/** The bound keeps nonsense that is sent under one id for ever from growing its stream for ever. */
export const UNPLACED_EVENTS_MAX = 100;

/**
 * The events that a refusal at the door adds to the order's stream. There are none where the order
 * was placed, which no refused message can change; where this very refusal is the newest; and where
 * the stream has as many as it may.
 */
export const refuse = (state: State, refusal: OrderRefusal, at: number): readonly StreamEvent[] => {
  if (state.placed !== undefined || isOrderRefused(state, refusal)) return [];
  if (state.version >= UNPLACED_EVENTS_MAX) return [];
  const { customer, reasons, fingerprint } = refusal;
  const data = { customerId: customer.id, email: customer.email, fingerprint, at };
  return [{ type: 'OrderRefused', data: { ...data, reasons: bounded(reasons) } }];
};

/**
 * Whether this refusal is the newest that stands in the order's stream. One whose person was erased
 * counts as the same: nothing personal is recorded again because an old message comes again.
 */
export const isOrderRefused = (
  { placed, refused }: State,
  { fingerprint }: Pick<OrderRefusal, 'fingerprint'>,
): boolean =>
  placed === undefined &&
  refused !== undefined &&
  (refused.fingerprint === fingerprint || isMarker(refused.fingerprint));

const bounded = (reasons: readonly string[]): readonly string[] => {
  const kept = reasons
    .slice(0, REFUSAL_REASONS_MAX)
    .map((reason) => reason.slice(0, REFUSAL_REASON_CHARACTERS_MAX).toWellFormed());
  const more = reasons.length - kept.length;
  return more > 0 ? [...kept, `and ${more} more`] : kept;
};
