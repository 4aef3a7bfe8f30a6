import { AWS_REQUEST_TIMEOUT_MS } from '../../adapters/aws/clients.ts';

/** The ends of both series, intent, charge, number, outcome, and then row and notice at once. */
const PAYMENT_CALLS = 5;
/** The order, the claim, the mail and its confirmation. */
const NOTIFICATION_CALLS = 4;

/** The longest time of each handler where every call is answered in time and none repeated. */
export const startMs = ({ gatewayTimeoutMs }: { readonly gatewayTimeoutMs: number }) => ({
  payments: PAYMENT_CALLS * AWS_REQUEST_TIMEOUT_MS + gatewayTimeoutMs,
  notifications: NOTIFICATION_CALLS * AWS_REQUEST_TIMEOUT_MS,
});
