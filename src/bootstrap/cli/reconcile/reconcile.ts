import { err, ok } from 'neverthrow';
import type { ReconcileFailure, RoundReport } from '../../../application/reconcile/report.ts';
import { aws } from '../../modules/aws.ts';
import { defineCommand } from '../common/command.ts';
import { EXIT, failed, failureOf, type CliFailure } from '../common/failure.ts';
import { createProgress } from '../common/progress.ts';
import { reportText, type RoundReportOptions } from './text.ts';

type ReconcileOptions = { readonly fromStart?: boolean; readonly dryRun?: boolean };

const FLUSH_MS = 5_000;

export const body = defineCommand<ReconcileOptions>({
  examples: ['reconcile', 'reconcile --dry-run', 'reconcile --from-start --json | jq .pushed'],
  options: (command) =>
    command
      .option('--from-start', 'check every number of every series again')
      .option('-n, --dry-run', 'send, store and record nothing; say which orders would be pushed'),
  help: `\
One round of what \`worker --service reconciler\` does all the time; both may run at once. Orders
that can be driven on are sent a ResumeOrder, and of the gateway's own list of events those that the
log does not know are sent to the workers. Nothing is charged, deleted or decided by it.
Exit code: 0 nothing needs anybody, 1 something does, or the round failed, 2 wrong usage or
configuration.`,
  run: async function* ({ open, output, untilStopped }, { fromStart = false, dryRun = false }) {
    const signal = untilStopped();
    const adapters = aws({ service: 'reconciler' });
    const { reconcile, telemetry, clock } = yield* open(
      { services: ['reconcile', 'telemetry', 'clock'] },
      adapters,
    );
    const progress = createProgress(output, { unit: 'commits of the series' });
    const report = await reconcile({
      fromStart,
      dryRun,
      signal,
      onProgress: ({ series, upTo, end }) => progress.update(upTo, { facts: series, total: end }),
    });
    progress.stop();
    const records = await telemetry.flush(FLUSH_MS);
    if (records.dropped + records.rejected > 0) {
      output.note(
        `Of the records ${records.dropped} were dropped and ${records.rejected} rejected.`,
      );
    }
    const now = clock.now();
    output.data(reportValue(report, { dryRun, now }), (columns) =>
      reportText(report, { dryRun, now, columns }),
    );
    if (signal.aborted) {
      return err(failed('Aborted', 'stopped before the end; what was passed stays passed'));
    }
    const [failure] = report.failures;
    if (failure !== undefined) return err(toCliFailure(failure));
    return ok(isQuiet(report) ? EXIT.OK : EXIT.FAILED);
  },
});

const isQuiet = ({ series, deadLetters = [], reviews, gatewayEvents }: RoundReport): boolean =>
  gatewayEvents?.isGap !== true &&
  deadLetters.length + reviews.length === 0 &&
  series.every(({ findings }) => findings.length === 0);

const toCliFailure = ({ part, error }: ReconcileFailure): CliFailure => {
  switch (error.type) {
    case 'Uncertain':
      return failed(error.type, `${part}: it is not known whether the cursor was stored`, [
        'Run it again: what was checked is checked again.',
      ]);
    case 'SendFailed':
      return failed(error.type, `${part}: the payments queue refused a message: ${error.code}`);
    case 'CommitTooLarge':
      return failed(error.type, `${part}: a cursor of ${error.bytes} bytes is too large to store`);
    case 'Unavailable':
    case 'Misconfigured':
    case 'Aborted':
    case 'CorruptStream':
    case 'TooLarge': {
      const failure = failureOf(error);
      return { ...failure, message: `${part}: ${failure.message}` };
    }
  }
};

/** The report for machines. It has nothing of a customer, only ids, numbers and reasons. */
const reportValue = (report: RoundReport, { dryRun, now }: RoundReportOptions) => ({
  dryRun,
  series: report.series.map(({ findings, ...series }) => ({
    ...series,
    findings: findings.map(({ type, orderId, why, number }) => ({
      type,
      orderId,
      why,
      ...number,
      ageMs: now - number.date,
    })),
  })),
  letters: (report.deadLetters ?? []).map((deadLetter) => ({
    ...deadLetter,
    ageMs: now - deadLetter.sentAt,
  })),
  reviews: report.reviews.map((review) => ({ ...review, ageMs: now - review.since })),
  gatewayEvents: gatewayEventsValue(report.gatewayEvents),
  pushed: report.pushed,
  failures: report.failures.map(({ part, error: { type } }) => ({ part, type })),
});

const gatewayEventsValue = (read: RoundReport['gatewayEvents']) => {
  if (read === undefined) return undefined;
  const { from, upTo, events, sent, isGap } = read;
  return { readSince: from, readUntil: upTo, events, sent, isGap };
};
