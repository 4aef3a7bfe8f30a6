import type { PaymentGateway } from '../../application/ports/paymentGateway.ts';
import type { GatewayRequests } from '../../domain/order/index.ts';
import {
  isPreparedCapture,
  isPreparedCharge,
  isPreparedRefund,
  prepareCapture,
  prepareCharge,
  prepareRefund,
  prepareVoid,
} from './bodies.ts';
import { isPreparedConfirm, prepareConfirm } from './confirmations.ts';
import { stripeChargeLimits } from './limits.ts';
import { kindOf } from './rules.ts';

/** The pure part of the gateway: it holds no secret to have anything executed. */
export const stripeRequests: GatewayRequests & Pick<PaymentGateway, 'kindOf'> = {
  limitsOf: stripeChargeLimits,
  prepare: prepareCharge,
  prepareCapture,
  prepareVoid,
  prepareConfirm,
  prepareRefund,
  isPrepared: isPreparedCharge,
  isPreparedConfirm,
  isPreparedCapture,
  isPreparedRefund,
  kindOf,
};
