import { InvalidArgumentError } from 'commander';
import ms, { type StringValue } from 'ms';

/** Reads a number given on the command line. */
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

/** Of an option that may be given more than once. */
export const several = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  text,
];
