import type { ResultAsync } from 'neverthrow';
import { createBatchHandler, type BatchHandler } from '../../application/delivery/batch.ts';
import { withoutEventDetail } from '../../application/messages/index.ts';
import type { Telemetry } from '../../application/ports/telemetry.ts';
import type { Config, ConfigMistake, SettingName } from '../config.ts';
import { queueNameOf } from '../config/settingTypes.ts';
import { aws } from '../modules/aws.ts';
import { recorded } from '../modules/secrets.ts';
import { openServices, type OpenServices, type Uses } from '../openServices.ts';
import { TRACING_SETTINGS, startTracing, withTracing, type StartedTracing } from '../tracing.ts';
import { from, type Token } from '../tokens.ts';
import { recordCall } from '../../application/gatewayEvents/receiveCall.ts';
import {
  fromHttpEvent,
  isResponse,
  toHttpResponse,
  type HttpResponse,
} from '../../adapters/lambda/httpEvent.ts';
import { reportMissingChecksums, reportUnreadableFonts } from '../worker.ts';
import { AWS_REQUEST_TIMEOUT_MS } from '../../adapters/aws/clients.ts';
import { STRIPE_CALLS } from '../../adapters/stripe/webhookCalls.ts';
import { fromSqsEvent, type SqsBatchResponse } from '../../adapters/lambda/sqsEvent.ts';

export type Surroundings = {
  readonly config: <N extends SettingName>(
    needs: readonly N[],
  ) => ResultAsync<Config<N>, readonly ConfigMistake[]>;
  /** Writes to stdout, which Lambda collects: no call of an API is on the path of a payment. */
  readonly telemetry: (metricsNamespace: string) => Telemetry;
};

const COMMON = ['clock', 'ids', 'telemetry', 'tracing', 'version', 'delivery'] as const;

export const PAYMENTS = {
  services: [
    'payments',
    'paymentsDlq',
    'paymentHandler',
    'paymentLevel',
    'gatewayEventReader',
    ...COMMON,
  ],
  settings: ['PAYMENTS_QUEUE_URL', 'GATEWAY_TIMEOUT_MS'],
} as const;

export const NOTIFICATIONS = {
  services: [
    'notifications',
    'notificationsDlq',
    'notificationHandler',
    'notificationLevel',
    'mailSettings',
    'pdfRenderer',
    ...COMMON,
  ],
  settings: ['NOTIFICATIONS_QUEUE_URL'],
} as const;

export const WEBHOOKS = { services: ['receiveCall', 'telemetry'], settings: [] } as const;

export const adaptersOf = (telemetry: Surroundings['telemetry'], tracing?: StartedTracing) =>
  withTracing(
    {
      ...aws({ service: 'lambda' }),
      ...recorded,
      telemetry: from({ settings: ['METRICS_NAMESPACE'] }, (_, config) =>
        telemetry(config.METRICS_NAMESPACE),
      ),
    },
    tracing,
  );

let started: ReturnType<typeof startTracing> | undefined;

/**
 * Starts tracing once for an execution environment, which may serve more than one of the functions.
 */
const tracingOn = ({
  config,
}: Pick<Surroundings, 'config'>): ResultAsync<
  StartedTracing | undefined,
  readonly ConfigMistake[]
> => config(TRACING_SETTINGS).map((settings) => (started ??= startTracing(settings)));

/** The services of a function that shows its calls to whoever traces them. */
export const openTraced = <K extends Token, S extends SettingName>(
  on: Surroundings,
  uses: Uses<K, never, S>,
): ResultAsync<OpenServices<K, never, S>, readonly ConfigMistake[]> =>
  tracingOn(on).andThen((tracing) =>
    openServices(adaptersOf(on.telemetry, tracing), uses, on.config),
  );

export const createPaymentsFunction = (on: Surroundings): LambdaFunction =>
  createTracedFunction(on, (adapters) =>
    openServices(adapters, PAYMENTS, on.config).map((services) => {
      const { payments, paymentsDlq, paymentHandler, version, delivery, config, ...ports } =
        services;
      reportMissingChecksums(ports.telemetry, 'payments');
      return {
        queueName: queueNameOf(config.PAYMENTS_QUEUE_URL),
        handle: createBatchHandler({
          ...ports,
          queue: payments,
          deadLetterQueue: paymentsDlq,
          handle: paymentHandler,
          opened: (message) => withoutEventDetail(message, ports.gatewayEventReader),
          measured: ports.paymentLevel.collect,
          service: { name: 'payments', version },
          settings: delivery,
          startMs: startMs({ gatewayTimeoutMs: config.GATEWAY_TIMEOUT_MS }).payments,
        }),
      };
    }),
  );

