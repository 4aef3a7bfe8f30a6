import { AWS_REQUEST_TIMEOUT_MS } from '../../adapters/aws/clients.ts';
import { STOP_MS } from '../../application/delivery/batch.ts';
import { handlerTimeMaxMs } from '../config/timeBounds.ts';

type Gateway = { readonly gatewayTimeoutMs: number };

/** Intent, charge, outcome, and then row and notice at once. */
const PAYMENT_CALLS = 3;
/** The order, the claim, the mail and its confirmation. */
const NOTIFICATION_CALLS = 4;

/** The longest that each handler takes where every call is answered in time and none repeated. */
export const startMs = ({ gatewayTimeoutMs }: Gateway) => ({
  payments: PAYMENT_CALLS * AWS_REQUEST_TIMEOUT_MS + gatewayTimeoutMs,
  notifications: NOTIFICATION_CALLS * AWS_REQUEST_TIMEOUT_MS,
});

/** AWS's advice: room for invocations that are throttled and tried again while the batch is hidden. */
const VISIBILITY_PER_TIMEOUT = 6;

/**
 * What a function and its queue have to be given, in seconds: `least`, below which it would start nothing,
 * and `full`, with which no handler is ever cut off.
 */
export const functionTimeouts = (service: 'payments' | 'notifications', gateway: Gateway) => {
  const seconds = (ms: number): number => Math.ceil((ms + STOP_MS) / 1_000);
  const full = seconds(handlerTimeMaxMs(gateway)[service]);
  return {
    least: seconds(startMs(gateway)[service]),
    full,
    visibility: VISIBILITY_PER_TIMEOUT * full,
  };
};
