import type * as Order from '../../../domain/order/index.ts';
import type { TraceInput } from '../traceInput.ts';
import { SIDES, type UnplacedStep } from '../timeline.ts';
import { isCausedByMessage, RECONCILER } from '../../causes.ts';
import type { TracedHandling } from '../handlings.ts';
import { actorOf, commitKey } from './commits.ts';
import { sendKey, type Message } from './messages.ts';
import { timeOfUlid } from '../ulid.ts';

/** The steps that sent each message: by a client, a person, or the handling of another message. */
export const sendSteps = (
  input: TraceInput,
  messages: readonly Message[],
  lastStepIn: LastStepIn,
): readonly UnplacedStep[] => {
  const redriven = redrivenMessages(input, messages);
  return messages.map((message): UnplacedStep => {
    const { id, queue, seenAt, about, deadLetters } = message;
    const what = about || (deadLetters[0]?.command ?? '') || 'a message';
    const isKnownByCopyOnly = deadLetters.length > 0 && message.handlings.length === 0;
    const base = {
      key: sendKey(id),
      to: SIDES[queue].queue,
      kind: 'done',
      messageId: id,
      what,
      source: isKnownByCopyOnly ? 'letter' : 'record',
    } as const;
    const sentAt = sentTime(message, messages) ?? seenAt;
    const decision = redriven.get(id) ?? decisionBefore(input, message);
    if (decision !== undefined || message.causationId === RECONCILER) {
      const command = about || (decision?.command ?? what);
      const cause = decision?.key;
      const at = Math.min(seenAt, sentAt);
      return { ...base, at, phase: 5, from: 'operator', what: command, cause };
    }
    if (queue === 'payments') return { ...base, at: sentAt, phase: 1, from: 'client' };
    // The notice that an order was received comes from its client, with the order.
    if (about.endsWith(' received') || about === 'OrderReceived') {
      const order = messages.find(
        (other) => other.queue === 'payments' && other.correlationId === message.correlationId,
      );
      return { ...base, at: sentAt, phase: 1, from: 'client', cause: order && sendKey(order.id) };
    }
    return { ...base, ...serviceSend(input, message, messages, lastStepIn), messageId: id };
  });
};

type LastStepIn = (handling: TracedHandling, until: number) => string;

/** A notice of a fact comes from the service that settled the order. */
const serviceSend = (
  { entries }: TraceInput,
  { seenAt, causationId }: Message,
  messages: readonly Message[],
  lastStepIn: LastStepIn,
) => {
  const senders = messages.find(({ id }) => id === causationId)?.handlings ?? [];
  // The first of them is taken where, by the clocks, the message arrived before it was sent.
  const handling = senders.findLast(({ start }) => start <= seenAt) ?? senders[0];
  const { commit } =
    entries.findLast((entry) => entry.commit.committedAt <= seenAt) ?? entries.at(-1) ?? {};
  const end = handling?.end?.at ?? commit?.committedAt ?? seenAt;
  const cause = handling === undefined ? commit && commitKey(commit) : lastStepIn(handling, seenAt);
  const at = Math.min(seenAt, end);
  return { ...actorOf(handling), at, phase: 3, from: 'payment service', cause } as const;
};

type CommandDecision = { readonly key: string; readonly command: string };

/** The decision after which this was sent. One about a review begins a chain of its own. */
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
      !isCausedByMessage(commit) &&
      located.some(({ event }) => commandAfter(event) !== undefined),
  );
  const [command] = decision?.located.flatMap(({ event }) => commandAfter(event) ?? []) ?? [];
  return decision && { key: commitKey(decision.commit), command: command ?? 'ResumeOrder' };
};

/** The command that is sent once a person's decision, or request, is recorded. */
const commandAfter = (event: Order.StreamEvent): string | undefined => {
  if (event.type === 'RequestedByHand') return event.data.command;
  return event.type.endsWith('ReviewResolved') ? 'ResumeOrder' : undefined;
};

/** A redriven message is the first of its chain that arrived after the decision. */
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

/**
 * Clients of this project begin a chain with an id that contains its time. An id with a time before
 * a queue's retention is not of that kind.
 */
const sentTime = (
  { id, correlationId, seenAt }: Message,
  messages: readonly Message[],
): number | undefined => {
  if (correlationId === undefined) return undefined;
  const first = messages
    .filter((message) => message.correlationId === correlationId)
    .toSorted((a, b) => a.seenAt - b.seenAt)
    .find(({ queue }) => queue === 'payments');
  return first?.id === id ? timeOfUlid(correlationId, seenAt) : undefined;
};
