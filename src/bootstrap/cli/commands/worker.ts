import { Option } from 'commander';
import { ok, type Result } from 'neverthrow';
import { createConsoleTelemetry } from '../../../adapters/console/telemetry.ts';
import { createJsonTelemetry } from '../../../adapters/console/jsonTelemetry.ts';
import { createSystemClock } from '../../../adapters/system/clock.ts';
import type { Telemetry } from '../../../application/ports/telemetry.ts';
import { NOTIFICATION_SETTINGS, PAYMENT_SETTINGS } from '../../modules/aws.ts';
import {
  createNotificationService,
  createPaymentService,
  runServices,
  type Service,
  type ServiceName,
  type ServiceReport,
} from '../../worker.ts';
import { describeCommand, runs, type Outcome, type Register, type Session } from '../command.ts';
import { EXIT, type CliFailure } from '../failure.ts';
import type { Output } from '../output.ts';

type Chosen = ServiceName | 'all';

export const registerWorker: Register = (program, lifecycle) => {
  const command = describeCommand(program.command('worker'), {
    summary: 'run the payment service, the notification service, or both',
    examples: [
      'worker --embedded',
      'worker --service payments',
      'worker --service notifications --json | jq .event',
    ],
  })
    .addOption(
      new Option('--service <name>', 'which service')
        .choices(['payments', 'notifications', 'all'])
        .default('all'),
    )
    .addHelpText(
      'after',
      `
Records of what happens go to the log group, and to stderr; with --json as JSON Lines to stdout instead.
SIGTERM or SIGINT: receives no more, finishes or hands back what is in hand, prints a drain report.
A second one ends at once; what was in hand comes again when its visibility ends.
Exit code: 0 drained, 1 something had to be left behind, 2 wrong usage or configuration.`,
    );
  runs(command, lifecycle, async (session) => {
    const { service } = command.opts<{ readonly service: Chosen }>();
    const chosen = choose(session, service);
    if (chosen.isErr()) return chosen.map(() => EXIT.OK);
    return work(chosen.value, session, lifecycle.untilStopped());
  });
};

const choose = (
  { config, output }: Session,
  chosen: Chosen,
): Result<readonly Service[], CliFailure> => {
  const console = (service: ServiceName): Telemetry =>
    output.json
      ? createJsonTelemetry(createSystemClock(), { service })
      : createConsoleTelemetry(createSystemClock());
  switch (chosen) {
    case 'payments':
      return config(PAYMENT_SETTINGS).map((settings) => [
        createPaymentService(settings, console('payments')),
      ]);
    case 'notifications':
      return config(NOTIFICATION_SETTINGS).map((settings) => [
        createNotificationService(settings, console('notifications')),
      ]);
    case 'all':
      return config([...PAYMENT_SETTINGS, ...NOTIFICATION_SETTINGS]).map((settings) => [
        createPaymentService(settings, console('payments')),
        createNotificationService(settings, console('notifications')),
      ]);
  }
};

const work = async (
  services: readonly Service[],
  { output, embedded }: Session,
  stop: AbortSignal,
): Outcome => {
  const takingOver = embedded?.takeOver(stop);
  for (const { name, queueUrl } of services) output.note(`${name} service takes from ${queueUrl}`);
  const reports = await runServices(services, stop);
  await takingOver;
  for (const report of reports) tell(report, output);
  const isClean = reports.every(({ drain }) => drain.abandoned + drain.pollsCut === 0);
  return ok(isClean ? EXIT.OK : EXIT.FAILED);
};

const tell = ({ service, drain, records }: ServiceReport, output: Output): void => {
  // On stderr for people, since stdout is nobody's here; machines have it as a record among the others.
  output.note(
    [
      `${service} drained in ${drain.durationMs} ms:`,
      `${drain.finished} finished, ${drain.handedBack} handed back, ${drain.abandoned} left hidden,`,
      `${drain.pollsCut} polls cut off;`,
      `records: ${records.written} written, ${records.dropped} dropped, ${records.rejected} rejected`,
    ].join(' '),
  );
  if (output.json) output.data({ event: 'worker.drained', service, ...drain, records }, () => '');
};
