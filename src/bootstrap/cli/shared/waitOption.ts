import { Option } from 'commander';
import { wholeNumber } from './options.ts';
import { WAIT_SECONDS, WAIT_SECONDS_MAX } from './send.ts';

export type WaitOptions = { readonly wait?: number };

export const waitOption = (): Option =>
  new Option(
    '--wait [seconds]',
    `look at the order until it is done, for at most so long (1 to ${WAIT_SECONDS_MAX}; ${WAIT_SECONDS} where no number is given)`,
  )
    .preset(String(WAIT_SECONDS))
    .argParser(wholeNumber(1, WAIT_SECONDS_MAX));

export const WAIT_HELP = `Exit code: 0 accepted (with --wait: done), 1 not accepted (not done, or not within that time),
2 wrong usage or configuration. What is not done in time goes on without this command.`;
