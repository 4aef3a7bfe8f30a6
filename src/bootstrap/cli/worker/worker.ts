import { Option } from 'commander';
import { err, ok, type Result, type ResultAsync } from 'neverthrow';
import {
  createConsoleTelemetry,
  createJsonTelemetry,
} from '../../../adapters/console/telemetry.ts';
import { createSystemClock } from '../../../adapters/system/clock.ts';
import type { Telemetry } from '../../../application/ports/telemetry.ts';
import { costOfUsage } from '../../../application/prices.ts';
import { HEALTH_SETTINGS, type Config } from '../../config.ts';
import { serveHealth, type HealthServer } from '../../health.ts';
import {
  createService,
  runServices,
  SERVICE_NAMES,
  settingsOfService,
  type RunningService,
  type ServiceName,
  type ServiceReport,
} from '../../worker.ts';
import { defineCommand, type CommandOutcome, type Session } from '../common/command.ts';
import { TRACING_SETTINGS, type StartedTracing } from '../../tracing.ts';
import { EXIT, misconfigured, type CliFailure } from '../common/failure.ts';
import type { Output } from '../common/output.ts';
import { dollarsOf } from '../common/text.ts';
import { listen } from './listen.ts';
import { createLiveSummary, type LiveSummary } from './live.ts';

type HealthConfig = Config<(typeof HEALTH_SETTINGS)[number]>;

type WorkerChoice = {
  readonly services: readonly RunningService[];
  readonly health: HealthConfig;
  readonly live: LiveSummary | undefined;
};

type WorkerOptions = { readonly service: ServiceName | 'all'; readonly verbose?: boolean };

export const body = defineCommand<WorkerOptions>({
  begins: true,
  examples: [
    'worker --embedded',
    'worker --service payments --verbose',
    'worker --service notifications --json | jq .event',
  ],
  options: (command) =>
    command
      .addOption(
        new Option('--service <name>', 'which service')
          .choices([...SERVICE_NAMES, 'all'])
          .default('all'),
      )
      .option('--verbose', 'on a terminal: a line for each record instead of the summary'),
  help: `\
On a terminal it shows a summary, each second: messages settled per second, in flight, settled,
tried again later (retried), dead letters (failed), and the age of the oldest in hand; warnings and
errors are lines above it. Records of what happens go to the log group, and to stderr where that is
no terminal or with --verbose; with --json as JSON Lines to stdout instead.

SIGTERM, SIGINT or SIGHUP: receives no more, finishes or releases what it has received, prints a
drain report. A second one ends at once; what it had received comes again when its visibility ends.
With WEBHOOK_PORT, the service webhooks takes the gateway's calls, POST /stripe, and puts their
events into the queue of payments: see docs/webhooks.md. With --embedded, the sandbox calls it.
With HEALTH_PORT: GET /livez and /readyz answer 200 or 503, until the drain is over. With 0 it is a
free port, which is printed.
Exit code: 0 drained, 1 something had to be left behind, 2 wrong usage or configuration.`,
  run: async function* (session, options) {
    const names = namesOf(session, options);
    // All settings are read at once, so that every mistake is reported.
    yield* session.config([...neededBy(names), ...TRACING_SETTINGS]);
    const tracing = yield* session.tracing();
    const chosen = yield* choose(session, { ...options, names, tracing });
    return work(chosen, session);
  },
});

const namesOf = (
  { isGiven }: Pick<Session, 'isGiven'>,
  { service }: WorkerOptions,
): readonly ServiceName[] =>
  service === 'all'
    ? SERVICE_NAMES.filter((name) => name !== 'webhooks' || isGiven('WEBHOOK_PORT'))
    : [service];

const neededBy = (names: readonly ServiceName[]) => [
  ...names.flatMap(settingsOfService),
  ...HEALTH_SETTINGS,
];

