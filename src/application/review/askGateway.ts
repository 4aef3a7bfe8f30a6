import type { ResultAsync } from 'neverthrow';
import type { PaymentGateway, PaymentLookUp, RefundLookUp } from '../ports/paymentGateway.ts';
import type { Review } from './reviews.ts';

export type GatewaySays = PaymentLookUp | RefundLookUp;

/**
 * What the gateway says now of one request; `Unknown` where it cannot be asked. By its type it can look, and
 * can neither charge nor give back.
 */
export const createAskGateway =
  ({ gateway }: { readonly gateway: Pick<PaymentGateway, 'find' | 'findRefund'> }) =>
  ({ of, orderId }: Review): ResultAsync<GatewaySays, never> =>
    of.type === 'Payment'
      ? gateway.find({ ...of, orderId }).map((found): GatewaySays => found)
      : gateway.findRefund(of).map((found): GatewaySays => found);

export type AskGateway = ReturnType<typeof createAskGateway>;
