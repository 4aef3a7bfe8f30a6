import { err, ok } from 'neverthrow';
import type { FloorError, FloorChange } from '../../../application/series/setFloor.ts';
import type { CommandOutcome, Session } from '../shared/command.ts';
import { EXIT, failed, failureOf, type CliFailure } from '../shared/failure.ts';
import { attributionFailure, type Attribution } from '../shared/attribution.ts';

export type FloorOptions = Attribution & {
  readonly above: number;
  readonly year?: number;
  readonly dryRun?: boolean;
};

export const setSeriesFloor = async (
  { open, output }: Session,
  series: string,
  { dryRun = false, ...options }: FloorOptions,
): CommandOutcome => {
  const unfit = attributionFailure(options);
  if (unfit !== undefined) return err(unfit);
  const opened = open({ services: ['setFloor'] });
  if (opened.isErr()) return err(opened.error);
  const set = await opened.value.setFloor({ series, ...options, dryRun });
  if (set.isErr()) return err(floorFailure(set.error));
  output.data(set.value, () => textOf(set.value));
  return ok(EXIT.OK);
};

const textOf = ({ type, series, year, before, next }: FloorChange): string => {
  switch (type) {
    case 'Set':
      return `The next number of ${series} in ${year} is ${next}; it would have been ${before}.`;
    case 'Kept':
      return `The next number of ${series} in ${year} is ${next} anyway; nothing was changed.`;
    case 'Foreseen':
      return `The next number of ${series} in ${year} would be ${next} instead of ${before}; nothing was changed.`;
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
