import { mailboxOf } from '../mailAddress.ts';
import { isMarker } from '../personal/index.ts';
import type { Content } from './content.ts';
import type { EventData } from './events.ts';
import type { PlacedOrder } from './state.ts';

/** Parts of an order that name a person. The customer's id stays, as a pseudonym. */
const PERSONAL_PARTS: ReadonlySet<string> = new Set(['customer', 'buyer']);

/**
 * Whether an incoming order is the one that was placed under its id. Where the person was erased,
 * and the fingerprint with them, all that is not personal has to be the same.
 */
export const isSameOrder = (placed: PlacedOrder, order: Content, fingerprint: string): boolean =>
  isMarker(placed.fingerprint)
    ? placed.customer.id === order.customer.id && isSameButForPerson({ ...placed }, { ...order })
    : placed.fingerprint === fingerprint;

type OrderParts = Readonly<Record<string, unknown>>;

const isSameButForPerson = (placed: OrderParts, order: OrderParts): boolean =>
  Object.keys(order).every(
    (name) => PERSONAL_PARTS.has(name) || textOf(placed[name]) === textOf(order[name]),
  );

/** JSON with the parts of each object in one order. */
const textOf = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(
          Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)),
        )
      : part,
  );

/** Whether both are the same mailbox, however its domain is spelled. */
export const isSameMailbox = (one: string, other: string): boolean =>
  one === other || (mailboxOf(one) ?? one) === (mailboxOf(other) ?? other);

type Correction = Pick<EventData['CustomerEmailCorrected'], 'email' | 'by' | 'reason'>;

/**
 * Whether the correction was recorded before. A person who wants an earlier address again gives
 * another reason. For an address that cannot be read any more, only who asked and why are compared.
 */
export const isKnownCorrection = (
  { email, by, reason }: Correction,
  corrections: readonly Correction[] = [],
): boolean =>
  corrections.some(
    (known) =>
      (known.email === email || isMarker(known.email)) &&
      known.by === by &&
      known.reason === reason,
  );
