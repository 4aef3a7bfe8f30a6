import { err, ok, type Result } from 'neverthrow';
import type { UndoneErasure } from '../../../application/erasure/reapplyErasures.ts';
import type { Session } from '../common/command.ts';
import { confirm } from '../common/confirm.ts';
import { EXIT, failed, failureOf, type CliFailure, type ExitCode } from '../common/failure.ts';
import { createProgress } from '../common/progress.ts';
import type { Attribution, ScanFlags } from '../common/options.ts';
import { eraseFailure } from './failure.ts';

type ReapplyFlags = Attribution & ScanFlags & { readonly yes?: boolean; readonly dryRun?: boolean };

/** Erases again whoever was erased according to the log, and not according to the table of keys. */
export const reapply = async (
  session: Session,
  { by, reason, dryRun = false, yes = false, segments, maxRcu }: ReapplyFlags,
): Promise<Result<ExitCode, CliFailure>> => {
  const { output } = session;
  const opened = await session.open({ services: ['reapplyErasures'] });
  if (opened.isErr()) return err(opened.error);
  if (!dryRun && !yes) {
    const confirmed = await confirm(session, QUESTION);
    if (confirmed.isErr()) return err(confirmed.error);
  }
  const progress = createProgress(output, { unit: 'commits read' });
  const signal = session.untilStopped();
  let younger = 0;
  const done = await opened.value.reapplyErasures({
    dryRun,
    said: { by, reason },
    segments,
    readUnitsPerSecond: maxRcu,
    signal,
    onProgress: ({ commits, found, commitsTotal: total }) =>
      progress.update(commits, { facts: `${found} found`, ...(total !== undefined && { total }) }),
    onUndone: (undone) => {
      younger += undone.younger.length;
      output.data({ ...undone, ...(dryRun && { dryRun }) }, () => textOf(undone, dryRun));
    },
    onUnreadable: (stream) => output.failure(failureOf(stream)),
  });
  progress.stop();
  if (done.isErr()) return err(eraseFailure(done.error));
  // A scan that is stopped ends without an error, and short.
  if (signal.aborted) return err(failed('Aborted', 'stopped before the end; run it again'));
  const { persons, undone, commits, unreadable } = done.value;
  output.note(
    `${commits} commits read: ${persons} erased persons, ${undone} of them with keys that were ` +
      `not ended${dryRun ? '; nothing was erased' : ''}.`,
  );
  // A scheduled dry run notices by its exit code that keys came back.
  const isToDo = dryRun && undone > 0;
  return ok(unreadable + younger === 0 && !isToDo ? EXIT.OK : EXIT.FAILED);
};

const QUESTION = {
  question: 'Erase again everyone who was erased and has a key? That cannot be undone.',
  otherwise: 'nothing was erased',
};

const textOf = ({ owner, keys, younger }: UndoneErasure, dryRun: boolean): string =>
  [
    ...keys.map(({ name }) => `${owner}: ${name} ${dryRun ? 'is to be ended' : 'is ended'}`),
    ...younger.map((name) => `${owner}: ${name} was made since, and is left as it is`),
  ].join('\n');
