import { InvalidArgumentError, type Command } from 'commander';
import { err, ok, type Result } from 'neverthrow';
import ms, { type StringValue } from 'ms';
import { BY_CHARACTERS_MAX, textMistakes } from '../../../application/personText.ts';
import { EVIDENCE_CHARACTERS_MAX } from '../../../application/review/decision.ts';
import { misused, type CliFailure } from './failure.ts';

export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
    throw new InvalidArgumentError(`It has to be a whole number from ${min} to ${max}.`);
  };

/** Reads how long something lasts, in milliseconds, from `90m` or `3d`. */
export const duration = (text: string): number => {
  const read: number | undefined = isDuration(text) ? ms(text) : undefined;
  if (read !== undefined) return read;
  throw new InvalidArgumentError('It has to be a number with its unit, such as 90m, 12h or 3d.');
};

const isDuration = (text: string): text is StringValue => /^\d{1,9}(\.\d+)? ?[a-z]+$/i.test(text);

export const several = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  text,
];

const SEGMENTS = 4;
const SEGMENTS_MAX = 64;
/** No account has more for one table without asking. */
const RCU_MAX = 1_000_000;

export type ScanFlags = { readonly segments: number; readonly maxRcu?: number };

/** Adds the options for reading the whole log: the number of readers, and their budget. */
export const withScanOptions = (command: Command): Command =>
  command
    .option(
      '--segments <n>',
      `parts of the log that are read side by side (1 to ${SEGMENTS_MAX})`,
      wholeNumber(1, SEGMENTS_MAX),
      SEGMENTS,
    )
    .option(
      '--max-rcu <n>',
      'read units of the log in a second at most, on the average of a few seconds',
      wholeNumber(1, RCU_MAX),
    );

/** The person who decides something that is recorded for ever, and the reason. */
export type Attribution = { readonly by: string; readonly reason: string };

export const withAttribution = (
  command: Command,
  { by, reason = 'why' }: Pick<Attribution, 'by'> & Partial<Attribution>,
): Command =>
  command
    .requiredOption('--by <who>', `${by}, 1 to ${BY_CHARACTERS_MAX} characters`)
    .requiredOption('--reason <text>', `${reason}, 1 to ${EVIDENCE_CHARACTERS_MAX} characters`);

export const checkAttribution = ({ by, reason }: Attribution): Result<void, CliFailure> => {
  const mistakes = [
    ...textMistakes('by', by, BY_CHARACTERS_MAX),
    ...textMistakes('reason', reason, EVIDENCE_CHARACTERS_MAX),
  ];
  return mistakes.length === 0 ? ok() : err(misused('this cannot be recorded', mistakes));
};
