import type { Command } from 'commander';
import { err, ok, type Err } from 'neverthrow';
import {
  DECISION_REASON_CHARACTERS_MAX,
  type ActionResult,
  type ActionSummary,
} from '../../../application/deadLetters/act.ts';
import { BY_CHARACTERS_MAX } from '../../../application/personText.ts';
import { orderIdOf } from '../../../application/deadLetters/deadLetter.ts';
import type { Selection } from '../../../application/deadLetters/list.ts';
import type { DecisionVerb } from '../../../application/deadLetters/appendDecision.ts';
import { defineCommand, type CommandSteps, type Session } from '../common/command.ts';
import { checkAskable, confirm } from '../common/confirm.ts';
import { EXIT, failed, failureOf, misused, type CliFailure } from '../common/failure.ts';
import { FIND_HELP } from '../common/orderArgument.ts';
import { wholeNumber } from '../common/options.ts';
import { createProgress } from '../common/progress.ts';
import { amountsText, cutText, keptText, listDeadLetters, plain, showDeadLetters } from './list.ts';
import {
  isSelective,
  queuesOf,
  selectionFor,
  withSelection,
  type SelectOptions,
} from './selection.ts';
import { actionErrorText } from './text.ts';

type DlqActionOptions = SelectOptions & {
  readonly all?: boolean;
  readonly by?: string;
  readonly reason?: string;
  readonly rate: number;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly yes?: boolean;
};

/** SQS itself moves no more than 500 in a second. */
const RATE_MAX = 500;
/** A worker with its defaults does not notice it. */
const RATE = 10;

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
    .option('-y, --yes', 'do not ask: needed without a terminal, unless --id or --order names them')
    .option('-n, --dry-run', 'do nothing; list what is selected, and what would happen to it');

export const redriveCommand = defineCommand<DlqActionOptions>({
  examples: [
    'dlq redrive --error ReviewRequired --dry-run',
    'dlq redrive --order 01JD… --by ada --reason "the review is resolved"',
    'dlq redrive --error MalformedMessage --code-version 0.1.0 --by ada --reason ' +
      '"0.2.0 reads them"',
    'dlq redrive --all --queue notifications --rate 2 --by ada --reason "SES is back"',
  ],
  options: withAction,
  help: `\
The decision is recorded in the order's stream, then the message is sent again as it was, then the
dead letter is deleted. Where that stops halfway, run the same command again. The message is
handled like any other: nothing that was done is done twice, and a charge whose key is too old is
looked up, not sent.
${FIND_HELP}
Exit code: 0 all selected ones were done, 1 not all of them, 2 wrong usage or configuration.`,
  run: (session, options) => actOnDeadLetters(session, 'redrive', options),
});

export const discardCommand = defineCommand<DlqActionOptions>({
  examples: [
    'dlq discard --error MalformedMessage --older-than 3d --dry-run',
    'dlq discard --id 7b0f5a3e-… --by ada --reason "a test message"',
  ],
  options: (command) =>
    withAction(command.option('--force', 'also where its order still needs it; --reason says why')),
  help: `\
The decision is recorded in the order's stream, then the dead letter is deleted. What an order
still needs is refused: it is open, a customer was not notified, or the request is recorded
nowhere else.
${FIND_HELP}
Exit code: 0 all selected ones were done, 1 not all of them, 2 wrong usage or configuration.`,
  run: (session, options) => actOnDeadLetters(session, 'discard', options),
});

const DONE = { redrive: 'sent again', discard: 'discarded' } as const;

