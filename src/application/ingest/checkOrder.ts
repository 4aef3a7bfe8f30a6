import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import { decodeCommand, placeOrderMessage } from '../messages/index.ts';
import { dryContext, type PreparedRequests } from './dryContext.ts';

/** An order that the payment service would accept, as it would be placed. */
export type AcceptedOrder = {
  /** The rounding of its total, where the order itself does not ask for one. */
  readonly rounding?: { readonly roundingMinor: number; readonly payableMinor: number };
};

/** Returns every reason why the payment service would refuse the order, if it would. */
export type CheckOrder = (order: Order.SentOrder) => Result<AcceptedOrder, readonly string[]>;

type OrderRules = { readonly requests: PreparedRequests; readonly roundsToSteps: boolean };

/**
 * A dry run of the payment service's work on a new order, by its own code, up to the first write:
 * the message is decoded, and the decision is made on an empty stream.
 */
export const createCheckOrder =
  ({ requests, roundsToSteps }: OrderRules): CheckOrder =>
  (order) => {
    const facts = dryContext(requests, roundsToSteps);
    return decodeCommand(JSON.stringify(placeOrderMessage(order)))
      .mapErr(({ reasons }) => reasons)
      .andThen((): Result<AcceptedOrder, readonly string[]> => {
        const content = Order.contentOf(order);
        const command = { type: 'PlaceOrder', order: content, fingerprint: '' } as const;
        return Order.decide(command, Order.initialState, facts)
          .map((events) => roundedBeside(content, events))
          .orElse((rejection) => {
            const isOfOrder = rejection.type === 'Unchargeable' || rejection.type === 'NotPriced';
            return isOfOrder ? err([rejection.reason]) : ok({});
          });
      });
  };

const roundedBeside = (
  { cashRounding }: Order.Content,
  events: readonly Order.StreamEvent[],
): AcceptedOrder => {
  const placed = events.find((event) => event.type === 'OrderPlaced');
  if (placed === undefined || cashRounding !== undefined) return {};
  const { roundingMinor, payableMinor } = placed.data;
  return roundingMinor === 0 ? {} : { rounding: { roundingMinor, payableMinor } };
};
