import { err, ok } from 'neverthrow';
import type { CommandOutcome, Session } from '../shared/command.ts';
import { EXIT, failed, failureOf } from '../shared/failure.ts';
import { notesOn, showFinding } from './report.ts';
import { checkpointFor, replayProgress, type ReplayCommandOptions } from './run.ts';

/** Rebuilds the rows in the table in use, or shows how they differ from the events. */
export const replayInPlace = async (
  session: Session,
  options: ReplayCommandOptions,
  signal: AbortSignal,
): CommandOutcome => {
  const { output } = session;
  const { segments, dryRun = false, maxRcu } = options;
  const opened = session.open({
    services: ['replayInvoices', 'invoices'],
    settings: ['AWS_REGION', 'EVENTS_TABLE'],
  });
  if (opened.isErr()) return err(opened.error);
  const { replayInvoices, invoices: rows, config } = opened.value;
  const { AWS_REGION: region, EVENTS_TABLE: events } = config;
  const current = await rows.current();
  if (current.isErr()) return err(failureOf(current.error));
  const mode = dryRun ? 'dry run' : 'rows';
  const run = { mode, region, events, invoices: current.value.table, segments } as const;
  const kept = checkpointFor(session, options, run);
  if (kept.isErr()) return err(kept.error);
  const checkpoint = kept.value;
  const from = checkpoint.from?.place;
  const progress = replayProgress(session, from);
  const replayed = await replayInvoices({
    segments,
    dryRun,
    readUnitsPerSecond: maxRcu,
    from,
    signal,
    onProgress: progress.update,
    onPlace: (place) => checkpoint.save('rebuild', place),
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
  output.data({ dryRun, resumed: from !== undefined, ...replayed.value }, () =>
    [`${commits} commits read, ${invoices} invoices: ${found}.`, ...notesOn(replayed.value)].join(
      '\n',
    ),
  );
  return ok(differences + unreadable === 0 ? EXIT.OK : EXIT.FAILED);
};

export const STOPPED = 'stopped before the end; go on with --resume';
