import { RECONCILER } from '../../causes.ts';
import type { DeadLetterQueue } from '../../../domain/deadLetter/events.ts';
import type { DeadLetter } from '../../deadLetters/deadLetter.ts';
import type { TraceInput } from '../traceInput.ts';
import { SIDES, type UnplacedStep } from '../timeline.ts';
import type { TracedHandling } from '../handlings.ts';

export type Message = {
  readonly id: string;
  readonly queue: DeadLetterQueue;
  /** The handlings by their start. */
  readonly handlings: readonly TracedHandling[];
  readonly deadLetters: readonly DeadLetter[];
  readonly seenAt: number;
  readonly correlationId?: string;
  readonly causationId?: string;
  /** The command or notice in it; empty where no source shows it. */
  readonly about: string;
};

export const messagesOf = (
  input: TraceInput,
  handlings: readonly TracedHandling[],
): readonly Message[] => {
  const { deadLetters } = input;
  const ids = new Set([...handlings.map(({ messageId }) => messageId), ...deadLetters.map(idOf)]);
  return [...ids].map((id) => {
    const mine = handlings
      .filter(({ messageId }) => messageId === id)
      .toSorted((a, b) => a.start - b.start);
    const copies = deadLetters.filter((deadLetter) => idOf(deadLetter) === id);
    const ends = mine.flatMap(({ end }) => (end === undefined ? [] : [end]));
    const commits = mine.flatMap((handling) => handling.commits);
    const correlationId =
      [...commits, ...ends].find((one) => one.correlationId !== undefined)?.correlationId ??
      copies[0]?.correlationId;
    const causationId = ends.find((end) => end.causationId !== undefined)?.causationId;
    return {
      id,
      queue: mine[0]?.queue ?? copies[0]?.queue ?? 'payments',
      handlings: mine,
      deadLetters: copies,
      seenAt: Math.min(...mine.map(({ start }) => start), ...copies.map(({ sentAt }) => sentAt)),
      ...(correlationId === undefined ? {} : { correlationId }),
      ...(causationId === undefined ? {} : { causationId }),
      about: aboutOf(input, mine) || (copies[0]?.command ?? ''),
    };
  });
};

const idOf = ({ originalId, messageId }: DeadLetter): string => originalId ?? messageId;

const COMMANDS: Readonly<Record<string, string>> = {
  place: 'PlaceOrder',
  refuse: 'PlaceOrder',
  cancel: 'CancelOrder',
  refund: 'RefundPayment',
  correct: 'CorrectEmail',
};

/**
 * What a message is about. The log does not hold its content; the commits that it caused show it.
 */
const aboutOf = ({ notices }: TraceInput, handlings: readonly TracedHandling[]): string => {
  const commits = handlings.flatMap((handling) => handling.commits);
  for (const { idempotencyKey } of commits) {
    const [verb = '', , ...rest] = idempotencyKey.split('#');
    const command = COMMANDS[verb];
    if (command !== undefined) return [command, ...rest].join(' ');
    const notice = notices.find(({ entries }) =>
      entries.some(({ commit }) => commit.idempotencyKey === idempotencyKey),
    );
    if (notice !== undefined) return `notify the customer: ${notice.id}`;
  }
  const [first] = handlings;
  const [kind, more] = first?.end?.outcome?.split(': ') ?? [];
  if (first?.queue === 'notifications' && more !== undefined) return `notify the customer: ${kind}`;
  return first?.end?.causationId === RECONCILER ? 'ResumeOrder' : '';
};

export const sendKey = (id: string): string => `${id} send`;

export const deadLetterSteps = (
  messages: readonly Message[],
  lastOf: (message: Message) => string | undefined,
): readonly UnplacedStep[] =>
  messages.flatMap((message) =>
    message.deadLetters.map((deadLetter): UnplacedStep => {
      const { messageId, queue, command = 'a message', reason, sentAt, receives } = deadLetter;
      const { codeVersion } = deadLetter;
      return {
        key: `letter ${messageId}`,
        at: sentAt,
        phase: 5,
        from: SIDES[queue].queue,
        to: 'operator',
        kind: 'refused',
        what: `${command} lies in the dead-letter queue: ${reason}`,
        messageId,
        source: 'letter',
        details: {
          receives,
          // A name with an @ in it would be taken for a mail address.
          ...(codeVersion === undefined ? {} : { codeVersion: codeVersion.replace('@', ' ') }),
        },
        cause: lastOf(message) ?? sendKey(message.id),
      };
    }),
  );
