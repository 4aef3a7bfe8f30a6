import { InvalidArgumentError, type Command } from 'commander';
import {
  ORDER_EVENT_KINDS,
  typeOf,
  type OrderEventKind,
} from '../../../application/messages/index.ts';
import { parseTime } from '../common/at.ts';
import { defineCommand, defineGroup } from '../common/command.ts';
import { several, wholeNumber, withScanOptions } from '../common/options.ts';
import { replayEvents, type EventsReplayOptions } from './replay.ts';

const RATE = 100;
const RATE_MAX = 10_000;

/** Reads the name of a type with `paidonce.` before it, or without. */
const typeNamed = (text: string): OrderEventKind => {
  const kind = ORDER_EVENT_KINDS.find((known) => text === known || text === typeOf(known));
  if (kind !== undefined) return kind;
  throw new InvalidArgumentError(`It has to be one of ${ORDER_EVENT_KINDS.join(', ')}.`);
};

const withOptions = (command: Command): Command =>
  withScanOptions(command)
    .requiredOption('--since <time>', 'events of this time and later, or of a day', parseTime)
    .option('--until <time>', 'events before this time, or before a day', parseTime)
    .option(
      '--type <type>',
      'only events of this type, such as order.paid.v1; may be repeated',
      (text: string, before?: readonly OrderEventKind[]) => {
        const kind = typeNamed(text);
        return several(kind, before) as readonly OrderEventKind[];
      },
    )
    .option('--to-queue <url>', 'send them to this standard queue of SQS, and not to the topic')
    .option(
      '--rate <n>',
      `events in a second at most (1 to ${RATE_MAX})`,
      wholeNumber(1, RATE_MAX),
      RATE,
    )
    .option('-n, --dry-run', 'publish nothing; count what would be published')
    .option('--resume', 'continue a run that was stopped or killed, from where it was')
    .option(
      '--checkpoint <file>',
      'where to keep how far it has come; otherwise in the working directory or with the ' +
        'embedded data',
    );

const replayCommand = defineCommand<EventsReplayOptions>({
  examples: [
    'events replay --since 2026-11-01 --dry-run',
    'events replay --since 2026-11-01 --type order.paid.v1 --type order.refunded.v1',
    'events replay --since 2026-11-01T00:00:00Z --until 2026-11-02T00:00:00Z --rate 20',
    'events replay --since 2026-01-01 --to-queue https://sqs.eu-central-1.amazonaws.com/1/revenue',
    'events replay --since 2026-11-01 --resume',
  ],
  options: withOptions,
  help: `\
Publishes again what others have heard, or would have: with the same ids, and marked as replayed by
an attribute and by a member of the event. Every subscriber of the topic gets it; --to-queue is for
one of them alone. A FIFO topic drops what it has had within five minutes.
Exit code: 0 done, 1 failed, or events were refused or streams cannot be read, 2 wrong usage or
configuration.`,
  run: replayEvents,
});

export const body = defineGroup([
  {
    name: 'replay',
    summary: 'publish order events again from the log, for who lost them or is new',
    body: replayCommand,
  },
]);
