import { join } from 'node:path';
import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';
import type { OrderEventKind } from '../../../application/messages/index.ts';
import {
  sumReplayed,
  type EventsFinding,
  type ReplayEventsError,
  type ReplayedCounts,
  type ReplayedPlace,
} from '../../../application/orderEvents/replayEvents.ts';
import type { OrderEvents } from '../../../application/ports/orderEvents.ts';
import { queueUrl } from '../../config/settingTypes.ts';
import { VERSION } from '../../version.ts';
import { count, openCheckpoint, segmentPlace } from '../common/checkpoint.ts';
import type { CommandSteps, Session } from '../common/command.ts';
import { EXIT, failed, failureOf, misused, type CliFailure } from '../common/failure.ts';
import type { ScanFlags } from '../common/options.ts';
import type { Output } from '../common/output.ts';
import { createProgress } from '../common/progress.ts';
import { timeOf } from '../common/text.ts';

export type EventsReplayOptions = ScanFlags & {
  readonly since: number;
  readonly until?: number;
  readonly type?: readonly OrderEventKind[];
  readonly toQueue?: string;
  readonly rate: number;
  readonly dryRun?: boolean;
  readonly resume?: boolean;
  readonly checkpoint?: string;
};

/** A run with other values publishes other events, or publishes to others. */
type EventsRun = Readonly<
  Record<'mode' | 'region' | 'events' | 'to' | 'since' | 'until' | 'types' | 'release', string>
> & { readonly segments: number };

const text = z.string();

const Stored = z.strictObject({
  run: z.strictObject({
    mode: text,
    region: text,
    events: text,
    to: text,
    since: text,
    until: text,
    types: text,
    release: text,
    segments: count,
  }) satisfies z.ZodType<EventsRun>,
  segments: z.array(
    z.strictObject({
      place: segmentPlace,
      counts: z.strictObject({
        commits: count,
        orders: count,
        published: z.record(text, count),
        refused: count,
        unreadable: count,
      }),
    }),
  ),
});

export const replayEvents = async function* (
  session: Session,
  options: EventsReplayOptions,
): CommandSteps {
  const { output } = session;
  const signal = session.untilStopped();
  const { segments, since, until, type, toQueue, rate, dryRun = false, maxRcu } = options;
  yield* checkOptions(options);
  const opened = yield* session.open({
    services: ['replayEvents', 'orderEvents', 'clock'],
    also: [toQueue !== undefined && 'openQueue'],
    settings: ['AWS_REGION', 'EVENTS_TABLE', 'ORDER_EVENTS_TOPIC_ARN'],
  });
  const { AWS_REGION: region, EVENTS_TABLE: events, ORDER_EVENTS_TOPIC_ARN: topic } = opened.config;
  if (since > opened.clock.now()) return err(misused('--since is in the future'));
  const target = yield* targetOf(opened, options);
  const run: EventsRun = {
    mode: dryRun ? 'dry run' : 'publish',
    region,
    events,
    to: toQueue ?? topic ?? '',
    since: timeOf(since),
    until: until === undefined ? '' : timeOf(until),
    types: [...new Set(type)].toSorted().join(),
    release: VERSION,
    segments,
  };
  const checkpoint = yield* openCheckpoint<EventsRun, ReplayedPlace>({
    path: options.checkpoint ?? join(session.embedded?.dataDir ?? '.', fileOf(dryRun)),
    isChosen: options.checkpoint !== undefined,
    run,
    stored: Stored,
    begin: { segments: [] },
    resume: options.resume === true,
    output,
  });
  const { from } = checkpoint;
  const before = sumReplayed((from?.segments ?? []).map(({ counts }) => counts)).commits;
  const progress = createProgress(output, {
    unit: 'commits read',
    speed: { from: before, rough: true },
  });
  const replayed = await opened.replayEvents(target, {
    segments,
    since,
    eventsPerSecond: rate,
    readUnitsPerSecond: maxRcu,
    from,
    signal,
    ...(until !== undefined && { until }),
    ...(type !== undefined && { kinds: new Set(type) }),
    onProgress: ({ commits, commitsTotal, published }) =>
      progress.update(commits, {
        facts: `${sumOf(published)} events`,
        ...(commitsTotal === undefined ? {} : { total: commitsTotal }),
      }),
    onPlace: checkpoint.save,
    onFinding: (finding) => showFinding(finding, output),
  });
  progress.stop();
  const isFinished = replayed.isOk() && !signal.aborted;
  checkpoint.close(isFinished);
  if (signal.aborted) return err(failed('Aborted', STOPPED));
  if (replayed.isErr()) return err(replayFailure(replayed.error));
  const counts = replayed.value;
  const about = { dryRun, resumed: from !== undefined };
  output.data({ ...about, ...counts }, () => summaryOf(counts, dryRun));
  return ok(counts.refused + counts.unreadable === 0 ? EXIT.OK : EXIT.FAILED);
};

const STOPPED = 'stopped before the end; go on with --resume';

const fileOf = (dryRun: boolean): string =>
  `events-replay${dryRun ? '-dry-run' : ''}.checkpoint.json`;

const checkOptions = ({ since, until, toQueue }: EventsReplayOptions): Result<void, CliFailure> => {
  const mistakes = [
    ...(until !== undefined && until <= since ? ['--until is not after --since'] : []),
    ...(toQueue !== undefined && !queueUrl('').safeParse(toQueue).success
      ? ['--to-queue is not the URL of a standard queue']
      : []),
  ];
  return mistakes.length === 0 ? ok() : err(misused('this cannot be published', mistakes));
};

type Target = Pick<OrderEvents, 'publish'>;

const targetOf = (
  {
    orderEvents,
    openQueue,
  }: {
    readonly orderEvents: OrderEvents | 'none';
    readonly openQueue?: (url: string) => Target;
  },
  { toQueue, dryRun = false }: EventsReplayOptions,
): Result<Target | 'dry run', CliFailure> => {
  if (dryRun) return ok('dry run');
  if (toQueue !== undefined && openQueue !== undefined) return ok(openQueue(toQueue));
  if (orderEvents !== 'none') return ok(orderEvents);
  return err(misused('ORDER_EVENTS_TOPIC_ARN is not set, and --to-queue names no queue'));
};

const sumOf = (published: ReplayedCounts['published']): number =>
  Object.values(published).reduce((sum, each) => sum + each, 0);

const showFinding = (finding: EventsFinding, output: Output): void =>
  output.data(finding, () =>
    finding.type === 'Refused'
      ? `${finding.id}: refused for ever: ${finding.code}`
      : `${finding.streamId}: ${failureOf(finding.corrupt).message}`,
  );

const summaryOf = (
  { commits, orders, published, refused, unreadable }: ReplayedCounts,
  dryRun: boolean,
): string =>
  [
    `${commits} commits read; ${sumOf(published)} events of ${orders} orders ` +
      `${dryRun ? 'would be published' : 'published again'}.`,
    ...Object.entries(published).map(([type, each]) => `  ${type}: ${each}`),
    ...(refused === 0 ? [] : [`${refused} events were refused for ever.`]),
    ...(unreadable === 0 ? [] : [`${unreadable} streams cannot be read.`]),
  ].join('\n');

const replayFailure = (error: ReplayEventsError): CliFailure =>
  error.type === 'NotPublished'
    ? failed(error.type, `an event was not taken: ${error.code}`, ['Go on with --resume.'])
    : failureOf(error);
