import { Stripe } from 'stripe';
import { createStripeHttpClient } from './httpClient.ts';

/**
 * Pinned, since Stripe would otherwise use the account's own version. A newer SDK does not compile
 * until this is updated.
 */
export const STRIPE_API_VERSION = '2026-10-28.endive';
/** From sending to the whole answer; a card payment rarely takes more than a few seconds. */
export const STRIPE_TIMEOUT_MS = 10_000;

/** Whether the key's money is real. */
export type GatewayMode = 'live' | 'test';

/** The beginning of a Stripe key tells its mode. */
export const gatewayMode = (secretKey: string): GatewayMode =>
  /^[sr]k_live_/.test(secretKey) ? 'live' : 'test';

export type StripeSettings = {
  readonly secretKey: string;
  /** The origin of an API to use instead of https://api.stripe.com: a sandbox. Without a path. */
  readonly apiUrl?: string;
  /** The maximum duration of a request, in milliseconds. */
  readonly timeoutMs?: number;
};

/**
 * @throws TypeError if `apiUrl` is not a plain http or https origin, or would send a live key
 * unencrypted.
 */
export const createStripeClient = (settings: StripeSettings): Stripe =>
  new Stripe(settings.secretKey, {
    apiVersion: STRIPE_API_VERSION,
    httpClient: createStripeHttpClient(),
    // A retry is a redelivery of the message, with the same key and bytes, and never a loop in this
    // client.
    maxNetworkRetries: 0,
    telemetry: false,
    timeout: settings.timeoutMs ?? STRIPE_TIMEOUT_MS,
    ...(settings.apiUrl === undefined ? {} : address(settings.apiUrl, settings.secretKey)),
  });

const address = (apiUrl: string, secretKey: string) => {
  const { protocol, hostname, port, origin, href } = new URL(apiUrl);
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new TypeError(`not an HTTP URL: ${apiUrl}`);
  if (href !== `${origin}/`) throw new TypeError(`not a plain origin: ${apiUrl}`);
  if (protocol === 'http:' && !/^[sr]k_test_/.test(secretKey)) {
    throw new TypeError('only a test key may travel over unencrypted HTTP');
  }
  const scheme: 'http' | 'https' = protocol === 'http:' ? 'http' : 'https';
  // Node requires an IPv6 address without the brackets that it has in a URL.
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, protocol: scheme, port: port === '' ? (scheme === 'http' ? 80 : 443) : port };
};
