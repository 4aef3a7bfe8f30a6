import { err, ok } from 'neverthrow';
import type { AuditError, Finding } from '../../../application/books/audit/check.ts';
import { openLog } from '../audit/logPart.ts';
import type { AuditCommandOptions, AuditPart } from '../audit/part.ts';
import { createKept, findingText, reportText, reportValue } from '../audit/report.ts';
import { describeCommand, runs, type Outcome, type Register, type Session } from '../command.ts';
import { EXIT, failed, failureOf } from '../failure.ts';
import { duration, wholeNumber } from '../options.ts';
import { createProgress } from '../progress.ts';

const SEGMENTS = 4;
const SEGMENTS_MAX = 64;
/** More than any account has for one table without asking. */
const RCU_MAX = 1_000_000;

export const registerAudit: Register = (program, lifecycle) => {
  const command = describeCommand(program.command('audit'), {
    summary: 'prove the books from the log: every event, amount, number, row and notice',
    examples: [
      'audit',
      'audit --queues',
      'audit --segments 16 --max-rcu 500',
      'audit --json | jq -r "select(.type == \\"finding\\") | .streamId"',
    ],
  })
    .option(
      '--segments <n>',
      `parts of the log that are read side by side (1 to ${SEGMENTS_MAX})`,
      wholeNumber(1, SEGMENTS_MAX),
      SEGMENTS,
    )
    .option(
      '--max-rcu <n>',
      'read units of the log in a second at most, on the average of a few seconds',
      wholeNumber(1, RCU_MAX),
    )
    .option(
      '--grace <time>',
      'what is younger is in progress and no finding: 90s, 15m, 2h',
      duration,
      duration('15m'),
    )
    .option(
      '--queues',
      'look into both dead-letter queues and count the payments queue: is any open order forgotten?',
    )
    .addHelpText(
      'after',
      `
It changes nothing, and runs beside live traffic. It needs no gateway and, without --queues, no queue; dead
letters that --queues looks at are hidden from others for some seconds.
Exit code: 0 nothing was found, 1 something was, or it failed, 2 wrong usage or configuration.`,
    );
  runs(command, lifecycle, (session) =>
    auditBooks(session, command.opts<AuditCommandOptions>(), lifecycle.untilStopped()),
  );
};

const auditBooks = async (
  session: Session,
  options: AuditCommandOptions,
  signal: AbortSignal,
): Outcome => {
  const { output } = session;
  const log = openLog(session, options, signal);
  if (log.isErr()) return err(log.error);
  const { audit, part: logPart } = log.value;
  // Each further option adds a part here.
  const parts: readonly AuditPart[] = [logPart];

  const kept = createKept();
  const progress = createProgress(output, {
    unit: 'commits read',
    speed: { from: 0, rough: true },
  });
  const audited = await audit({
    segments: options.segments,
    readUnitsPerSecond: options.maxRcu,
    checks: parts.flatMap(({ checks = [] }) => checks),
    observers: parts.flatMap(({ observers = [] }) => observers),
    signal,
    onFinding: (finding: Finding) => {
      kept.add(finding);
      if (output.json) output.data({ type: 'finding', ...finding }, () => findingText(finding));
    },
    onProgress: ({ commits, commitsTotal, findings }) =>
      progress.update(commits, {
        facts: `${findings} findings`,
        ...(commitsTotal === undefined ? {} : { total: commitsTotal }),
      }),
  });
  progress.stop();
  if (audited.isErr()) return err(failureOf(audited.error satisfies AuditError));
  // A scan that is stopped ends without an error, and short.
  if (signal.aborted) {
    return err(failed('Aborted', 'stopped before the end: nothing is proven; run it again'));
  }
  for (const { finish } of parts) {
    const finished = await finish?.(audited.value);
    if (finished?.isErr() === true) return err(finished.error);
  }
  const now = Date.now();
  const about = { report: audited.value, waiting: logPart.waiting(), options, now };
  output.data(reportValue(about), () => reportText({ ...about, kept: kept.all() }));
  return ok(kept.count() === 0 ? EXIT.OK : EXIT.FAILED);
};
