import { probeQueues } from '../../adapters/sqs/queues.ts';
import { probeStripe } from '../../adapters/stripe/account.ts';
import { createStripeClient } from '../../adapters/stripe/client.ts';
import { createStripeGatewayEvents } from '../../adapters/stripe/eventList.ts';
import { createStripeGatewayLedger } from '../../adapters/stripe/ledger.ts';
import { createStripePaymentGateway } from '../../adapters/stripe/paymentGateway.ts';
import { gatewayMode } from '../../adapters/stripe/rules.ts';
import { unlessForbidden } from '../../application/delivery/probes.ts';
import { createCurrentDeployment } from '../../application/deployment/deployment.ts';
import { probeOfAccount } from '../../application/deployment/probeOfAccount.ts';
import { PROXY_SETTINGS, proxySettings } from '../config.ts';
import { from, type Module } from '../tokens.ts';
import { LIVE_SECRETS, liveSetting } from './secrets.ts';
import { webhooks } from './webhooks.ts';
import { awsOnly, type Observers } from './awsOnly.ts';

const gateway = {
  // Whether a test key may be used depends on the queues that are used with it.
  stripe: from(
    {
      settings: [
        'STRIPE_SECRET_KEY',
        'STRIPE_API_URL',
        'ALLOW_TEST_KEY',
        'GATEWAY_TIMEOUT_MS',
        ...PROXY_SETTINGS,
      ],
      needs: LIVE_SECRETS,
    },
    (services, config) => {
      const { STRIPE_API_URL: apiUrl } = config;
      return createStripeClient({
        secretKey: (accept) => liveSetting('STRIPE_SECRET_KEY', config, services, accept),
        timeoutMs: config.GATEWAY_TIMEOUT_MS,
        proxies: proxySettings(config),
        ...(apiUrl === undefined ? {} : { apiUrl }),
      });
    },
  ),
  gateway: from({ settings: ['STRIPE_SECRET_KEY'], needs: ['stripe'] }, ({ stripe }, config) =>
    createStripePaymentGateway(stripe, gatewayMode(config.STRIPE_SECRET_KEY)),
  ),
  gatewayEvents: from(['stripe'], ({ stripe }) => createStripeGatewayEvents(stripe)),
  // It is the gateway's list, which can be read and not written.
  gatewayLedger: from(['stripe', 'clock'], ({ stripe, clock }) =>
    createStripeGatewayLedger(stripe, clock),
  ),
  deployment: from(['store', 'ids', 'clock', 'gateway'], createCurrentDeployment),
  paymentProbes: from(
    {
      settings: [
        'PAYMENTS_QUEUE_URL',
        'PAYMENTS_DLQ_URL',
        'NOTIFICATIONS_QUEUE_URL',
        'STRIPE_SECRET_KEY',
      ],
      needs: ['sqs', 'stripe', 'store', 'ids', 'clock', 'gateway'],
    },
    ({ sqs: { client }, stripe, ...services }, config) => {
      const { PAYMENTS_QUEUE_URL, PAYMENTS_DLQ_URL, NOTIFICATIONS_QUEUE_URL } = config;
      const urls = [PAYMENTS_QUEUE_URL, PAYMENTS_DLQ_URL, NOTIFICATIONS_QUEUE_URL];
      const isLive = gatewayMode(config.STRIPE_SECRET_KEY) === 'live';
      return {
        MessageQueue: unlessForbidden(() => probeQueues(client, urls)),
        PaymentGateway: () => probeStripe(stripe, { isLive }).andThen(probeOfAccount(services)),
      };
    },
  ),
} satisfies Module;

/** Every port on AWS and Stripe. Nothing is connected before it is used. */
export const aws = (observers: Observers) =>
  ({ ...awsOnly(observers), ...gateway, ...webhooks }) satisfies Module;
