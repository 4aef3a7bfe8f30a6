import { hasMd5 } from '../adapters/md5.ts';
import type { Consumer } from '../application/delivery/consumer.ts';
import type { WebhookService } from '../application/gatewayEvents/webhookService.ts';
import type { DocumentRenderer } from '../application/ports/documentRenderer.ts';
import type { Telemetry, TelemetryReport } from '../application/ports/telemetry.ts';
import type { Usage } from '../application/ports/usage.ts';
import { costOfUsage, usageSince } from '../application/prices.ts';
import type { Config, SettingName } from './config.ts';
import { createContainer } from './container.ts';
import { application } from './modules/application.ts';
import { aws } from './modules/aws.ts';
import { recorded } from './modules/secrets.ts';
import { settingsOf } from './openServices.ts';
import { withTracing, type StartedTracing } from './tracing.ts';

export const SERVICE_NAMES = ['payments', 'notifications', 'reconciler', 'webhooks'] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];

/** One service, put together and not yet running. */
export type RunningService = {
  readonly name: ServiceName;
  /** Says for people what it works on. */
  readonly works: string;
  readonly consumer: Consumer;
  /** Begins to listen, for a service that does. Returns the port, or why it cannot. */
  readonly open?: WebhookService['open'];
  readonly telemetry: Telemetry;
  /** The renderer of a service that attaches documents to its mails. */
  readonly renderer?: Pick<DocumentRenderer, 'unprintable'>;
  /** The usage of AWS so far. */
  readonly usage: () => Usage;
};

export type ServiceReport = {
  readonly service: ServiceName;
  readonly drain: Awaited<ReturnType<Consumer['run']>>;
  readonly records: TelemetryReport;
  readonly usage: Usage;
};

/** The time in milliseconds that the last records may take after the drain. */
const FLUSH_MS = 5_000;
const USAGE_EVERY_MS = 60_000;

const CONSUMERS = {
  payments: 'paymentConsumer',
  notifications: 'notificationConsumer',
  reconciler: 'reconciler',
  webhooks: 'webhooks',
} as const satisfies Record<ServiceName, string>;

const adaptersOf = (observers: Parameters<typeof aws>[0]) => ({
  ...aws(observers),
  ...recorded,
});

/** All settings of one service, so that several can be checked before any of them is made. */
export const settingsOfService = (name: ServiceName): readonly SettingName[] =>
  settingsOf(adaptersOf({ service: name }), { services: [CONSUMERS[name], 'telemetry'] });

/** `config` has at least the settings of this service. */
export const createService = (
  name: ServiceName,
  config: Config,
  console: Telemetry,
  tracing?: StartedTracing,
): RunningService => {
  const adapters = withTracing(adaptersOf({ service: name, console }), tracing);
  const { get } = createContainer(application, adapters, config);
  const attaches = name === 'notifications' && get('mailSettings').delivery === 'attach';
  return {
    name,
    works: worksOn(name, config),
    ...(attaches && { renderer: get('pdfRenderer') }),
    consumer: get(CONSUMERS[name]),
    ...(name === 'webhooks' && { open: get('webhooks').open }),
    telemetry: get('telemetry'),
    usage: get('meter').usage,
  };
};

const worksOn = (name: ServiceName, config: Config): string => {
  switch (name) {
    case 'payments':
      return `receives from ${config.PAYMENTS_QUEUE_URL}`;
    case 'notifications':
      return `receives from ${config.NOTIFICATIONS_QUEUE_URL}`;
    case 'reconciler':
      return `checks ${config.PAYMENTS_DLQ_URL} and every number`;
    case 'webhooks':
      return `sends what the gateway says to ${config.PAYMENTS_QUEUE_URL}`;
  }
};

/** Runs the services until the signal fires, drains them, and writes their last records. */
export const runServices = (
  services: readonly RunningService[],
  stop: AbortSignal,
): Promise<readonly ServiceReport[]> =>
  Promise.all(
    services.map(async ({ name, consumer, telemetry, renderer, usage }) => {
      telemetry.record({ level: 'info', event: 'worker.started', facts: { service: name } });
      reportMissingChecksums(telemetry, name);
      const recordUsage = createRecordUsage({ name, telemetry, usage });
      const recording = setInterval(recordUsage, USAGE_EVERY_MS);
      const [drain] = await Promise.all([
        consumer.run(stop),
        renderer && reportUnreadableFonts(telemetry, { service: name, renderer }),
      ]);
      clearInterval(recording);
      recordUsage();
      const records = await telemetry.flush(FLUSH_MS);
      return { service: name, drain, records, usage: usage() };
    }),
  );

/**
 * Records what was used since the previous record, with its price as the one metric: each metric
 * costs, and AWS itself has metrics of the units and requests.
 */
const createRecordUsage = ({
  name,
  telemetry,
  usage,
}: Pick<RunningService, 'name' | 'telemetry' | 'usage'>) => {
  let before: Usage | undefined;
  return (): void => {
    const now = usage();
    const used = usageSince(now, before);
    before = now;
    telemetry.record({
      level: 'info',
      event: 'worker.usage',
      facts: { service: name, ...used },
      metrics: { ListPriceMicroUsd: { unit: 'Count', values: [costOfUsage(used)] } },
    });
  };
};

/** Reports it once, instead of for each message: nothing is wrong with any of them. */
export const reportMissingChecksums = (
  telemetry: Pick<Telemetry, 'record'>,
  service: string,
): void => {
  if (hasMd5()) return;
  telemetry.record({ level: 'warn', event: 'queue.checksum_unavailable', facts: { service } });
};

/**
 * Reports it at once, instead of with the first receipt: without its fonts no mail has its
 * document, and all go out as they are (ADR 0045).
 */
export const reportUnreadableFonts = async (
  telemetry: Pick<Telemetry, 'record'>,
  {
    service,
    renderer,
  }: { readonly service: string; readonly renderer: Pick<DocumentRenderer, 'unprintable'> },
): Promise<void> => {
  const read = await renderer.unprintable('');
  for (const { font, cause } of read.isErr() ? read.error : []) {
    telemetry.record({
      level: 'error',
      event: 'documents.font_unreadable',
      facts: { service, font, cause },
    });
  }
};
