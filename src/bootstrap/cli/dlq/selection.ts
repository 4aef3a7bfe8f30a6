import { Option, type Command } from 'commander';
import { DEAD_LETTERS_MAX } from '../../../application/deadLetters/deadLetter.ts';
import type { Selection } from '../../../application/deadLetters/list.ts';
import { DEAD_LETTER_QUEUES, type DeadLetterQueue } from '../../../domain/deadLetter/events.ts';
import type { Err } from 'neverthrow';
import type { Token } from '../../tokens.ts';
import type { Session } from '../common/command.ts';
import type { CliFailure } from '../common/failure.ts';
import { findOrder } from '../common/findOrder.ts';
import { FIND_HELP, scanOption, type FindOptions } from '../common/orderArgument.ts';
import { duration, several, wholeNumber } from '../common/options.ts';

/** In flight together they stay far below what SQS takes. */
const DEAD_LETTERS_LIMIT = 10_000;

export type SelectOptions = FindOptions & {
  readonly queue?: DeadLetterQueue;
  readonly id?: readonly string[];
  readonly order?: string;
  readonly error?: string;
  readonly codeVersion?: string;
  readonly olderThan?: number;
  readonly newerThan?: number;
  readonly max: number;
};

export const withSelection = (command: Command): Command =>
  command
    .addOption(new Option('--queue <queue>', 'of one queue alone').choices(DEAD_LETTER_QUEUES))
    .option('--id <id>', 'the dead letter with this id; may be given more than once', several)
    .option('--order <order>', 'of this order, by its id or what it is known by (see below)')
    .addOption(scanOption())
    .option(
      '--error <text>',
      'of this class, such as ReviewRequired, or with these words in its error',
    )
    .option('--older-than <age>', 'put there longer ago: 90m, 12h, 3d', duration)
    .option('--newer-than <age>', 'put there less long ago', duration)
    .option('--code-version <version>', 'put there by this version of the code')
    .option(
      '--max <n>',
      `dead letters of each queue that are looked at (1 to ${DEAD_LETTERS_LIMIT})`,
      wholeNumber(1, DEAD_LETTERS_LIMIT),
      DEAD_LETTERS_MAX,
    );

export const queuesOf = ({ queue }: SelectOptions): readonly DeadLetterQueue[] =>
  queue === undefined ? DEAD_LETTER_QUEUES : [queue];

/** An order is known by more than its id; the log need not have it, since its message is dead. */
export const selectionFor = async function* (
  session: Session,
  options: SelectOptions,
  needs: readonly Token[],
): AsyncGenerator<Err<never, CliFailure>, Selection> {
  const { order, scan } = options;
  if (order === undefined) return selectionOf(options);
  const { orderId } = yield* findOrder(session, order, {
    scan,
    mayBeNew: 'unless it looks like another name',
    needs,
  });
  return selectionOf({ ...options, order: orderId });
};

const selectionOf = (options: SelectOptions): Selection => {
  const { id, order, error, codeVersion, olderThan, newerThan } = options;
  return {
    ...(id === undefined ? {} : { ids: new Set(id) }),
    ...(order === undefined ? {} : { orderId: order }),
    ...(error === undefined ? {} : { reason: error }),
    ...(codeVersion === undefined ? {} : { codeVersion }),
    ...(olderThan === undefined ? {} : { olderThanMs: olderThan }),
    ...(newerThan === undefined ? {} : { newerThanMs: newerThan }),
  };
};

/** Whether anything but the queue says which dead letters are selected. */
export const isSelective = (options: SelectOptions): boolean =>
  Object.keys(selectionOf(options)).length > 0;

export const PEEKS = `\
SQS cannot list messages: dead letters are received, looked at and released. Meanwhile they are
hidden from everybody else. Each look adds one to the receive count of a dead letter.
${FIND_HELP}`;
