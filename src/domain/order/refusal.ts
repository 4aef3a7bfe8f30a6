import type { StreamEvent } from './codec.ts';
import type { Customer } from './content.ts';
import type { State } from './state.ts';

/** An order that no rule will ever take. Reasons name parts and rules, never values: they are kept for ever. */
export type OrderRefusal = {
  /** Empty where it has none that could be read, as the address. */
  readonly customer: Customer;
  readonly reasons: readonly string[];
  /** Of what was sent: tells the same order again from another under its id. */
  readonly fingerprint: string;
};

/** So many of its reasons are kept, and so much of each. */
export const REFUSAL_REASONS_MAX = 20;
export const REFUSAL_REASON_CHARACTERS_MAX = 200;
/** Whoever sends nonsense under one id for ever does not make its stream grow for ever. */
export const UNPLACED_EVENTS_MAX = 100;

/**
 * What is to be added to the stream of an order that was refused at the door. Nothing where it was placed, which
 * no refused message can change, where this very refusal is the newest, and where so many stand there already.
 */
export const refuse = (state: State, refusal: OrderRefusal, at: number): readonly StreamEvent[] => {
  if (state.placed !== undefined || isOrderRefused(state, refusal)) return [];
  if (state.version >= UNPLACED_EVENTS_MAX) return [];
  const { customer, reasons, fingerprint } = refusal;
  const data = { customerId: customer.id, email: customer.email, fingerprint, at };
  return [{ type: 'OrderRefused', data: { ...data, reasons: bounded(reasons) } }];
};

/** Whether this refusal, and no other, is what the stream says of the order. */
export const isOrderRefused = (
  { placed, refused }: State,
  { fingerprint }: Pick<OrderRefusal, 'fingerprint'>,
): boolean => placed === undefined && refused?.fingerprint === fingerprint;

const bounded = (reasons: readonly string[]): readonly string[] => {
  const kept = reasons
    .slice(0, REFUSAL_REASONS_MAX)
    .map((reason) => reason.slice(0, REFUSAL_REASON_CHARACTERS_MAX).toWellFormed());
  const more = reasons.length - kept.length;
  return more > 0 ? [...kept, `and ${more} more`] : kept;
};
