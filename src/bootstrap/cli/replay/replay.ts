import type { Command } from 'commander';
import { err } from 'neverthrow';
import { BY_CHARACTERS_MAX, textMistakes } from '../../../application/personText.ts';
import { NOTICED_MS } from '../../../application/readModel/rebuildInto.ts';
import { tableName } from '../../config/settingTypes.ts';
import { defineCommand, defineGroup } from '../common/command.ts';
import { misused } from '../common/failure.ts';
import { wholeNumber, withScanOptions } from '../common/options.ts';
import { shareMistakes, shareOfScan } from '../common/share.ts';
import { replayInPlace, type ReplayCommandOptions } from './run.ts';
import { replayInto } from './into.ts';

const WAIT_S_MAX = 600;
const REASON_CHARACTERS_MAX = 500;

const withOptions = (command: Command): Command =>
  withScanOptions(command)
    .option(
      '--share <k/n>',
      'read only this share of the segments, as one of n processes: 1/4, 2/4 …',
      shareOfScan,
    )
    .option('-n, --dry-run', 'write nothing; show row by row how the table differs from the events')
    .option('--resume', 'continue a run that was stopped or killed, from where it was')
    .option(
      '--checkpoint <file>',
      'where to keep how far it has come; otherwise in the working directory or with the ' +
        'embedded data',
    )
    .option('--into <table>', 'rebuild in this table, and compare it with the one in use')
    .option('--switch', 'with --into: make every process use that table')
    .option('--by <who>', `with --switch: who decides, 1 to ${BY_CHARACTERS_MAX} characters`)
    .option('--reason <text>', `with --switch: why, 1 to ${REASON_CHARACTERS_MAX} characters`)
    .option(
      '--wait <seconds>',
      `with --switch: until every process has noticed, ${NOTICED_MS / 1_000} if not ` +
        'given; less only where none runs',
      wholeNumber(0, WAIT_S_MAX),
    );

const invoicesCommand = defineCommand<ReplayCommandOptions>({
  examples: [
    'replay invoices',
    'replay invoices --dry-run',
    'replay invoices --segments 16 --max-rcu 500',
    'replay invoices --segments 16 --max-rcu 500 --resume',
    'replay invoices --segments 16 --share 1/4',
    'replay invoices --into invoices-2',
    'replay invoices --into invoices-2 --switch --by ada --reason "new layout of the rows"',
  ],
  options: withOptions,
  help: `\
Rows without an event in the log are shown and never deleted. With --into the rows are written to
another table, which is made if it is missing, and compared with the table in use. --switch makes
every process use it, and may be repeated at any point; switching back is the same command with
the former table.
Exit code: 0 done, 1 failed, or rows differ or streams cannot be read, 2 wrong usage or
configuration.`,
  run: async function* (session, options) {
    const mistakes = mistakesIn(options);
    if (mistakes.length > 0) return err(misused('these options do not go together', mistakes));
    const { into } = options;
    return into === undefined
      ? yield* replayInPlace(session, options)
      : yield* replayInto(session, { ...options, into });
  },
});

export const body = defineGroup([
  {
    name: 'invoices',
    summary: 'rebuild the invoice read model from the events alone; safe beside live traffic',
    body: invoicesCommand,
  },
]);

const mistakesIn = (options: ReplayCommandOptions): readonly string[] => {
  const { segments, share, into, dryRun, by, reason, wait } = options;
  const isSwitch = options.switch === true;
  return [
    ...shareMistakes(share, segments),
    ...(share !== undefined && into !== undefined
      ? ['--share and --into exclude each other: two tables are compared as a whole']
      : []),
    ...(into !== undefined && dryRun === true ? ['--into and --dry-run exclude each other'] : []),
    ...(into !== undefined && !tableName('').safeParse(into).success
      ? ['--into is not a table name: 3 to 255 letters, digits, _ . or -']
      : []),
    ...(isSwitch && into === undefined ? ['--switch needs --into'] : []),
    ...(isSwitch
      ? [
          ...textMistakes('--by', by ?? '', BY_CHARACTERS_MAX),
          ...textMistakes('--reason', reason ?? '', REASON_CHARACTERS_MAX),
        ]
      : []),
    ...(!isSwitch && (by ?? reason ?? wait) !== undefined
      ? ['--by, --reason and --wait go with --switch']
      : []),
  ];
};
