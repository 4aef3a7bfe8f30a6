import { join } from 'node:path';
import { err, ok } from 'neverthrow';
import {
  sumCounts,
  type ReplayPlace,
  type ReplayFinding,
  type ReplayCounts,
} from '../../../application/readModel/replayCounts.ts';
import type { ScanShare } from '../../../application/log/scanStreams.ts';
import type { ReplayProgress } from '../../../application/readModel/replayInvoices.ts';
import { VERSION } from '../../version.ts';
import type { CommandSteps, Session } from '../common/command.ts';
import { createProgress } from '../common/progress.ts';
import { openCheckpoint } from '../common/checkpoint.ts';
import { BEGINNING, StoredReplay, type ReplayPosition, type ReplayRun } from './checkpoint.ts';
import type { ScanFlags } from '../common/options.ts';
import { failureOf, EXIT, failed } from '../common/failure.ts';
import { shareInName, shareText } from '../common/share.ts';
import type { Output } from '../common/output.ts';

export type ReplayCommandOptions = ScanFlags & {
  readonly dryRun?: boolean;
  readonly share?: ScanShare;
  readonly resume?: boolean;
  readonly checkpoint?: string;
  readonly into?: string;
  readonly switch?: boolean;
  readonly by?: string;
  readonly reason?: string;
  readonly wait?: number;
};

/** The names of the default files: one for each kind of run. */
const FILES: Readonly<Record<ReplayRun['mode'], string>> = {
  rows: 'replay-invoices',
  'dry run': 'replay-invoices-dry-run',
  into: 'replay-invoices-into',
};

export const checkpointFor = (
  { embedded, output }: Session,
  { checkpoint, resume = false, share }: ReplayCommandOptions,
  run: Omit<ReplayRun, 'release' | 'share'>,
) =>
  openCheckpoint<ReplayRun, ReplayPosition>({
    path: checkpoint ?? join(embedded?.dataDir ?? '.', fileOf(run.mode, share)),
    isChosen: checkpoint !== undefined,
    run: { ...run, share: shareText(share ?? WHOLE), release: VERSION },
    stored: StoredReplay,
    begin: BEGINNING,
    resume,
    output,
  });

const WHOLE: ScanShare = { share: 1, of: 1 };

const fileOf = (mode: ReplayRun['mode'], share: ScanShare | undefined): string =>
  `${FILES[mode]}${share === undefined ? '' : `-${shareInName(share)}`}.checkpoint.json`;

export const replayProgress = ({ output }: Session, from: ReplayPlace | undefined) => {
  const before = sumCounts((from?.segments ?? []).map(({ counts }) => counts)).commits;
  const speed = { from: before, rough: true };
  const progress = createProgress(output, { unit: 'commits read', speed });
  return {
    stop: (): void => progress.stop(),
    update: ({ commits, commitsTotal, invoices, throttles }: ReplayProgress): void =>
      progress.update(commits, {
        facts: `${invoices} invoices${throttles === 0 ? '' : `, throttled ${throttles} times`}`,
        ...(commitsTotal === undefined ? {} : { total: commitsTotal }),
      }),
  };
};

/** Shows one row, or one stream, as soon as it is found. */
export const showFinding = (
  finding: ReplayFinding,
  output: Output,
  table?: 'current' | 'rebuilt',
): void =>
  output.data(table === undefined ? finding : { ...finding, table }, () => {
    const where = table === 'rebuilt' ? ' in the rebuilt table' : '';
    switch (finding.type) {
      case 'Missing':
        return [
          `${finding.orderId}: the row is missing${where}`,
          `  + ${finding.expected.document}`,
        ].join('\n');
      case 'Unfounded':
        return [
          `${finding.orderId}: no event is the source of it${where}`,
          `  - ${finding.found.document}`,
        ].join('\n');
      case 'Differs':
        return [
          `${finding.orderId}: version ${finding.found.version} instead of ` +
            `${finding.expected.version}${where}`,
          `  - ${finding.found.document}`,
          `  + ${finding.expected.document}`,
        ].join('\n');
      case 'RowTooLarge':
        return `${finding.orderId}: no row can hold the invoice of ${finding.bytes} bytes`;
      case 'Unreadable':
        return `${finding.streamId}: ${failureOf(finding.corrupt).message}`;
    }
  });

/** Notes for people, beside the numbers. */
export const notesOn = ({ upcast, unreadable }: ReplayCounts): readonly string[] => [
  ...(unreadable === 0
    ? []
    : [`${unreadable} streams cannot be read; the rows of their orders were left as they are.`]),
  ...(Object.keys(upcast).length === 0
    ? []
    : [
        `Events stored in an older shape: ${Object.entries(upcast)
          .map(([shape, count]) => `${shape} ${count}`)
          .join(', ')}.`,
      ]),
];

/** Rebuilds the rows in the table in use, or shows how they differ from the events. */
export const replayInPlace = async function* (
  session: Session,
  options: ReplayCommandOptions,
): CommandSteps {
  const { output } = session;
  const signal = session.untilStopped();
  const { segments, share, dryRun = false, maxRcu } = options;
  const {
    replayInvoices,
    invoices: rows,
    config,
  } = yield* session.open({
    services: ['replayInvoices', 'invoices'],
    settings: ['AWS_REGION', 'EVENTS_TABLE'],
  });
  const { AWS_REGION: region, EVENTS_TABLE: events } = config;
  const current = yield* rows.current().mapErr(failureOf);
  const mode = dryRun ? 'dry run' : 'rows';
  const run = { mode, region, events, invoices: current.table, segments } as const;
  const checkpoint = yield* checkpointFor(session, options, run);
  const from = checkpoint.from?.place;
  const progress = replayProgress(session, from);
  const replayed = await replayInvoices({
    segments,
    share,
    dryRun,
    readUnitsPerSecond: maxRcu,
    from,
    signal,
    onProgress: progress.update,
    onPlace: (place) => checkpoint.save({ part: 'rebuild', place }),
    onFinding: (finding) => showFinding(finding, output),
  });
  progress.stop();
  const isFinished = replayed.isOk() && !signal.aborted;
  checkpoint.close(isFinished);
  if (replayed.isErr()) return err(failureOf(replayed.error));
  // A scan that is stopped ends without an error, and short.
  if (!isFinished) return err(failed('Aborted', STOPPED));
  const { commits, invoices, written, alreadyThere, differences, unreadable } = replayed.value;
  const found = dryRun
    ? `${differences} rows differ from the events; nothing was written`
    : `${written} rows written, ${alreadyThere} were there already`;
  const about = { dryRun, resumed: from !== undefined };
  const ofShare = share === undefined ? {} : { share: shareText(share) };
  output.data({ ...about, ...ofShare, ...replayed.value }, () =>
    [`${commits} commits read, ${invoices} invoices: ${found}.`, ...notesOn(replayed.value)].join(
      '\n',
    ),
  );
  return ok(differences + unreadable === 0 ? EXIT.OK : EXIT.FAILED);
};

export const STOPPED = 'stopped before the end; go on with --resume';
