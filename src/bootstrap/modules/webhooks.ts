import { createStripeWebhooks } from '../../adapters/stripe/webhooks.ts';
import { STRIPE_CALLS } from '../../adapters/stripe/webhookCalls.ts';
import { serveCalls } from '../../adapters/webhooks/httpServer.ts';
import { createReceiveCall } from '../../application/gatewayEvents/receiveCall.ts';
import { createWebhookService } from '../../application/gatewayEvents/webhookService.ts';
import { from, type Module } from '../tokens.ts';
import { LIVE_SECRETS, liveSetting } from './secrets.ts';

/**
 * Takes what the gateway says without being asked. It has neither the gateway's key nor a table:
 * whoever breaks into what strangers can call finds nothing but the right to send to one queue.
 */
export const webhooks = {
  webhookReader: from(
    { settings: ['STRIPE_WEBHOOK_SECRETS'], needs: LIVE_SECRETS },
    (services, config) =>
      createStripeWebhooks(liveSetting('STRIPE_WEBHOOK_SECRETS', config, services)),
  ),
  receiveCall: from(
    { settings: ['WEBHOOK_DELAY_MS'], needs: ['webhookReader', 'payments', 'clock'] },
    (services, { WEBHOOK_DELAY_MS: delayMs }) => createReceiveCall({ ...services, delayMs }),
  ),
  webhooks: from(
    {
      settings: ['WEBHOOK_PORT', 'WEBHOOK_HOST'],
      needs: ['receiveCall', 'clock', 'telemetry', 'delivery'],
    },
    ({ delivery: { drainMs }, ...services }, { WEBHOOK_PORT: port, WEBHOOK_HOST: host }) =>
      createWebhookService({
        ...services,
        drainMs,
        serveCalls: (handle) => serveCalls(handle, { port, host, ...STRIPE_CALLS }),
      }),
  ),
} satisfies Module;
