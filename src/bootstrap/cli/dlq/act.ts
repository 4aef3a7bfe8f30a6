import { err, ok } from 'neverthrow';
import type { ActionResult, ActionSummary } from '../../../application/deadLetters/act.ts';
import { orderIdOf } from '../../../application/deadLetters/deadLetter.ts';
import type { DecisionVerb } from '../../../application/deadLetters/appendDecision.ts';
import type { CommandOutcome, Session } from '../common/command.ts';
import { EXIT, failed, failureOf, misused } from '../common/failure.ts';
import { createProgress } from '../common/progress.ts';
import { cutText, keptText, listDeadLetters, plain } from './list.ts';
import { isSelective, queuesOf, selectionOf, type SelectOptions } from './selection.ts';
import { actionErrorText } from './text.ts';

export type DlqActionOptions = SelectOptions & {
  readonly all?: boolean;
  readonly by?: string;
  readonly reason?: string;
  readonly rate: number;
  readonly dryRun?: boolean;
  readonly force?: boolean;
};

const DONE = { redrive: 'sent again', discard: 'discarded' } as const;

/** Sends the selected dead letters again, or discards them; each decision is recorded first. */
export const actOnDeadLetters = async (
  session: Session,
  verb: DecisionVerb,
  options: DlqActionOptions,
): CommandOutcome => {
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
  if (dryRun) return listDeadLetters(session, options, verb);
  if (by === undefined || reason === undefined) {
    return err(misused('who decides and why is recorded: --by WHO --reason TEXT'));
  }
  const { output } = session;
  const signal = session.untilStopped();
  const opened = session.open({ services: ['actOnDeadLetters', 'clock'] });
  if (opened.isErr()) return err(opened.error);
  const { actOnDeadLetters: act, clock } = opened.value;
  const progress = createProgress(output, { unit: 'dead letters' });
  const missing = new Set(options.id);
  let [meant, acted, startedAt] = [0, 0, clock.now()];
  const onActed = (one: ActionResult): void => {
    acted += 1;
    missing.delete(one.deadLetter.messageId);
    const perSecond = (acted * 1_000) / Math.max(clock.now() - startedAt, 1);
    progress.update(acted, { total: meant, facts: `${perSecond.toFixed(1)} a second` });
    output.data(valueOf(verb, one, clock.now()), () => lineOf(verb, one, clock.now()));
  };
  const result = await act({
    verb,
    by,
    because: reason,
    rate,
    isForced: force,
    queues: queuesOf(options),
    selection: selectionOf(options),
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
