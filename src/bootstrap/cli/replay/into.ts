import { err, ok } from 'neverthrow';
import {
  NOTICED_MS,
  type RebuildError,
  type RebuildPhase,
  type RebuildResult,
} from '../../../application/readModel/rebuildInto.ts';
import type { CommandSteps, Session } from '../common/command.ts';
import { EXIT, failed, failureOf, type CliFailure, type ExitCode } from '../common/failure.ts';
import {
  STOPPED,
  notesOn,
  showFinding,
  checkpointFor,
  replayProgress,
  type ReplayCommandOptions,
} from './run.ts';

/** Rebuilds the rows in another table, compares it with the current one, and may switch to it. */
export const replayInto = async function* (
  session: Session,
  options: ReplayCommandOptions & { readonly into: string },
): CommandSteps {
  const { output } = session;
  const signal = session.untilStopped();
  const { segments, into: table, maxRcu, by = '', reason = '', wait } = options;
  const { rebuildInto, config } = yield* session.open({
    services: ['rebuildInto'],
    settings: ['AWS_REGION', 'EVENTS_TABLE'],
  });
  const { AWS_REGION: region, EVENTS_TABLE: events } = config;
  const run = { mode: 'into', region, events, invoices: table, segments } as const;
  const checkpoint = yield* checkpointFor(session, options, run);
  let progress: ReturnType<typeof replayProgress> | undefined;
  const enter = (phase: RebuildPhase, ms?: number): void => {
    progress?.stop();
    const { from } = checkpoint;
    const isReading = phase === 'rebuild' || phase === 'catch up';
    progress = isReading
      ? replayProgress(session, from?.part === phase ? from.place : undefined)
      : undefined;
    output.note(textOf(phase, { table, ms }));
  };
  const waitMs = wait === undefined ? NOTICED_MS : wait * 1_000;
  const done = await rebuildInto({
    table,
    segments,
    readUnitsPerSecond: maxRcu,
    signal,
    ...(checkpoint.from && { from: checkpoint.from }),
    ...(options.switch === true && { switching: { by, because: reason, waitMs } }),
    onPhase: enter,
    onProgress: (made) => progress?.update(made),
    onPlace: (part, place) => checkpoint.save({ part, place }),
    onFinding: (finding, where) => showFinding(finding, output, where),
  });
  progress?.stop();
  checkpoint.close(done.isOk() && done.value.outcome !== 'Stopped');
  if (done.isErr()) return err(rebuildFailure(done.error));
  if (done.value.outcome === 'Stopped') return err(failed('Aborted', STOPPED));
  output.data(done.value, () => summaryOf(done.value));
  return ok(exitCodeOf(done.value));
};

const textOf = (
  phase: RebuildPhase,
  { table, ms = 0 }: { readonly table: string; readonly ms: number | undefined },
): string => {
  switch (phase) {
    case 'rebuild':
      return `Rebuilding the invoices in ${table}.`;
    case 'compare':
      return `Comparing ${table} with the table in use, row by row, both ways.`;
    case 'wait':
      return `Switched. Waiting ${Math.ceil(ms / 1_000)} s until every process uses it.`;
    case 'catch up':
      return `Catching up: applying writes that reached the old table before the switch.`;
  }
};

const summaryOf = ({
  outcome,
  table,
  former,
  replayed,
  compared,
  caughtUp,
}: RebuildResult): string => {
  const lines = [
    ...(replayed === undefined
      ? []
      : [
          `${replayed.commits} commits read, ${replayed.invoices} invoices: ` +
            `${replayed.written} rows written to ${table}, ${replayed.alreadyThere} were ` +
            'there already.',
          ...notesOn(replayed),
        ]),
    ...(compared === undefined
      ? []
      : [
          `${compared.rows} rows compared: ${compared.differences} of ${former} and ` +
            `${compared.unfit} of ${table} are not what the events say.`,
        ]),
    ...(caughtUp === undefined ? [] : [`Caught up: ${caughtUp.written} rows written since.`]),
  ];
  switch (outcome) {
    case 'Rebuilt':
      return [...lines, `The invoices stay in ${former}; --switch moves them to ${table}.`].join(
        '\n',
      );
    case 'NotSwitched':
      return [
        ...lines,
        `Not switched: ${table} holds rows that no replay can correct. Take them out of ` +
          'it, or use another table.',
      ].join('\n');
    case 'Switched':
      return [...lines, `The invoices are in ${table} now; ${former} stays as it is.`].join('\n');
    case 'AlreadyCurrent':
      return [...lines, `The invoices are in ${table} already.`].join('\n');
    case 'Stopped':
      return STOPPED;
  }
};

/** Differences in the former table are no finding after the switch. */
const exitCodeOf = ({ outcome, replayed, compared, caughtUp }: RebuildResult): ExitCode => {
  const unreadable = (replayed?.unreadable ?? 0) + (caughtUp?.unreadable ?? 0);
  const { differences = 0, unfit = 0 } = compared ?? {};
  const isLeft = outcome === 'Switched' ? 0 : differences + unfit;
  return unreadable + isLeft === 0 ? EXIT.OK : EXIT.FAILED;
};

const rebuildFailure = (error: RebuildError): CliFailure => {
  switch (error.type) {
    case 'SwitchedElsewhere':
      return failed(
        error.type,
        `${error.by} has switched to ${error.table} meanwhile; nothing was switched`,
        ['Run it again: it compares with that table then.'],
      );
    case 'Uncertain':
      return failed(error.type, 'it is not known whether it was switched', [
        'Run it again: it goes on from what was done.',
      ]);
    case 'Conflict':
    case 'CommitTooLarge':
      return failed(error.type, 'the switch could not be recorded; run it again');
    case 'Unavailable':
    case 'Misconfigured':
    case 'CorruptStream':
    case 'CorruptRow':
      return failureOf(error);
  }
};
