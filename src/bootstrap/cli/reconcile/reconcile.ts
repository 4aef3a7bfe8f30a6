import { err, ok } from 'neverthrow';
import type { ReconcileFailure, RoundReport } from '../../../application/reconcile/report.ts';
import { aws } from '../../modules/aws.ts';
import { defineCommand } from '../common/command.ts';
import { EXIT, failed, failureOf, type CliFailure } from '../common/failure.ts';
import { createProgress } from '../common/progress.ts';
import { grouped } from '../common/groups.ts';
import { tableOf } from '../common/table.ts';
import { ageText, timeOf } from '../common/text.ts';

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

type RoundReportOptions = { readonly dryRun: boolean; readonly now: number };

/** For machines. Nothing of a customer: only ids, numbers and reasons. */
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

/** For people. What needs nobody is left out. */
const reportText = (
  report: RoundReport,
  { dryRun, now, columns }: RoundReportOptions & { readonly columns: number },
): string => {
  const { series, deadLetters = [], reviews, pushed } = report;
  const isPushed = new Set(pushed);
  const findings = series.flatMap((each) => each.findings);
  const done = (orderId: string | undefined): string => {
    if (orderId === undefined || !isPushed.has(orderId)) return '';
    return dryRun ? 'would be pushed' : 'pushed';
  };
  const age = (since: number): string => ageText(now - since);
  const tables = [
    titled(columns, 'Series', {
      head: ['series', 'from', 'up to', 'of', 'numbers checked'],
      rows: series.map(({ series: name, from, upTo, end, numbers }) =>
        [name, from, upTo, end, numbers].map(String),
      ),
      right: [1, 2, 3, 4],
    }),
    titled(columns, 'Numbers without their document', {
      head: ['series', 'year', 'number', 'document', 'age', 'why', ''],
      rows: findings.map(({ series: name, orderId, why, number: { id, year, number, date } }) => [
        name,
        String(year),
        String(number),
        id,
        age(date),
        why,
        done(orderId),
      ]),
      right: [1, 2],
    }),
    deadLetters.length === 0
      ? []
      : [
          `Dead letters: ${deadLetters.length}`,
          grouped(deadLetters, {
            causeOf: ({ reason }) => reason,
            columns,
            draw: (those, { isCauseSaid }) =>
              tableOf(
                ['order', 'command', 'order is', 'age', ...(isCauseSaid ? [] : ['reason']), ''],
                those.map(({ orderId, command = 'unknown', state, sentAt, reason }) => [
                  orderId ?? 'no order',
                  command,
                  state === 'none' ? 'not named' : state,
                  age(sentAt),
                  ...(isCauseSaid ? [] : [reason]),
                  done(orderId),
                ]),
                { columns },
              ),
          }),
          '',
        ],
    titled(columns, 'Reviews that wait for a person', {
      head: ['order', 'of', 'reason', 'age'],
      rows: reviews.map(({ orderId, refundId, reason, since }) => [
        orderId,
        refundId === undefined ? 'payment' : `refund ${refundId}`,
        reason,
        age(since),
      ]),
    }),
    gatewayEventsText(report.gatewayEvents, { dryRun }),
  ];
  const needs = [
    ...countText(findings.length, 'number without its document', 'numbers without their documents'),
    ...countText(deadLetters.length, 'dead letter', 'dead letters'),
    ...countText(reviews.length, 'review', 'reviews'),
    ...(report.gatewayEvents?.isGap === true ? ['a gap in the gateway’s events'] : []),
  ];
  const isComplete = report.deadLetters !== undefined && report.failures.length === 0;
  const nothing = isComplete ? 'Nothing needs anybody.' : 'Not everything could be looked at.';
  const pushes = dryRun ? `${pushed.length} orders would be pushed` : `${pushed.length} pushed`;
  const summary = needs.length === 0 ? nothing : `${needs.join(', ')}; ${pushes}.`;
  return [...tables.flat(), summary].join('\n');
};

const gatewayEventsText = (
  read: RoundReport['gatewayEvents'],
  { dryRun }: Pick<RoundReportOptions, 'dryRun'>,
): readonly string[] => {
  if (read === undefined) return [];
  const { from, upTo, events, sent, isGap } = read;
  const sending = dryRun ? 'would be sent to the workers' : 'sent to the workers';
  return [
    `Events of the gateway from ${timeOf(from)} to ${timeOf(upTo)}: ${events} read, ` +
      `${sent.length} not known yet and ${sending}`,
    ...(isGap
      ? [
          '  Older ones, which nobody has read, are no longer listed by the gateway:',
          '  `paidonce audit --gateway` finds what they were about.',
        ]
      : []),
    '',
  ];
};

type TableParts = {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly right?: readonly number[];
};

const titled = (
  columns: number,
  title: string,
  { head, rows, right = [] }: TableParts,
): readonly string[] =>
  rows.length === 0
    ? []
    : [`${title}: ${rows.length}`, tableOf(head, rows, { right, columns }), ''];

const countText = (count: number, one: string, several: string): readonly string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];
