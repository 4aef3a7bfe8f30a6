import * as z from 'zod';
import { QUEUE_DELAY_MAX_MS } from '../../application/ports/messageQueue.ts';
import { address, port, whole } from './settingTypes.ts';

/**
 * There is one secret of each endpoint, and both of one that is rolled; they are parted by commas.
 */
const SECRETS = /^whsec_[\w+/=-]{16,240}(?:,whsec_[\w+/=-]{16,240}){0,7}$/;

/** The settings of the endpoint that the gateway calls. */
export const webhookSchemas = {
  STRIPE_WEBHOOK_SECRETS: z
    .string()
    .regex(SECRETS, 'is not a list of 1 to 8 secrets that begin with whsec_, parted by commas')
    .transform((text) => text.split(','))
    .describe('Take the signing secret of the endpoint from dashboard.stripe.com/webhooks.')
    .meta({ title: 'secrets by which calls of the gateway are known; any of them will do' }),
  WEBHOOK_PORT: port('4242')
    .describe('Set it to a free port, to 0 for any free one, or take it away for 4242.')
    .meta({ title: 'port for calls of the gateway; where it is set, `all` takes them too' }),
  WEBHOOK_DELAY_MS: whole('how long an event waits until it is handled', {
    min: 0,
    max: QUEUE_DELAY_MAX_MS,
    preset: 5_000,
  }),
  WEBHOOK_HOST: address('the one address on which they are taken; without it, every one'),
};
