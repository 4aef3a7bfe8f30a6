import type * as Order from '../../src/domain/order/index.ts';
import { REQUEST_LIFE_MS } from './orderContext.ts';

/** The name of every payment that the tests' shop has made. */
export const SHOP_PAYMENT = 'pi_shop';

type Flight = { readonly call: 'capture' | 'void'; readonly sentAt: number };

/**
 * The payment that the shop made for an order, as the gateway has it: authorised for exactly the
 * order, unless it is captured already. It is captured or released once, and both are final.
 */
export const createShopPayment = (
  { payment, payableMinor, currency }: Order.Content & { readonly payableMinor: number },
  orderId: string,
) => {
  let status: Order.StandingPayment['status'] = payment.type === 'paid' ? 'captured' : 'authorised';
  let isCapturedByUs = false;
  let flights: readonly Flight[] = [];

  const arrive = ({ call }: Flight): void => {
    if (status !== 'authorised') return;
    status = call === 'capture' ? 'captured' : 'cancelled';
    isCapturedByUs = call === 'capture';
  };
  return {
    /** As a look-up by its name has it, at once. */
    inspected: (): Order.StandingPayment => ({
      reference: SHOP_PAYMENT,
      status,
      currency,
      capturableMinor: status === 'authorised' ? payableMinor : 0,
      capturedMinor: status === 'captured' ? payableMinor : 0,
      refundedMinor: 0,
      ...(isCapturedByUs ? { orderId, deployment: 'dep1' } : {}),
    }),
    send: (call: Flight['call'], sentAt: number): void => {
      flights = [...flights, { call, sentAt }];
    },
    /** What is under way lands, or never does where its life is over. */
    land: (now: number): void => {
      for (const flight of flights) if (now - flight.sentAt <= REQUEST_LIFE_MS) arrive(flight);
      flights = [];
    },
    status: () => status,
  };
};
