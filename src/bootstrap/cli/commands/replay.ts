import { err, ok } from 'neverthrow';
import type { Difference } from '../../../application/books/replayInvoices.ts';
import { createContainer } from '../../container.ts';
import { books } from '../../modules/application.ts';
import { awsTables, TABLE_SETTINGS } from '../../modules/aws.ts';
import { describeCommand, runs, type Outcome, type Register, type Session } from '../command.ts';
import { EXIT, failed, failureOf } from '../failure.ts';
import { wholeNumber } from '../options.ts';
import type { Output } from '../output.ts';
import { createProgress } from '../progress.ts';

const SEGMENTS = 4;
const SEGMENTS_MAX = 64;

type Options = { readonly dryRun?: boolean; readonly segments: number };

export const registerReplay: Register = (program, lifecycle) => {
  const replay = program.command('replay').description('rebuild what is derived from the events');
  const command = describeCommand(replay.command('invoices'), {
    summary: 'write the invoice read model anew from the events alone; safe beside live traffic',
    examples: ['replay invoices', 'replay invoices --dry-run', 'replay invoices --segments 16'],
  })
    .option('--dry-run', 'write nothing; show row by row how the table differs from the events')
    .option(
      '--segments <n>',
      `parts of the log that are read side by side (1 to ${SEGMENTS_MAX})`,
      wholeNumber(1, SEGMENTS_MAX),
      SEGMENTS,
    )
    .addHelpText(
      'after',
      `
Rows that nothing in the log stands for are shown and never deleted.
Exit code: 0 done, 1 failed, or the dry run found a difference, 2 wrong usage or configuration.`,
    );
  runs(command, lifecycle, (session) =>
    replayInvoices(session, command.opts<Options>(), lifecycle.untilStopped()),
  );
};

const replayInvoices = async (
  { config, output }: Session,
  { dryRun = false, segments }: Options,
  signal: AbortSignal,
): Outcome => {
  const settings = config(TABLE_SETTINGS);
  if (settings.isErr()) return err(settings.error);
  const { get } = createContainer(books, awsTables(settings.value));
  const progress = createProgress(output, { unit: 'commits read' });
  const replayed = await get('replayInvoices')({
    segments,
    dryRun,
    signal,
    onProgress: ({ commits, commitsTotal, invoices }) =>
      progress.update(commits, {
        facts: `${invoices} invoices`,
        ...(commitsTotal === undefined ? {} : { total: commitsTotal }),
      }),
    onDifference: (difference) => show(difference, output),
  });
  progress.stop();
  if (replayed.isErr()) return err(failureOf(replayed.error));
  // A scan that is stopped ends without an error, and short.
  if (signal.aborted) return err(failed('Aborted', 'stopped before the end; run it again'));
  const { commits, invoices, written, alreadyThere, differences } = replayed.value;
  const found = dryRun
    ? `${differences} rows differ from the events; nothing was written`
    : `${written} rows written, ${alreadyThere} were there already`;
  output.data(
    { dryRun, ...replayed.value },
    () => `${commits} commits read, ${invoices} invoices: ${found}.`,
  );
  return ok(differences === 0 ? EXIT.OK : EXIT.FAILED);
};

const show = (difference: Difference, output: Output): void =>
  output.data(difference, () => {
    const { orderId } = difference;
    switch (difference.type) {
      case 'Missing':
        return [`${orderId}: the row is missing`, `  + ${difference.expected.document}`].join('\n');
      case 'Unfounded':
        return [`${orderId}: no event stands for it`, `  - ${difference.found.document}`].join(
          '\n',
        );
      case 'Differs': {
        const { expected, found } = difference;
        return [
          `${orderId}: version ${found.version} instead of ${expected.version}`,
          `  - ${found.document}`,
          `  + ${expected.document}`,
        ].join('\n');
      }
    }
  });
