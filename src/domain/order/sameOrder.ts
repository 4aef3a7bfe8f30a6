import { isMarker } from '../personal/index.ts';
import type { Content } from './content.ts';
import type { PlacedOrder } from './state.ts';

/**
 * Whether an order that comes is the one that was placed under its id. Where the person was erased,
 * and the fingerprint with them, all that is not personal has to be the same.
 */
export const isSameOrder = (placed: PlacedOrder, order: Content, fingerprint: string): boolean =>
  isMarker(placed.fingerprint)
    ? textOf(impersonal(placed)) === textOf(impersonal(order))
    : placed.fingerprint === fingerprint;

const impersonal = ({ orderId, customer, currency, lines, paymentMethod }: Content) => ({
  orderId,
  customerId: customer.id,
  currency,
  lines,
  paymentMethod,
});

/** JSON with the parts of each object in one order. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(
          Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)),
        )
      : part,
  );
