import { createJsonTelemetry } from '../adapters/console/telemetry.ts';
import { createSystemClock } from '../adapters/system/clock.ts';
import { parseConfig } from './config.ts';
import {
  createNotificationsFunction,
  createPaymentsFunction,
  createWebhooksFunction,
  type Surroundings,
} from './lambda/functions.ts';
import { createAuditFunction, createReconcilerFunction } from './lambda/scheduled.ts';

const onLambda = (service: string): Surroundings => ({
  config: (needs) => parseConfig(process.env, { needs }),
  telemetry: (metricsNamespace) =>
    createJsonTelemetry(createSystemClock(), { service, metricsNamespace }),
});

/**
 * The handlers for AWS Lambda, each for the event source mapping of its own queue: see
 * docs/lambda.md.
 */
export const payments = createPaymentsFunction(onLambda('payments'));
export const notifications = createNotificationsFunction(onLambda('notifications'));
/** The handler for the calls of the gateway, by a function URL or an HTTP API. */
export const webhooks = createWebhooksFunction(onLambda('webhooks'));
/** The handlers that a schedule invokes. */
export const reconciler = createReconcilerFunction(onLambda('reconciler'));
export const audit = createAuditFunction(onLambda('audit'));
