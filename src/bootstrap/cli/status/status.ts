import { InvalidArgumentError, Option } from 'commander';
import { err, ok } from 'neverthrow';
import type { Clock } from '../../../application/ports/clock.ts';
import type { Usage } from '../../../application/ports/usage.ts';
import { costOfUsage, usageSince } from '../../../application/prices.ts';
import { createTotalsSince } from '../../../application/status/totals.ts';
import type { AuditConclusion } from '../../../domain/registry/events.ts';
import { defineCommand } from '../common/command.ts';
import { EXIT, failed } from '../common/failure.ts';
import { wholeNumber, withScanOptions, type ScanFlags } from '../common/options.ts';
import type { Output } from '../common/output.ts';
import { createProgress, type Progress } from '../common/progress.ts';
import { documentOf } from '../invoice/invoice.ts';
import { createCollectStatus, type StatusSources } from './collect.ts';
import { statusText, type CostedStatus } from './text.ts';

type StatusOptions = ScanFlags & {
  readonly watch?: number;
  readonly since?: number;
  readonly scan?: number;
  readonly logs: boolean;
  readonly deadLetters: boolean;
};

const WATCH_SECONDS = 10;
const WATCH_SECONDS_MAX = 3_600;
const SCAN_COMMITS = 1_000_000;
const SCAN_COMMITS_MAX = 999_999_999;

const date = (text: string): number => {
  const time = /^\d{4}-\d{2}-\d{2}(T.*)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (time >= 0 && time <= Date.now()) return time;
  throw new InvalidArgumentError('It has to be a date that has been, such as 2026-01-31 (UTC).');
};

export const body = defineCommand<StatusOptions>({
  examples: [
    'status',
    'status --watch',
    'status --since 2026-11-01',
    'status --scan --max-rcu 500',
    'status --json --embedded | jq .queues',
  ],
  options: (command) =>
    withScanOptions(
      command
        .addOption(
          new Option(
            '--watch [seconds]',
            `show it again and again, every so many seconds (${WATCH_SECONDS} if not given)`,
          )
            .preset(String(WATCH_SECONDS))
            .argParser(wholeNumber(1, WATCH_SECONDS_MAX)),
        )
        .option('--since <date>', 'totals since then; otherwise of today, in UTC', date)
        .addOption(
          new Option(
            '--scan [commits]',
            `read the log for open orders and reviews, ${SCAN_COMMITS} commits at most or so many`,
          )
            .preset(String(SCAN_COMMITS))
            .argParser(wholeNumber(1, SCAN_COMMITS_MAX))
            .conflicts('watch'),
        )
        .option('--no-logs', 'leave out what workers say: no circuits, no ages of messages')
        .option('--no-dead-letters', 'leave out what the dead letters say: no causes, no ages'),
    ),
  help: `\
It changes nothing. Without --scan it reads no more than the ends of the series, the rows of the
documents since --since, and the records of ten minutes; open orders and reviews are then those
that the last audit counted. Dead letters, 100 of each queue at most, are hidden from others while
they are looked at; a watch looks again when their number changes, or after five minutes.
With --json it prints one object, with --watch one for each look.
Exit code: 0 shown, 1 a part is not known, 2 wrong usage or configuration.`,
  run: async function* (session, options) {
    const { open, output, untilStopped } = session;
    const { logs, deadLetters: withDeadLetters, watch } = options;
    const { meter, clock, ...opened } = yield* open({
      services: ['countQueue', 'store', 'invoices', 'clock', 'meter'],
      also: [
        logs && 'logSearch',
        withDeadLetters && 'paymentsDlq',
        withDeadLetters && 'notificationsDlq',
      ],
    });
    const { store, invoices, paymentsDlq: payments, notificationsDlq: notifications } = opened;
    const signal = untilStopped();
    const progress = options.scan === undefined ? undefined : progressOf(output);
    const collect = createCollectStatus({
      clock,
      store,
      countQueue: opened.countQueue,
      totals: createTotals({ store, invoices, documentOf }, { clock, since: options.since }),
      logSearch: opened.logSearch,
      deadLetters: payments && notifications && { payments, notifications },
      scan: options.scan === undefined ? undefined : scanOf(options, options.scan, progress),
      signal,
    });
    for (;;) {
      const before = meter.usage();
      const status = await collect();
      progress?.stop();
      if (signal.aborted) {
        // A watch is ended like that.
        return watch === undefined ? err(failed('Aborted', 'stopped before the end')) : ok(EXIT.OK);
      }
      show(output, { ...status, cost: costSince(meter.usage(), before) }, watch !== undefined);
      if (watch === undefined) return ok(status.notKnown.length === 0 ? EXIT.OK : EXIT.FAILED);
      await clock.sleep(watch * 1_000, signal);
    }
  },
});

/** The screen is cleared where a person watches, so that the newest is always at its top. */
const CLEAR = '\u001B[H\u001B[2J';

const show = (output: Output, status: CostedStatus, isWatched: boolean): void => {
  if (isWatched && !output.json && output.stdout.isTTY === true) output.stdout.write(CLEAR);
  output.data(
    { ...status, ...(status.lastAudit && { lastAudit: madeOf(status.lastAudit) }) },
    (columns) => `${statusText(status, columns)}${isWatched ? '\n' : ''}`,
  );
};

/** What it counted is shown as what orders wait for. */
const madeOf = (audit: AuditConclusion) => {
  const { startedAt, endedAt, commits, findings, unchecked, manifestSha256 } = audit;
  const evidence = manifestSha256 === '' ? {} : { manifestSha256 };
  return { startedAt, endedAt, commits, findings, unchecked, ...evidence };
};

const costSince = (now: Usage, before: Usage): CostedStatus['cost'] => {
  const used = usageSince(now, before);
  const { readUnits, queueRequests } = used;
  return { readUnits, queueRequests, microUsd: costOfUsage(used) };
};

/** A watch that runs past midnight begins the next day's totals. */
const createTotals = (
  sources: Parameters<typeof createTotalsSince>[0],
  { clock, since }: { readonly clock: Pick<Clock, 'now'>; readonly since: number | undefined },
): (() => ReturnType<ReturnType<typeof createTotalsSince>>) => {
  let known:
    { readonly from: number; readonly read: ReturnType<typeof createTotalsSince> } | undefined;
  return () => {
    const from = since ?? Math.floor(clock.now() / DAY_MS) * DAY_MS;
    if (known?.from !== from) known = { from, read: createTotalsSince(sources, from) };
    return known.read();
  };
};

const DAY_MS = 86_400_000;

const progressOf = (output: Output): Progress =>
  createProgress(output, { unit: 'commits read', speed: { from: 0, rough: true } });

const scanOf = (
  { segments, maxRcu }: ScanFlags,
  commitsMax: number,
  progress: Progress | undefined,
): StatusSources['scan'] => ({
  segments,
  readUnitsPerSecond: maxRcu,
  commitsMax,
  onProgress: (commits, total) => progress?.update(commits, total === undefined ? {} : { total }),
});
