import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import { decodePaymentMessage, placeOrderMessage } from '../messages/index.ts';
import type { PaymentGateway } from '../ports/paymentGateway.ts';

/** Every reason why the payment service would refuse the order; none if it would accept it. */
export type CheckOrder = (order: Order.Content) => Result<void, readonly string[]>;

const SERIES: Order.DecisionContext['invoices'] = { series: '', from: 0, format: [] };
/** The deployment does not decide whether an order can be charged. */
const DEPLOYMENT: Order.DecisionContext['deployment'] = {
  id: 'nobody',
  account: '',
  sealedSince: 0,
};
/** Times and series are frozen in a request, and do not decide whether there is one. */
const DRY: Omit<Order.DecisionContext, 'prepare' | 'prepareRefund'> = {
  now: 0,
  viewedAt: 0,
  resendHorizonMs: 0,
  closeMs: 0,
  requestLifeMs: 0,
  sendWithinMs: 0,
  clockSkewMs: 0,
  deployment: DEPLOYMENT,
  letter: '',
  seal: () => '',
  isSeal: () => true,
  isPrepared: () => true,
  isPreparedRefund: () => true,
  attemptsMax: 1,
  invoices: SERIES,
  creditNotes: SERIES,
};

/**
 * A dry run of the payment service's work on a new order, by its own code, up to the first write:
 * the message is decoded, and the decision is made on an empty stream.
 */
export const createCheckOrder =
  ({
    requests,
  }: {
    readonly requests: Pick<PaymentGateway, 'prepare' | 'prepareRefund'>;
  }): CheckOrder =>
  (order) => {
    const facts: Order.DecisionContext = {
      ...DRY,
      prepare: (request) => requests.prepare(request),
      prepareRefund: (request) => requests.prepareRefund(request),
    };
    return decodePaymentMessage(JSON.stringify(placeOrderMessage(order)))
      .mapErr(({ reasons }) => reasons)
      .andThen((): Result<void, readonly string[]> =>
        Order.decide({ type: 'PlaceOrder', order, fingerprint: '' }, Order.initialState, facts)
          .map(() => undefined)
          .orElse((rejection) => {
            if (rejection.type === 'Unchargeable') return err([rejection.reason]);
            return rejection.type === 'Overflow' ? err(['lines: overflow']) : ok(undefined);
          }),
      );
  };
