import { InvalidArgumentError } from 'commander';

/** Reads a number given on the command line. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
    throw new InvalidArgumentError(`It has to be a whole number from ${min} to ${max}.`);
  };
