import { Option, type Command } from 'commander';
import { wholeNumber } from './options.ts';

export type FindOptions = { readonly scan?: number | undefined };

/** About 150,000 orders have as many. */
export const SCAN_COMMITS = 1_000_000;
const SCAN_COMMITS_MAX = 999_999_999;

/** Adds to a command the order that it is about, by whatever it is known. */
export const withOrder = (command: Command, { isOptional = false } = {}): Command =>
  command
    .argument(
      isOptional ? '[order]' : '<order>',
      'the order: its id, or what it is known by (see below)',
    )
    .addOption(scanOption());

export const scanOption = (): Option =>
  new Option(
    '--scan [commits]',
    `read the log for the order, so many commits at most (${SCAN_COMMITS} if no number is given)`,
  )
    .preset(String(SCAN_COMMITS))
    .argParser(wholeNumber(1, SCAN_COMMITS_MAX));

export const FIND_HELP = `\
<order> is an order's id; the number of its invoice or of a credit note; the gateway's id of its
payment, charge or refund (pi_…, ch_…, re_…; it needs STRIPE_SECRET_KEY); the id of its dead letter;
or the customer's mail address. For an address the log is read and, with --scan, also for the id of
a refund or of a message. An id counts before all others. What several orders have is refused, and
they are listed.`;
