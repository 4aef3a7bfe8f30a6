import { InvalidArgumentError, type Command } from 'commander';
import { FLOOR_MAX } from '../../../domain/series/index.ts';
import { describeCommand, runs, type Register } from '../shared/command.ts';
import type { Lifecycle } from '../shared/lifecycle.ts';
import { wholeNumber } from '../shared/options.ts';
import { LIMITS } from '../shared/attribution.ts';
import { setSeriesFloor, type FloorOptions } from './floor.ts';
import { listAllSeries } from './list.ts';

export const registerSeries: Register = (program, lifecycle) => {
  const series = program
    .command('series')
    .description('the series in which invoices and credit notes are numbered: list, floor');
  registerList(series, lifecycle);
  registerFloor(series, lifecycle);
};

const registerList = (series: Command, lifecycle: Lifecycle): void => {
  const command = describeCommand(series.command('list'), {
    summary: 'list every series: how it is printed for ever, and which number is next',
    examples: ['series list', 'series list --json | jq -r .registered.format'],
  }).addHelpText(
    'after',
    '\nIt changes nothing.\nExit code: 0 listed, 1 failed, 2 wrong usage or configuration.',
  );
  runs(command, lifecycle, listAllSeries);
};

const registerFloor = (series: Command, lifecycle: Lifecycle): void => {
  const command = describeCommand(series.command('floor'), {
    summary: 'keep numbers from being given that customers hold already, after a restore',
    examples: [
      'series floor INV --above 1234 --by ada --reason "restored; the last mail showed 1234" --dry-run',
      'series floor INV --above 1234 --year 2026 --by ada --reason "restored"',
    ],
  })
    .argument('<series>', 'the name of the series')
    .requiredOption('--above <n>', 'the highest number that somebody holds', number)
    .option(
      '--year <y>',
      'refuse where its next number is one of another year',
      wholeNumber(1970, 9999),
    )
    .requiredOption('--by <who>', `who decides, ${LIMITS.by}`)
    .requiredOption('--reason <text>', `why, ${LIMITS.reason}`)
    .option('--dry-run', 'do nothing; say what would be done')
    .addHelpText(
      'after',
      `
The next number is the one after <n>, at the earliest: recorded for ever, with who and why, so that the gap is
explained. Numbers begin anew with the year. A floor is never lowered; the same again changes nothing. After a restore,
set the floors before a worker starts.
Exit code: 0 set, or no such number would have been given, 1 refused or failed, 2 wrong usage or configuration.`,
    );
  runs(command, lifecycle, (session) =>
    setSeriesFloor(session, command.args[0] ?? '', command.opts<FloorOptions>()),
  );
};

const number = (text: string): number => {
  if (/^[1-9]\d{0,11}$/.test(text) && Number(text) <= FLOOR_MAX) return Number(text);
  throw new InvalidArgumentError(`It has to be a whole number from 1 to ${FLOOR_MAX}.`);
};
