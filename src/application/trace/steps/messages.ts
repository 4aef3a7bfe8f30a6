import type { DeadLetterQueue } from '../../../domain/deadLetter/index.ts';
import type { DeadLetter } from '../../deadLetters/deadLetter.ts';
import type { TraceInput } from '../traceInput.ts';
import type { UnplacedStep } from '../unplacedStep.ts';
import { isOfMessage, type TracedHandling } from '../handlings.ts';
import { commitKey, whoOf } from './commits.ts';
import { timeIn } from '../ulid.ts';

/** One message, with everything that became of it. */
export type Message = {
  readonly id: string;
  readonly queue: DeadLetterQueue;
  /** By their start. */
  readonly handlings: readonly TracedHandling[];
  readonly letters: readonly DeadLetter[];
  /** The first that is known of it. */
  readonly seenAt: number;
  readonly correlationId?: string;
  /** What it was sent for, as it says itself. */
  readonly causationId?: string;
  /** What it asks for, or tells of; empty where nothing says so. */
  readonly about: string;
};

export const messagesOf = (
  collected: TraceInput,
  handlings: readonly TracedHandling[],
): readonly Message[] => {
  const { letters: deadLetters } = collected;
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
      letters: copies,
      seenAt: Math.min(...mine.map(({ start }) => start), ...copies.map(({ sentAt }) => sentAt)),
      ...(correlationId === undefined ? {} : { correlationId }),
      ...(causationId === undefined ? {} : { causationId }),
      about: aboutOf(collected, mine) || (copies[0]?.command ?? ''),
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

/** A message says nowhere in the log what it asks for; what was done for it does. */
const aboutOf = ({ notices }: TraceInput, handlings: readonly TracedHandling[]): string => {
  const commits = handlings.flatMap((handling) => handling.commits);
  for (const { idempotencyKey } of commits) {
    const [verb = '', , ...rest] = idempotencyKey.split('#');
    const command = COMMANDS[verb];
    if (command !== undefined) return [command, ...rest].join(' ');
    const notice = notices.find(({ entries }) =>
      entries.some(({ commit }) => commit.idempotencyKey === idempotencyKey),
    );
    if (notice !== undefined) return `tell the customer: ${notice.id}`;
  }
  const [first] = handlings;
  const [kind, more] = first?.end?.outcome?.split(': ') ?? [];
  if (first?.queue === 'notifications' && more !== undefined) return `tell the customer: ${kind}`;
  return first?.end?.causationId === 'reconciler' ? 'ResumeOrder' : '';
};

export const sendKey = (id: string): string => `${id} send`;

/** Where each message came from: a client, a person, or the service that handled another message. */
export const sendSteps = (
  collected: TraceInput,
  messages: readonly Message[],
  lastOf: (handling: TracedHandling, until: number) => string,
): readonly UnplacedStep[] => {
  const redriven = redrivenMessages(collected, messages);
  return messages.map((message): UnplacedStep => {
    const { id, queue, seenAt, about, letters: deadLetters } = message;
    const [{ command = '' } = {}] = deadLetters;
    const to = queue === 'payments' ? 'payments queue' : 'notifications queue';
    const base = { key: sendKey(id), to, kind: 'done', messageId: id } as const;
    const source = deadLetters.length > 0 && message.handlings.length === 0 ? 'letter' : 'record';
    const what = about || command || 'a message';
    const decided = redriven.get(id) ?? decisionBefore(collected, message);
    if (decided !== undefined || message.causationId === 'reconciler') {
      const at = Math.min(seenAt, sentTime(message, messages) ?? seenAt);
      const asked = about || (decided?.command ?? what);
      return { ...base, at, phase: 5, from: 'operator', what: asked, source, cause: decided?.key };
    }
    const sender = senderOf(collected, message, messages);
    if (queue === 'payments' || sender.type === 'Client') {
      const at = sentTime(message, messages) ?? seenAt;
      const cause = sender.type === 'Client' ? sender.cause : undefined;
      return { ...base, at, phase: 1, from: 'client', what, source, cause };
    }
    const { handling, commit } = sender;
    const end = handling?.end?.at ?? commit?.committedAt ?? seenAt;
    const cause = handling === undefined ? commit && commitKey(commit) : lastOf(handling, seenAt);
    const at = Math.min(seenAt, end);
    const who = whoOf(handling);
    return {
      ...base,
      ...who,
      messageId: id,
      at,
      phase: 3,
      from: 'payment service',
      what,
      source,
      cause,
    };
  });
};

type Sender =
  | { readonly type: 'Client'; readonly cause?: string | undefined }
  | {
      readonly type: 'Service';
      readonly handling?: TracedHandling | undefined;
      readonly commit?: TraceInput['entries'][number]['commit'] | undefined;
    };

/** A notice comes from the service that settled something, or, as the order came in, from the client. */
const senderOf = (
  { entries }: TraceInput,
  { queue, about, seenAt, correlationId, causationId }: Message,
  messages: readonly Message[],
): Sender => {
  if (queue === 'payments') return { type: 'Client' };
  if (about.endsWith(' received') || about === 'OrderReceived') {
    const order = messages.find(
      (other) => other.queue === 'payments' && other.correlationId === correlationId,
    );
    return { type: 'Client', cause: order && sendKey(order.id) };
  }
  const sending = messages.find(({ id }) => id === causationId)?.handlings ?? [];
  // Where the clocks say that it came before it was sent, the first of them.
  const handling = sending.findLast(({ start }) => start <= seenAt) ?? sending[0];
  const { commit } =
    entries.findLast((entry) => entry.commit.committedAt <= seenAt) ?? entries.at(-1) ?? {};
  return { type: 'Service', handling, commit };
};

/** What a person did, and what was sent for it. */
type CommandDecision = { readonly key: string; readonly command: string };

/** The decision after which this message was sent: a review's goes on in a chain of its own. */
const decisionBefore = (
  { entries }: TraceInput,
  { queue, correlationId, handlings }: Message,
): CommandDecision | undefined => {
  if (queue !== 'payments') return undefined;
  const own = new Set(handlings.flatMap(({ commits }) => commits));
  const decision = entries.find(
    ({ commit, located }) =>
      commit.correlationId === correlationId &&
      !own.has(commit) &&
      !isOfMessage(commit) &&
      located.some(({ event }) => event.type.endsWith('ReviewResolved')),
  );
  return decision && { key: commitKey(decision.commit), command: 'ResumeOrder' };
};

/** A letter that is sent again is another message of the same chain: the first that came after the decision. */
const redrivenMessages = (
  { entries }: TraceInput,
  messages: readonly Message[],
): ReadonlyMap<string, CommandDecision> => {
  const found = new Map<string, CommandDecision>();
  for (const { commit, located } of entries) {
    for (const { event } of located) {
      if (event.type !== 'LetterRedriven') continue;
      const { queue, at, command } = event.data;
      const next = messages
        .filter(
          (message) =>
            message.queue === queue &&
            message.correlationId === commit.correlationId &&
            message.seenAt >= at &&
            !found.has(message.id),
        )
        .toSorted((a, b) => a.seenAt - b.seenAt)[0];
      if (next !== undefined) found.set(next.id, { key: commitKey(commit), command });
    }
  }
  return found;
};

/** Clients of this project begin a chain with an id that holds its time; what no queue keeps so long is not that. */
const sentTime = (
  { id, correlationId, seenAt }: Message,
  messages: readonly Message[],
): number | undefined => {
  if (correlationId === undefined) return undefined;
  const first = messages
    .filter((message) => message.correlationId === correlationId)
    .toSorted((a, b) => a.seenAt - b.seenAt)
    .find(({ queue }) => queue === 'payments');
  return first?.id === id ? timeIn(correlationId, seenAt) : undefined;
};