export const createNotificationsFunction = (on: Surroundings): LambdaFunction =>
  createTracedFunction(on, (adapters) =>
    openServices(adapters, NOTIFICATIONS, on.config).map((services) => {
      const { notifications, notificationsDlq, notificationHandler, version, delivery, ...rest } =
        services;
      const { config, mailSettings, pdfRenderer: renderer, ...ports } = rest;
      reportMissingChecksums(ports.telemetry, 'notifications');
      // It runs beside the first invocation, and never rejects.
      if (mailSettings.delivery === 'attach') {
        void reportUnreadableFonts(ports.telemetry, { service: 'notifications', renderer });
      }
      return {
        queueName: queueNameOf(config.NOTIFICATIONS_QUEUE_URL),
        handle: createBatchHandler({
          ...ports,
          queue: notifications,
          deadLetterQueue: notificationsDlq,
          handle: notificationHandler,
          measured: ports.notificationLevel.collect,
          service: { name: 'notifications', version },
          settings: delivery,
          startMs: startMs({ gatewayTimeoutMs: 0 }).notifications,
        }),
      };
    }),
  );

const FLUSH_MS = 500;

/** Handles one call of the webhook; each call that is not taken is a record. */
export const createWebhooksFunction = (on: Surroundings): HttpFunction => {
  const serve = keepServing(() => openTraced(on, WEBHOOKS));
  return async (event) => {
    const { receiveCall, telemetry } = await serve();
    const call = fromHttpEvent(event, STRIPE_CALLS.signatureHeader);
    if (call.isErr()) throw named(call.error.type, call.error.why);
    if (isResponse(call.value)) return call.value;
    const answer = await receiveCall(call.value);
    recordCall(telemetry, answer);
    // Once it has answered, Lambda may freeze it with whatever waits.
    await telemetry.flush(FLUSH_MS);
    return toHttpResponse(answer);
  };
};

/**
 * The calls are: the ends of both series, intent, charge, number, outcome, and then row and notice
 * at once.
 */
const PAYMENT_CALLS = 5;
/** The calls are: the order, the claim, the mail and its confirmation. */
const NOTIFICATION_CALLS = 4;

/** The longest time of each handler if every call is answered in time and none repeated. */
export const startMs = ({ gatewayTimeoutMs }: { readonly gatewayTimeoutMs: number }) => ({
  payments: PAYMENT_CALLS * AWS_REQUEST_TIMEOUT_MS + gatewayTimeoutMs,
  notifications: NOTIFICATION_CALLS * AWS_REQUEST_TIMEOUT_MS,
});

export type LambdaContext = { getRemainingTimeInMillis(): number };

export type LambdaFunction = (event: unknown, context: LambdaContext) => Promise<SqsBatchResponse>;

/** A function for a function URL, or an HTTP API. */
export type HttpFunction = (event: unknown) => Promise<HttpResponse>;

/** Created once, it serves every invocation of an execution environment. */
export type QueueFunction = { readonly queueName: string; readonly handle: BatchHandler };

type CreatedFunction = ResultAsync<QueueFunction, readonly ConfigMistake[]>;

const createTracedFunction = (
  on: Surroundings,
  create: (adapters: ReturnType<typeof adaptersOf>) => CreatedFunction,
): LambdaFunction =>
  createFunction(() =>
    tracingOn(on).andThen((tracing) =>
      create(adaptersOf(on.telemetry, tracing)).map(({ queueName, handle }): QueueFunction => ({
        queueName,
        handle: (received, leftMs) => {
          tracing?.received(received, queueName);
          return handle(received, leftMs);
        },
      })),
    ),
  );

/**
 * A function for the event source mapping of one standard queue. It throws, so that the whole batch
 * comes again, only where no message may be touched: without a valid configuration, or for an event
 * of another queue.
 */
export const createFunction = (create: () => CreatedFunction): LambdaFunction => {
  const serve = keepServing(create);
  return async (event, context) => {
    const serving = await serve();
    const messages = fromSqsEvent(event, serving.queueName);
    if (messages.isErr()) throw named(messages.error.type, messages.error.why);
    const failed = await serving.handle(messages.value, context.getRemainingTimeInMillis());
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
};

/**
 * Creates it once for all invocations, also if two come at once. It is kept only if it was created,
 * so that the next invocation tries again.
 */
export const keepServing = <T>(
  create: () => ResultAsync<T, readonly ConfigMistake[]>,
): (() => Promise<T>) => {
  let creating: ResultAsync<T, readonly ConfigMistake[]> | undefined;
  return async () => {
    creating ??= create();
    const created = await creating;
    if (created.isErr()) creating = undefined;
    return created.match((serving) => serving, refuseConfiguration);
  };
};

const refuseConfiguration = (mistakes: readonly ConfigMistake[]): never => {
  const lines = mistakes.map(({ name, wrong, remedy }) => `${name} ${wrong}. ${remedy}`);
  throw named('Configuration', lines.join('\n'));
};

/** Lambda reports a thrown error by its name and message. */
export const named = (name: string, message: string): Error =>
  Object.assign(new Error(message), { name });
