import { ok, safeTry, type ResultAsync } from 'neverthrow';
import { PERSON } from '../causes.ts';
import * as DeadLetters from '../../domain/deadLetter/events.ts';
import { maskCardNumbers } from '../../domain/cardNumber/index.ts';
import { REASON_CHARACTERS_MAX } from '../delivery/deadLetterMessage.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  AppendError,
  EventStore,
  LoadError,
  StreamId,
  RecordError,
} from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import { orderStreamId } from '../log/eventStreams.ts';
import { retryConflicts, type ConflictsExhausted } from '../log/retryConflicts.ts';
import { orderIdOf, type DeadLetter } from './deadLetter.ts';

export type DecisionVerb = 'redrive' | 'discard';

export type Decider = { readonly by: string; readonly because: string };

export type AppendDecisionError = RecordError | ConflictsExhausted;

/** The stream of its order. A dead letter that names no order has a stream of its own. */
export const streamOf = (deadLetter: DeadLetter): StreamId => {
  const orderId = orderIdOf(deadLetter);
  return orderId === undefined ? `letter#${deadLetter.messageId}` : orderStreamId(orderId);
};

/**
 * Makes a decision about a dead letter durable before it is carried out. The same decision again
 * appends nothing, so that a dead letter which a crash left behind can simply be decided about
 * again.
 */
export const createAppendDecision =
  ({
    store,
    clock,
    ids,
  }: {
    readonly store: Pick<EventStore, 'load' | 'append'>;
    readonly clock: Pick<Clock, 'now'>;
    readonly ids: Pick<Ids, 'create'>;
  }) =>
  (
    verb: DecisionVerb,
    deadLetter: DeadLetter,
    { by, because }: Decider,
  ): ResultAsync<{ readonly isNew: boolean }, AppendDecisionError> =>
    retryConflicts<{ readonly isNew: boolean }, AppendError | LoadError>(() =>
      safeTry(async function* () {
        const streamId = streamOf(deadLetter);
        const idempotencyKey = `${verb}#${deadLetter.messageId}`;
        const { commits, position } = yield* store.load(streamId);
        if (commits.some((commit) => commit.idempotencyKey === idempotencyKey)) {
          return ok({ isNew: false });
        }
        const event = eventOf(verb, deadLetter, { by, because, at: clock.now() });
        yield* store.append(streamId, position, {
          commitId: ids.create(),
          idempotencyKey,
          events: [DeadLetters.codec.encode(event)],
          correlationId: deadLetter.correlationId,
          causationId: PERSON,
        });
        return ok({ isNew: true });
      }),
    );

const eventOf = (
  verb: DecisionVerb,
  { messageId, queue, command = '', reason }: DeadLetter,
  decided: Decider & { readonly at: number },
): DeadLetters.Event => {
  // The sender of the message chose the reason: the log takes no card number, and no more text than
  // it has room for.
  const kept = maskCardNumbers(reason.slice(0, REASON_CHARACTERS_MAX).toWellFormed());
  const data = { letterId: messageId, queue, command, reason: kept, ...decided };
  return verb === 'redrive' ? { type: 'LetterRedriven', data } : { type: 'LetterDiscarded', data };
};
