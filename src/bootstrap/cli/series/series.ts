import { InvalidArgumentError } from 'commander';
import { ok } from 'neverthrow';
import { FLOOR_MAX } from '../../../domain/series/index.ts';
import { defineCommand, defineGroup } from '../common/command.ts';
import {
  checkAttribution,
  wholeNumber,
  withAttribution,
  type Attribution,
} from '../common/options.ts';
import type { SeriesListing } from '../../../application/series/listSeries.ts';
import { EXIT, failureOf, failed, type CliFailure } from '../common/failure.ts';
import { tableOf } from '../common/table.ts';
import { timeOf } from '../common/text.ts';
import type { FloorError, FloorChange } from '../../../application/series/setFloor.ts';

const listCommand = defineCommand({
  examples: ['series list', 'series list --json | jq -r .registered.format'],
  help: 'It changes nothing.\nExit code: 0 listed, 1 failed, 2 wrong usage or configuration.',
  run: async function* ({ open, output }) {
    const { listSeries, config } = yield* open({
      services: ['listSeries'],
      settings: ['INVOICE_SERIES', 'CREDIT_NOTE_SERIES'],
    });
    const listed = yield* listSeries([config.INVOICE_SERIES, config.CREDIT_NOTE_SERIES]).mapErr(
      failureOf,
    );
    if (output.json) {
      for (const { date, ...each } of listed) {
        output.data({ ...each, ...(each.version > 0 && { date }) }, () => '');
      }
      return ok(EXIT.OK);
    }
    output.line((columns) => tableOf(HEAD, listed.map(rowOf), { right: [3], columns }));
    for (const { series } of listed.filter(({ isAhead }) => isAhead)) {
      output.note(`${series} ends in the future: \`paidonce doctor\` says what to do.`);
    }
    return ok(EXIT.OK);
  },
});

const floorCommand = defineCommand<FloorOptions>({
  examples: [
    'series floor INV --above 1234 --by ada --reason "restored; the last mail showed ' +
      '1234" --dry-run',
    'series floor INV --above 1234 --year 2026 --by ada --reason "restored"',
  ],
  options: (command) =>
    withAttribution(
      command
        .argument('<series>', 'the name of the series')
        .requiredOption('--above <n>', 'the highest number that somebody holds', number)
        .option(
          '--year <y>',
          'refuse where its next number is one of another year',
          wholeNumber(1970, 9999),
        ),
      { by: 'who decides' },
    ).option('-n, --dry-run', 'do nothing; say what would be done'),
  help: `\
The next number is the one after <n>, at the earliest: recorded for ever, with who and why, so
that the gap is explained. Numbers begin again with the year. A floor is never lowered; the same
again changes nothing. After a restore, set the floors before a worker starts.
Exit code: 0 set, or no such number would have been given, 1 refused or failed, 2 wrong usage or
configuration.`,
  run: async function* ({ open, output }, { dryRun = false, ...options }, { args: [series = ''] }) {
    yield* checkAttribution(options);
    const { setFloor } = yield* open({ services: ['setFloor'] });
    const set = await setFloor({ series, ...options, dryRun });
    const change = yield* set.mapErr(floorFailure);
    output.data(change, () => textOf(change));
    return ok(EXIT.OK);
  },
});

const number = (text: string): number => {
  if (/^[1-9]\d{0,11}$/.test(text) && Number(text) <= FLOOR_MAX) return Number(text);
  throw new InvalidArgumentError(`It has to be a whole number from 1 to ${FLOOR_MAX}.`);
};

const HEAD = ['series', 'documents', 'year', 'next', 'printed as', 'newest'];

const rowOf = ({ series, registered, version, date, next }: SeriesListing): readonly string[] => [
  series,
  registered?.documents ?? '-',
  String(next.year),
  String(next.number),
  registered?.format ?? 'not registered yet',
  version === 0 ? '-' : timeOf(date),
];

type FloorOptions = Attribution & {
  readonly above: number;
  readonly year?: number;
  readonly dryRun?: boolean;
};

const textOf = ({ type, series, year, before, next }: FloorChange): string => {
  switch (type) {
    case 'Set':
      return `The next number of ${series} in ${year} is ${next}; it would have been ${before}.`;
    case 'Kept':
      return `The next number of ${series} in ${year} is ${next} anyway; nothing was changed.`;
    case 'Foreseen':
      return (
        `The next number of ${series} in ${year} would be ${next} instead of ${before}; ` +
        'nothing was changed.'
      );
  }
};

const floorFailure = (error: FloorError): CliFailure => {
  switch (error.type) {
    case 'FloorRefused':
      return failed(error.type, 'the floor is refused', error.why);
    case 'Conflict':
      return failed(error.type, 'workers number all the time: run it again');
    case 'Uncertain':
      return failed(error.type, 'it is not known whether the floor was stored: run it again');
    case 'CommitTooLarge':
      return failed(error.type, `a commit of ${error.bytes} bytes is too large to store`);
    case 'Unavailable':
    case 'Misconfigured':
    case 'CorruptStream':
      return failureOf(error);
  }
};

export const body = defineGroup([
  {
    name: 'list',
    summary: 'list every series: how it is printed for ever, and which number is next',
    body: listCommand,
  },
  {
    name: 'floor',
    summary: 'keep numbers from being given that customers hold already, after a restore',
    body: floorCommand,
  },
]);
