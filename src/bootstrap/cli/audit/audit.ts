import { InvalidArgumentError, Option } from 'commander';
import { err } from 'neverthrow';
import { defineCommand } from '../common/command.ts';
import { misused } from '../common/failure.ts';
import { duration, withScanOptions } from '../common/options.ts';
import { shareOfScan } from '../common/share.ts';
import { auditJoined } from './join.ts';
import { mistakesIn } from './mistakes.ts';
import type { AuditCommandOptions } from './run.ts';
import { auditOffline } from './offline.ts';
import { auditOnline } from './online.ts';
import { auditShare } from './share.ts';

const date = (text: string): number => {
  const time = /^\d{4}-\d{2}-\d{2}(T.*)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (time >= 0 && time <= Date.now()) return time;
  throw new InvalidArgumentError('It has to be a date that has been, such as 2026-01-31 (UTC).');
};

const sha256 = (text: string): string => {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('It has to be 64 hexadecimal digits.');
};

export const body = defineCommand<AuditCommandOptions>({
  examples: [
    'audit',
    'audit --queues',
    'audit --segments 16 --max-rcu 500',
    'audit --segments 16 --share 1/4',
    'audit --join audit-1-of-4.part.json audit-2-of-4.part.json …',
    'audit --gateway --gateway-since 2026-01-31',
    'audit --gateway --export evidence',
    'audit --offline evidence --manifest-sha256 5f2c…',
    'audit --json | jq -r "select(.type == \\"finding\\") | .streamId"',
  ],
  options: (command) =>
    withScanOptions(command)
      .addOption(
        new Option('--grace <time>', 'what is younger is in progress and no finding: 90s, 15m, 2h')
          .argParser(duration)
          .default(duration('15m'), '15m'),
      )
      .option(
        '--queues',
        'look into both dead-letter queues and count the payments queue: is any open order ' +
          'forgotten?',
      )
      .option('--gateway', 'compare the gateway’s own list of payments and refunds with the log')
      .option('--gateway-since <date>', 'only what the gateway made since then: 2026-01-31', date)
      .addOption(
        new Option(
          '--foreign-payments <what>',
          'what is done about what others move on the account: counted apart (the ' +
            'default); or judged if it names an order, and the rest reported or ignored',
        ).choices(['apart', 'report', 'ignore']),
      )
      .option('--no-record', 'do not record in the log that it was audited')
      .option(
        '--export <dir>',
        'write an evidence bundle to this folder, which must be empty or new',
      )
      .option(
        '--offline <dir>',
        'audit the bundle in this folder, without AWS, gateway or settings',
      )
      .option(
        '--manifest-sha256 <hash>',
        'with --offline: the line that the export printed',
        sha256,
      )
      .option(
        '--share <k/n>',
        'audit only this share of the segments, as one of n processes: 1/4, 2/4 …',
        shareOfScan,
      )
      .option(
        '--part <file>',
        'with --share: where to write what only all shares together decide; otherwise in the ' +
          'working directory or with the embedded data',
      )
      .option('--join <files...>', 'join the parts of all shares to the report of the whole'),
  help: `\
With INTENT_SEAL_KEYS set it checks the seals of all requests to move money, and otherwise says
that it did not. It changes nothing and runs beside live traffic. At its end it records that it was
made and what it counted, which \`paidonce status\` shows; with --no-record, or in a role that may
only read, it does not. It needs no gateway without
--gateway, and no queue without --queues; dead letters that --queues looks at are hidden from
others for some seconds. A bundle holds personal data: the ids and mail addresses of customers.
With --share several processes audit one log, all with the same options. Each writes a part and ends
with 0, whatever it found; --join prints the report that one process would have printed.
Exit code: 0 nothing was found, 1 something was, or it failed, 2 wrong usage or configuration.`,
  run: async function* (session, options, { isOptionGiven }) {
    const mistakes = mistakesIn(options, isOptionGiven);
    if (mistakes.length > 0) return err(misused('options that exclude each other', mistakes));
    const { offline: folder, share, join: files } = options;
    if (folder !== undefined) return auditOffline(session, { ...options, folder });
    if (files !== undefined) return yield* auditJoined(session, { ...options, files });
    return share === undefined
      ? yield* auditOnline(session, options)
      : yield* auditShare(session, { ...options, share });
  },
});