const choose = (
  { config, output, io }: Session,
  {
    service: choice,
    verbose = false,
    names,
    tracing,
  }: WorkerOptions & {
    readonly names: readonly ServiceName[];
    readonly tracing: StartedTracing | undefined;
  },
): ResultAsync<WorkerChoice, CliFailure> => {
  const isLive =
    output.stderr.isTTY === true &&
    !output.json &&
    !verbose &&
    choice !== 'reconciler' &&
    choice !== 'webhooks' &&
    io.env['TERM'] !== 'dumb';
  const live = isLive ? createLiveSummary(output.stderr) : undefined;
  const console = (service: ServiceName): Telemetry =>
    output.json
      ? createJsonTelemetry(createSystemClock(), { service, stream: output.stdout })
      : (live?.telemetryOf(service) ?? createConsoleTelemetry(createSystemClock(), output.stderr));
  return config(neededBy(names)).map((settings) => ({
    health: settings,
    live,
    services: names.map((name) => createService(name, settings, console(name), tracing)),
  }));
};

const work = async (
  { services, health, live }: WorkerChoice,
  { output, embedded, untilStopped }: Session,
): CommandOutcome => {
  const stop = untilStopped();
  const note = (text: string): void => (live ?? output).note(text);
  stop.addEventListener('abort', () => note(`stopping: ${String(stop.reason)}`));
  // It answers before anything is taken, so that a port that is not free stops nothing halfway.
  const answering = await answerOn(health, services);
  if (answering.isErr()) return err(answering.error);
  const listening = await listen(services, { output, embedded });
  if (listening.isErr()) {
    await answering.value?.close();
    return err(listening.error);
  }
  const takingOver = embedded?.takeOver(stop);
  for (const { name, works } of services) output.note(`${name} service ${works}`);
  if (answering.value) showPort(answering.value, output);
  live?.start(services);
  const reports = await runServices(services, stop);
  live?.stop();
  await takingOver;
  await answering.value?.close();
  for (const report of reports) printReport(report, output);
  const isClean = reports.every(({ drain }) => drain.abandoned + drain.pollsCut === 0);
  return ok(isClean ? EXIT.OK : EXIT.FAILED);
};

const answerOn = async (
  { HEALTH_PORT: port, HEALTH_HOST: host }: HealthConfig,
  services: readonly RunningService[],
): Promise<Result<HealthServer | undefined, CliFailure>> => {
  if (port === undefined) return ok(undefined);
  const serving = await serveHealth(services, { port, host });
  const remedy = 'Set it to a free port, and HEALTH_HOST to an address of this machine or to none.';
  return serving.mapErr((why) =>
    misconfigured([{ name: 'HEALTH_PORT', wrong: `cannot be used: ${why}`, remedy }]),
  );
};

/** Shows the port, which nobody knows otherwise with HEALTH_PORT=0. */
const showPort = ({ port }: HealthServer, output: Output): void => {
  output.note(`/livez and /readyz answer on port ${port}`);
  if (output.json) output.data({ event: 'worker.health', port }, () => '');
};

const printReport = ({ service, drain, records, usage }: ServiceReport, output: Output): void => {
  const microUsd = costOfUsage(usage);
  // The line is on stderr for people, since stdout is nobody's here; machines have it as a record
  // among the others.
  output.note(
    [
      `${service} drained in ${drain.durationMs} ms:`,
      `${drain.finished} finished, ${drain.handedBack} released, ${drain.abandoned} left hidden,`,
      `${drain.pollsCut} polls cut off;`,
      `records: ${records.written} written, ${records.dropped} dropped, ` +
        `${records.rejected} rejected;`,
      `at list prices $${dollarsOf(microUsd)}: ${usage.queueRequests} queue requests,`,
      ...(usage.topicRequests === 0 ? [] : [`${usage.topicRequests} topic requests,`]),
      `${usage.writeUnits} write units, ${usage.readUnits} read units,`,
      `${usage.logBytes} bytes of records, ${usage.mails} mails`,
    ].join(' '),
  );
  if (!output.json) return;
  const value = { service, ...drain, records, usage: { ...usage, microUsd } };
  output.data({ event: 'worker.drained', ...value }, () => '');
};
