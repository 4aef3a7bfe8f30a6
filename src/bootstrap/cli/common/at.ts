import { InvalidArgumentError, type Command } from 'commander';
import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';
import type { LogPrefix, LogMoment } from '../../../application/log/asOf.ts';
import { misused, type CliFailure } from './failure.ts';
import { FIND_HELP, withOrder } from './orderArgument.ts';
import { timeOf } from './text.ts';

/** A moment, and the words in which it was asked for. */
export type At = { readonly asked: string; readonly moment: LogMoment };

const FORMS =
  'It has to be a version (from 1), a time with its zone such as 2026-06-15T12:00:00Z, ' +
  'or a day such as 2026-06-15 (to its end, in UTC).';

const version = z.stringFormat('version', /^[1-9]\d{0,8}$/u);
const time = z.iso.datetime({ offset: true });
const day = z.iso.date();

/** Reads `--at`: whole numbers are versions. */
export const parseAt = (asked: string): At => {
  if (version.safeParse(asked).success) {
    return { asked, moment: { type: 'Version', version: Number(asked) } };
  }
  const at = timeAt(asked, 'T23:59:59.999Z');
  if (at === undefined) throw new InvalidArgumentError(FORMS);
  return { asked, moment: { type: 'Time', at } };
};

/** A time with its zone, or a day of UTC at that time of it; undefined if it is neither. */
const timeAt = (asked: string, ofDay: string): number | undefined => {
  const text = day.safeParse(asked).success ? `${asked}${ofDay}` : asked;
  return time.safeParse(text).success ? Date.parse(text) : undefined;
};

/** Reads `--since` and `--until`: a day begins at its first moment. */
export const parseTime = (asked: string): number => {
  const at = timeAt(asked, 'T00:00:00.000Z');
  if (at !== undefined) return at;
  throw new InvalidArgumentError(
    'It has to be a time with its zone such as 2026-06-15T12:00:00Z, or a day such as 2026-06-15 ' +
      '(its beginning, in UTC).',
  );
};

/** Adds an order, and `--at`, to a command. */
export const withAt = (command: Command): Command =>
  withOrder(command).option(
    '--at <version|time>',
    'as it was at a version of its stream, or at a time',
    parseAt,
  );

export const AT_HELP = `\
${FIND_HELP}
--at takes a version, as the history of \`order\` numbers them; a time with its zone; or a day,
which means its end in UTC. What was appended at once is shown at once, so that version 3 may show
4, too. Clocks of writers differ and versions order: a time ends the history before the first
commit that was written after it.
Exit code: 0 shown, 1 it is not there, or was not at that moment, 2 wrong usage or configuration.`;

/** A moment has to be in the past. */
export const checkPast = (now: number, at: At | undefined): Result<void, CliFailure> =>
  at?.moment.type === 'Time' && at.moment.at > now && !isToday(now, at.asked)
    ? err(misused(`--at ${at.asked} is in the future; it is ${timeOf(now)} now`))
    : ok();

const isToday = (now: number, asked: string): boolean =>
  asked === new Date(now).toISOString().slice(0, 10);

export const asOfJson = (
  { asked }: At,
  { version: shown, at, latestVersion, misdated }: LogPrefix,
) => ({
  asked,
  version: shown,
  committedAt: new Date(at).toISOString(),
  latestVersion,
  misdated,
});

export const asOfText = ({ asked }: At, asOf: LogPrefix): string => {
  const { version: shown, at, latestVersion, misdated } = asOf;
  const later = latestVersion - shown;
  const rest = later === 0 ? 'the latest' : `later events left out: ${later}`;
  return [
    `as of ${asked}: version ${shown}, written at ${timeOf(at)}; ${rest}`,
    ...(misdated === 0
      ? []
      : [`among them ${misdated} that were written before that time by other clocks`]),
  ].join('\n');
};
