import type { GatewayMode } from '../../adapters/stripe/paymentGateway.ts';

/** Stripe says in the key itself whether its money is real. */
export const gatewayMode = (secretKey: string): GatewayMode =>
  secretKey.includes('_live_') ? 'live' : 'test';