/** Sends the selected dead letters again, or discards them; each decision is recorded first. */
const actOnDeadLetters = async function* (
  session: Session,
  verb: DecisionVerb,
  options: DlqActionOptions,
): CommandSteps {
  const { all = false, by, reason, rate, dryRun = false, force = false } = options;
  if (isSelective(options) === all) {
    return err(
      misused(
        all
          ? '--all means everything; it goes with no other choice but --queue'
          : 'say which dead letters are selected, by --id, --order, --error, age or ' +
              '--code-version; --all means every one',
      ),
    );
  }
  if (dryRun) return yield* listDeadLetters(session, options, verb);
  if (by === undefined || reason === undefined) {
    return err(misused('who decides and why is recorded: --by WHO --reason TEXT'));
  }
  const { output } = session;
  const selection = yield* confirmedSelection(session, verb, options);
  const signal = session.untilStopped();
  const { clock, ...services } = yield* session.open({ services: ['clock', ACTORS[verb]] });
  const act = services[ACTORS[verb]];
  const progress = createProgress(output, { unit: 'dead letters' });
  const missing = new Set(selection.ids);
  let [meant, acted, startedAt] = [0, 0, clock.now()];
  const onActed = (one: ActionResult): void => {
    acted += 1;
    missing.delete(one.deadLetter.messageId);
    const perSecond = (acted * 1_000) / Math.max(clock.now() - startedAt, 1);
    progress.update(acted, { total: meant, facts: `${perSecond.toFixed(1)} a second` });
    output.data(valueOf(verb, one, clock.now()), () => lineOf(verb, one, clock.now()));
  };
  const result = await act({
    by,
    because: reason,
    rate,
    isForced: force,
    queues: queuesOf(options),
    selection,
    deadLettersMax: options.max,
    signal,
    onActed,
    onProgress: (looked, found) => {
      startedAt = clock.now();
      meant = acted + found;
      progress.update(looked, { facts: `looked at, ${found} selected` });
    },
    onKept: (count) => output.note(keptText(count)),
  });
  progress.stop();
  if (result.isErr()) {
    const { error } = result;
    return err(
      error.type === 'InvalidDecider'
        ? misused('this cannot be recorded; nothing was done', error.reasons)
        : { ...failureOf(error), details: ['What was not reached was left in place.'] },
    );
  }
  output.data({ summary: { verb, ...result.value } }, () => summaryOf(verb, result.value));
  if (signal.aborted) return err(failed('Aborted', 'stopped; what was not reached was released'));
  if (missing.size > 0) {
    return err(failed('NotFound', 'not every dead letter was found', [...missing].map(notFound)));
  }
  return ok(result.value.failed === 0 ? EXIT.OK : EXIT.FAILED);
};

const ACTORS = { redrive: 'redriveDeadLetters', discard: 'discardDeadLetters' } as const;

const QUESTIONS = { redrive: 'Send again', discard: 'Discard' } as const;

/**
 * The dead letters to act on. Those that are named are meant. Those that have something in common
 * are listed and asked about, and what comes there meanwhile is left in place.
 */
const confirmedSelection = async function* (
  session: Session,
  verb: DecisionVerb,
  options: DlqActionOptions,
): AsyncGenerator<Err<never, CliFailure>, Selection> {
  const { id, order, yes = false } = options;
  if (yes || id !== undefined || order !== undefined) {
    return yield* selectionFor(session, options, [ACTORS[verb]]);
  }
  const otherwise = 'nothing was done';
  yield* checkAskable(session, { question: `${QUESTIONS[verb]} these dead letters?`, otherwise });
  const { ids, amounts } = yield* showDeadLetters(session, options, verb);
  const which = ids.length === 1 ? '1 dead letter' : `${ids.length} dead letters`;
  const money = verb === 'redrive' ? amountsText(amounts) : '';
  const question = `${QUESTIONS[verb]} ${which}${money === '' ? '' : ` and ${money}`}?`;
  if (ids.length > 0) yield* await confirm(session, { question, otherwise });
  return { ids: new Set(ids) };
};

const notFound = (id: string): string =>
  `${id}: it is not there, or hidden while another process looks at it.`;

const valueOf = (verb: DecisionVerb, { deadLetter, outcome }: ActionResult, now: number) => {
  const { messageId, queue, orderId, command } = deadLetter;
  return {
    verb,
    messageId,
    queue,
    orderId,
    command,
    ...outcome.match(
      ({ isNew }) => ({ done: true, isNew }),
      (error) => ({ done: false, error: error.type, why: actionErrorText(deadLetter, error, now) }),
    ),
  };
};

const lineOf = (verb: DecisionVerb, { deadLetter, outcome }: ActionResult, now: number): string => {
  const { messageId, command = 'unknown' } = deadLetter;
  const what = `${messageId}  ${command} of ${orderIdOf(deadLetter) ?? 'no order'}`;
  return outcome.match(
    ({ isNew }) => `${DONE[verb]}: ${what}${isNew ? '' : ' (recorded before)'}`,
    (error) => `NOT ${DONE[verb]}: ${what}: ${plain(actionErrorText(deadLetter, error, now))}`,
  );
};

const summaryOf = (verb: DecisionVerb, { looked, found, done, isCut }: ActionSummary): string => {
  const left = looked - done;
  const counts = [`${looked} looked at`, `${found} selected`, `${done} ${DONE[verb]}`];
  const text = `${counts.join(', ')}, ${left} left in place.`;
  return isCut ? `${text} ${cutText}` : text;
};
