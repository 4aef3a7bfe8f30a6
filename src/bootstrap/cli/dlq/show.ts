import { err, ok, Result, type ResultAsync } from 'neverthrow';
import { redactAround, redactNamed } from '../../../adapters/telemetry/redact.ts';
import {
  orderIdOf,
  type DeadLetter,
  DEAD_LETTERS_MAX,
} from '../../../application/deadLetters/deadLetter.ts';
import type { ListedDeadLetter } from '../../../application/deadLetters/list.ts';
import { streamOf } from '../../../application/deadLetters/appendDecision.ts';
import type { EventStore, LoadError } from '../../../application/ports/eventStore.ts';
import { decodeCommits } from '../../../application/log/eventStreams.ts';
import * as DeadLetters from '../../../domain/deadLetter/events.ts';
import * as Order from '../../../domain/order/index.ts';
import { isIdentifier, maskCardNumbers } from '../../../domain/cardNumber/index.ts';
import { defineCommand } from '../common/command.ts';
import { EXIT, failed, failureOf, type CliFailure } from '../common/failure.ts';
import { historyTable, deadLetterText } from '../common/eventTexts.ts';
import { eventsJson, loadHistory, type History } from '../common/history.ts';
import { summaryOf } from '../common/summary.ts';
import { keptText } from './list.ts';
import { PEEKS } from './selection.ts';
import { discardText, deadLetterValue } from './text.ts';
import { ageText, timeOf } from '../common/text.ts';

export const showCommand = defineCommand<{ readonly raw?: boolean }>({
  examples: ['dlq show 7b0f5a3e-…', 'dlq show 7b0f5a3e-… --raw --json | jq .body'],
  options: (command) =>
    command
      .argument('<id>', 'the id of the dead letter')
      .option('--raw', 'with mail addresses and tokens; card numbers are never shown'),
  help: `${PEEKS}\nExit code: 0 shown, 1 not there, 2 wrong usage or configuration.`,
  run: async function* ({ open, output, untilStopped }, { raw = false }, { args: [id = ''] }) {
    const { listDeadLetters, store, clock } = yield* open({
      services: ['listDeadLetters', 'store', 'clock'],
    });
    const signal = untilStopped();
    const now = clock.now();
    const found: ListedDeadLetter[] = [];
    const listed = await listDeadLetters({
      queues: DeadLetters.DEAD_LETTER_QUEUES,
      selection: { ids: new Set([id]) },
      deadLettersMax: DEAD_LETTERS_MAX,
      signal,
      onDeadLetter: (seen) => found.push(seen),
      onKept: (count) => output.note(keptText(count)),
    });
    const { looked } = yield* listed.mapErr(failureOf);
    if (signal.aborted) return err(failed('Aborted', 'stopped before the end'));
    const [seen] = found;
    if (seen === undefined) return err(notThere(id, looked));
    const past = yield* loadPast(store, seen).mapErr(failureOf);
    const shown = maskingOf(raw, seen.deadLetter);
    const { attributes, body } = seen.message;
    const about = deadLetterValue(seen, now);
    output.data(
      shown.value({
        ...about,
        attributes,
        body: parsed(body).unwrapOr(body),
        ...pastJson(past),
      }),
      (columns) => textOf(seen, { about, past, shown, columns }).join('\n'),
    );
    return ok(EXIT.OK);
  },
});

const notThere = (id: string, looked: number): CliFailure =>
  failed('UnknownLetter', `there is no dead letter ${JSON.stringify(id)}`, [
    `${looked} were looked at. It may be hidden while another process looks at it: try ` +
      'again in a minute.',
  ]);

type Past = { readonly order?: History; readonly decisions?: readonly DeadLetters.Event[] };

const pastJson = ({ order, decisions }: Past) => ({
  ...(order && {
    order: {
      orderId: order.orderId,
      status: Order.statusOf(order.state),
      events: eventsJson(order),
    },
  }),
  ...(decisions && { decisions }),
});

/**
 * The log's part: the whole history of its order or, if it names none, the decisions about the dead
 * letter.
 */
const loadPast = (
  store: Pick<EventStore, 'load'>,
  { deadLetter }: ListedDeadLetter,
): ResultAsync<Past, LoadError> => {
  const orderId = orderIdOf(deadLetter);
  return orderId === undefined
    ? store
        .load(streamOf(deadLetter))
        .andThen(({ commits }) => decodeCommits(commits, DeadLetters.codec))
        .map((decisions): Past => ({ decisions }))
    : loadHistory(store, orderId).map((order): Past => ({ order }));
};

const textOf = (
  { deadLetter, message: { attributes, body } }: ListedDeadLetter,
  {
    about,
    past: { order, decisions = [] },
    shown,
    columns,
  }: {
    readonly about: ReturnType<typeof deadLetterValue>;
    readonly past: Past;
    readonly shown: ReturnType<typeof maskingOf>;
    readonly columns: number;
  },
): readonly string[] => [
  ...[
    `letter     ${deadLetter.messageId}, of ${deadLetter.queue}`,
    `put there  ${timeOf(deadLetter.sentAt)}, ${ageText(about.ageMs)} ago`,
    `class      ${deadLetter.errorType}`,
    `reason     ${about.reason}`,
    `asks for   ${deadLetter.command ?? 'unknown'} of ${orderIdOf(deadLetter) ?? 'no order'}`,
    `code       ${deadLetter.codeVersion ?? 'not known'}`,
    `receives   ${deadLetter.receives}`,
  ].map(shown.line),
  ...Object.entries(attributes).map(
    ([name, value]) => `attribute  ${shown.named(name, '')}: ${shown.named(value, name)}`,
  ),
  ...decisions.map((event) => shown.line(`decided    ${deadLetterText(event)}`)),
  shown.line(`if sent    ${about.would}`),
  `discard    ${discardText(about)}`,
  '',
  parsed(body)
    .map((value) => JSON.stringify(shown.value(value), undefined, 2))
    .unwrapOr(shown.line(body)),
  ...(order === undefined || order.events.length === 0
    ? []
    : ['', summaryOf(order.orderId, order.state), '', historyTable(order, columns)].map(
        shown.line,
      )),
];

const parsed = Result.fromThrowable((text: string): unknown => JSON.parse(text));

/** A card number is never shown; mail addresses and tokens only where everything is asked for. */
const maskingOf = (raw: boolean, { codeVersion, orderId = '', messageId }: DeadLetter) => {
  const named: Mask = (text, name) => {
    // The code's version looks like a mail address.
    if (text === codeVersion) return text;
    if (raw) return isIdentifier(name, text) ? text : maskCardNumbers(text);
    return redactNamed(name, text);
  };
  const around = (text: string): string =>
    redactAround(text, [orderId, messageId], (part) => named(part, ''));
  return {
    value: (value: unknown): unknown => maskIn(value, named),
    line: (text: string): string =>
      codeVersion === undefined || !text.endsWith(codeVersion)
        ? around(text)
        : around(text.slice(0, -codeVersion.length)) + codeVersion,
    named,
  };
};
type Mask = (text: string, name: string) => string;

const maskIn = (value: unknown, mask: Mask, name = ''): unknown => {
  if (typeof value === 'string') return mask(value, name);
  if (typeof value === 'number') {
    return mask(String(value), name) === String(value) ? value : mask(String(value), name);
  }
  if (Array.isArray(value)) return value.map((part: unknown) => maskIn(part, mask, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [mask(key, ''), maskIn(part, mask, key)]),
  );
};
