import type { Command } from 'commander';
import { DECISION_REASON_CHARACTERS_MAX } from '../../../application/deadLetters/act.ts';
import { BY_CHARACTERS_MAX } from '../../../application/personText.ts';
import { defineCommand, defineGroup } from '../common/command.ts';
import { actOnDeadLetters, type DlqActionOptions } from './act.ts';
import { listDeadLetters } from './list.ts';
import { withSelection, type SelectOptions } from './selection.ts';
import { showDeadLetter } from './show.ts';
import { wholeNumber } from '../common/options.ts';

/** SQS itself moves no more than 500 in a second. */
const RATE_MAX = 500;
/** A worker with its defaults does not notice it. */
const RATE = 10;

const PEEKS = `\
SQS cannot list messages: dead letters are received, looked at and released. Meanwhile they are
hidden from everybody else. Each look adds one to the receive count of a dead letter.`;

const registerList = defineCommand<SelectOptions>({
  name: 'list',
  summary: 'list dead letters, the oldest first, with what would happen if each were sent again',
  examples: [
    'dlq list',
    'dlq list --error MalformedMessage --newer-than 2d',
    'dlq list --json | jq -r "select(.prospect.type == \\"Malformed\\") | .messageId"',
  ],
  options: withSelection,
  help: `${PEEKS}
This version of the code predicts what would happen, from the order as it is now. Nothing is moved
or charged, and the gateway is not asked.
Exit code: 0 listed, 1 not everything could be, 2 wrong usage or configuration.`,
  run: (session, options) => listDeadLetters(session, options, 'redrive'),
});

const registerShow = defineCommand<{ readonly raw?: boolean }>({
  name: 'show',
  summary:
    'show one dead letter: its content, its order, and what would happen if it were sent again',
  examples: ['dlq show 7b0f5a3e-…', 'dlq show 7b0f5a3e-… --raw --json | jq .body'],
  options: (command) =>
    command
      .argument('<id>', 'the id of the dead letter')
      .option('--raw', 'with mail addresses and tokens; card numbers are never shown'),
  help: `${PEEKS}\nExit code: 0 shown, 1 not there, 2 wrong usage or configuration.`,
  run: (session, { raw = false }, { args: [id = ''] }) => showDeadLetter(session, id, raw),
});

const withAction = (command: Command): Command =>
  withSelection(command)
    .option('--all', 'every dead letter')
    .option('--by <who>', `who decides, 1 to ${BY_CHARACTERS_MAX} characters`)
    .option('--reason <text>', `why, 1 to ${DECISION_REASON_CHARACTERS_MAX} characters`)
    .option(
      '--rate <n>',
      `dead letters a second at most (1 to ${RATE_MAX})`,
      wholeNumber(1, RATE_MAX),
      RATE,
    )
    .option('--dry-run', 'do nothing; list what is selected, and what would happen to it');

const registerRedrive = defineCommand<DlqActionOptions>({
  name: 'redrive',
  summary: 'send dead letters to their queue again; the others stay in place',
  examples: [
    'dlq redrive --error ReviewRequired --dry-run',
    'dlq redrive --order 01JD… --by ada --reason "the review is resolved"',
    'dlq redrive --error MalformedMessage --code-version 0.1.0 --by ada --reason ' +
      '"0.2.0 reads them"',
    'dlq redrive --all --queue notifications --rate 2 --by ada --reason "SES is back"',
  ],
  options: withAction,
  help: `The decision is recorded in the order's stream, then the message is sent again as it was, then the
dead letter is deleted. Where that stops halfway, run the same command again. The message is
handled like any other: nothing that was done is done twice, and a charge whose key is too old is
looked up, not sent.
Exit code: 0 all selected ones were done, 1 not all of them, 2 wrong usage or configuration.`,
  run: (session, options) => actOnDeadLetters(session, 'redrive', options),
});

const registerDiscard = defineCommand<DlqActionOptions>({
  name: 'discard',
  summary: 'discard dead letters; the others stay in place',
  examples: [
    'dlq discard --error MalformedMessage --older-than 3d --dry-run',
    'dlq discard --id 7b0f5a3e-… --by ada --reason "a test message"',
  ],
  options: (command) =>
    withAction(command.option('--force', 'also where its order still needs it; --reason says why')),
  help: `The decision is recorded in the order's stream, then the dead letter is deleted. What an order
still needs is refused: it is open, a customer was not notified, or the request is recorded
nowhere else.
Exit code: 0 all selected ones were done, 1 not all of them, 2 wrong usage or configuration.`,
  run: (session, options) => actOnDeadLetters(session, 'discard', options),
});

export const registerDlq = defineGroup(
  'dlq',
  'the dead letters of both services: list, show, redrive, discard',
  [registerList, registerShow, registerRedrive, registerDiscard],
);
