import { err, ok, type Err } from 'neverthrow';
import { orderIdOf } from '../../../application/deadLetters/deadLetter.ts';
import type { DecisionVerb } from '../../../application/deadLetters/appendDecision.ts';
import type { ListSummary } from '../../../application/deadLetters/list.ts';
import type { Prediction } from '../../../application/deadLetters/prediction.ts';
import { defineCommand, type CommandSteps, type Session } from '../common/command.ts';
import { EXIT, failed, failureOf, type CliFailure } from '../common/failure.ts';
import { grouped } from '../common/groups.ts';
import type { Output } from '../common/output.ts';
import { tableOf } from '../common/table.ts';
import { createProgress } from '../common/progress.ts';
import { PEEKS, queuesOf, selectionFor, withSelection, type SelectOptions } from './selection.ts';
import { discardText, deadLetterValue } from './text.ts';
import { sumsOf, sumsText, ageText } from '../common/text.ts';

export const listCommand = defineCommand<SelectOptions>({
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

type ShownDeadLetters = {
  readonly ids: readonly string[];
  readonly amounts: RedriveAmounts;
};

/** Lists the dead letters, with the prediction for each; it sends and deletes nothing. */
export const listDeadLetters = async function* (
  session: Session,
  options: SelectOptions,
  verb: DecisionVerb,
): CommandSteps {
  yield* showDeadLetters(session, options, verb);
  return ok(EXIT.OK);
};

/** Lists them for a command that goes on with those that are listed. */
export const showDeadLetters = async function* (
  session: Session,
  options: SelectOptions,
  verb: DecisionVerb,
): AsyncGenerator<Err<never, CliFailure>, ShownDeadLetters> {
  const { open, output, untilStopped } = session;
  const selection = yield* selectionFor(session, options, ['listDeadLetters']);
  const { listDeadLetters: list, clock } = yield* open({ services: ['listDeadLetters', 'clock'] });
  const signal = untilStopped();
  const now = clock.now();
  const progress = createProgress(output, { unit: 'dead letters looked at' });
  const rows: ReturnType<typeof deadLetterValue>[] = [];
  const looked = await list({
    queues: queuesOf(options),
    selection,
    deadLettersMax: options.max,
    signal,
    onDeadLetter: (seen) => rows.push(deadLetterValue(seen, now)),
    onProgress: (count, found) => progress.update(count, { facts: `${found} of them selected` }),
    onKept: (count) => output.note(keptText(count)),
  });
  progress.stop();
  const { isCut, ...sums } = yield* looked.mapErr(failureOf);
  rows.sort((one, other) => one.sentAt - other.sentAt);
  if (output.json) for (const row of rows) output.data(row, () => '');
  else if (rows.length > 0) output.line((columns) => textOf(rows, { verb, columns }));
  const amounts = verb === 'redrive' ? amountsOf(rows) : { charges: [], refunds: [] };
  showSums(output, { ...sums, isCut, ...amounts });
  if (signal.aborted) yield* err(failed('Aborted', 'stopped before the end'));
  return { ids: rows.map(({ messageId }) => messageId), amounts };
};

export const keptText = (count: number): string =>
  `Could not release ${count} ` +
  `${count === 1 ? 'message; it becomes' : 'messages; they become'} visible again ` +
  'within a minute.';

export const cutText = 'There may be more: --max looks at more of them, a second run at others.';

const showSums = (output: Output, sums: RedriveAmounts & ListSummary): void => {
  if (output.json) return output.data({ summary: sums }, () => '');
  const { looked, found, isCut } = sums;
  const text = [
    `${looked} looked at and released, ${found} shown.`,
    ...(amountsText(sums) === '' ? [] : [`Sent again they would ${amountsText(sums)}.`]),
    ...(isCut ? [cutText] : []),
  ];
  output.note(text.join(' '));
};

const ENDS = { redrive: 'if sent again', discard: 'if discarded' } as const;

type DeadLetterRow = ReturnType<typeof deadLetterValue>;

const textOf = (
  rows: readonly DeadLetterRow[],
  { verb, columns }: { readonly verb: DecisionVerb; readonly columns: number },
): string =>
  grouped(rows, {
    causeOf: ({ reason }) => plain(reason),
    columns,
    draw: (those, { isCauseSaid }) => {
      const reason = isCauseSaid ? [] : ['reason'];
      return tableOf(
        ['id', 'queue', 'age', 'order', 'command', ...reason, 'receives', 'code', ENDS[verb]],
        those.map((row) => [
          row.messageId,
          row.queue,
          ageText(row.ageMs),
          orderIdOf(row) ?? '',
          row.command ?? 'unknown',
          ...(isCauseSaid ? [] : [plain(row.reason)]),
          String(row.receives),
          row.codeVersion ?? '',
          plain(verb === 'redrive' ? row.would : discardText(row)),
        ]),
        { right: ['age', 'receives'], columns, optional: ['code', 'receives'] },
      );
    },
  });

/** The sender of a message chose its texts: none of them may steer the terminal. */
export const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ');

/** The amounts that a redrive would charge and refund, by currency, as far as they are known. */
type RedriveAmounts = {
  readonly charges: ReturnType<typeof sumsOf>;
  readonly refunds: ReturnType<typeof sumsOf>;
};

type Predicted = { readonly prospect: Prediction; readonly orderId?: string };

export const amountsOf = (rows: readonly Predicted[]): RedriveAmounts => {
  // Several dead letters of one order would send one request.
  const once = new Map(
    rows.flatMap(({ prospect, orderId = '' }) =>
      prospect.type === 'Drives' && prospect.next.type === 'Send'
        ? [[`${orderId} ${prospect.next.subject}`, prospect.next] as const]
        : [],
    ),
  );
  const sumsFor = (isPayment: boolean) =>
    sumsOf(
      [...once.values()]
        .filter(({ subject }) => subject.startsWith('payment#') === isPayment)
        .map(({ money }) => money),
    );
  return { charges: sumsFor(true), refunds: sumsFor(false) };
};

/** Amounts such as `charge EUR 47.58 and refund EUR 3.79`; empty if there is neither. */
export const amountsText = ({ charges, refunds }: RedriveAmounts): string =>
  [
    ...(charges.length === 0 ? [] : [`charge ${sumsText(charges)}`]),
    ...(refunds.length === 0 ? [] : [`refund ${sumsText(refunds)}`]),
  ].join(' and ');
