import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import { decodePaymentMessage, placeOrderMessage } from '../messages/index.ts';
import { dryContext, type PreparedRequests } from './dryContext.ts';

/** Every reason why the payment service would refuse the order; none if it would accept it. */
export type CheckOrder = (order: Order.SentOrder) => Result<void, readonly string[]>;

/**
 * A dry run of the payment service's work on a new order, by its own code, up to the first write:
 * the message is decoded, and the decision is made on an empty stream.
 */
export const createCheckOrder =
  ({ requests }: { readonly requests: PreparedRequests }): CheckOrder =>
  (order) => {
    const facts = dryContext(requests);
    return decodePaymentMessage(JSON.stringify(placeOrderMessage(order)))
      .mapErr(({ reasons }) => reasons)
      .andThen((): Result<void, readonly string[]> =>
        Order.decide(
          { type: 'PlaceOrder', order: Order.contentOf(order), fingerprint: '' },
          Order.initialState,
          facts,
        )
          .map(() => undefined)
          .orElse((rejection) => {
            const isOfOrder = rejection.type === 'Unchargeable' || rejection.type === 'NotPriced';
            return isOfOrder ? err([rejection.reason]) : ok(undefined);
          }),
      );
  };
