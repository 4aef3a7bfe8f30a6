import type { StartedTracing } from '../adapters/opentelemetry/start.ts';
import { queueNameOf } from './config/settingTypes.ts';
import type { Config, SettingName } from './config.ts';
import type { Adapters } from './openServices.ts';
import type { Provider } from './tokens.ts';
import { VERSION } from './version.ts';

export type { StartedTracing } from '../adapters/opentelemetry/start.ts';

export const TRACING_SETTINGS = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_SDK_DISABLED',
  'OTEL_EXPORTER_OTLP_PROTOCOL',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TIMEOUT',
  'OTEL_SERVICE_NAME',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
  'OTEL_BSP_MAX_QUEUE_SIZE',
  'OTEL_BSP_SCHEDULE_DELAY',
] as const satisfies readonly SettingName[];

/**
 * Starts tracing if an endpoint is set. Otherwise not even its packages are loaded. The SDK reads
 * from the environment itself what is no option here, such as headers and resource.
 */
export const startTracing = async (
  config: Config<(typeof TRACING_SETTINGS)[number]>,
): Promise<StartedTracing | undefined> => {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = config;
  if (endpoint === undefined || config.OTEL_SDK_DISABLED === 'true') return undefined;
  const sdk = await import('../adapters/opentelemetry/start.ts');
  return sdk.startTracing({
    version: VERSION,
    sampler: config.OTEL_TRACES_SAMPLER,
    ratio: config.OTEL_TRACES_SAMPLER_ARG,
    waitingMax: config.OTEL_BSP_MAX_QUEUE_SIZE,
    delayMs: config.OTEL_BSP_SCHEDULE_DELAY,
    url: config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMs: config.OTEL_EXPORTER_OTLP_TIMEOUT,
    protocol: config.OTEL_EXPORTER_OTLP_PROTOCOL,
  });
};

type Decorations = {
  readonly [K in keyof Adapters]?: (
    service: ReturnType<Adapters[K]['create']>,
    config: Config,
  ) => ReturnType<Adapters[K]['create']>;
};

/** The adapters, each of which traces the calls that it makes; without tracing, as they are. */
export const withTracing = <A extends Adapters>(
  adapters: A,
  tracing: StartedTracing | undefined,
): A => {
  if (tracing === undefined) return adapters;
  const queueAt = (name: 'PAYMENTS' | 'NOTIFICATIONS', kind: 'QUEUE' | 'DLQ') => {
    const setting = `${name}_${kind}_URL` as const;
    return ((queue, config) =>
      tracing.queue(queue, queueNameOf(config[setting]))) satisfies Decorations['payments'];
  };
  const decorations: Decorations = {
    tracing: () => tracing,
    payments: queueAt('PAYMENTS', 'QUEUE'),
    paymentsDlq: queueAt('PAYMENTS', 'DLQ'),
    notifications: queueAt('NOTIFICATIONS', 'QUEUE'),
    notificationsDlq: queueAt('NOTIFICATIONS', 'DLQ'),
    orderEvents: (topic, { ORDER_EVENTS_TOPIC_ARN: arn = '' }) =>
      topic === 'none' ? topic : tracing.orderEvents(topic, arn.slice(arn.lastIndexOf(':') + 1)),
    store: (store) => tracing.store(store),
    gateway: (gateway) => tracing.gateway(gateway),
    notifier: (notifier) => tracing.notifier(notifier),
    telemetry: (telemetry) => tracing.telemetry(telemetry),
  };
  const provided = Object.entries<Provider<unknown>>(adapters).map(([token, provider]) => {
    const decorate = (decorations as Readonly<Record<string, Decoration | undefined>>)[token];
    if (decorate === undefined) return [token, provider] as const;
    const create: Provider<unknown>['create'] = (services, config) =>
      decorate(provider.create(services, config), config);
    return [token, { ...provider, create }] as const;
  });
  return Object.fromEntries(provided) as unknown as A;
};

type Decoration = (service: unknown, config: Config) => unknown;
