import { err, errAsync, ok, okAsync, safeTry, type Result, type ResultAsync } from 'neverthrow';
import type { DeadLetterQueue } from '../../domain/deadLetter/events.ts';
import { createDeadLetterPeek, type DeadLetterPeek, type PeekedQueue } from './peek.ts';
import { redriveMessage } from '../delivery/deadLetterMessage.ts';
import { whyNotKept } from '../messages/index.ts';
import { BY_CHARACTERS_MAX, textMistakes } from '../personText.ts';
import type { Clock } from '../ports/clock.ts';
import type { DependencyError } from '../ports/failures.ts';
import {
  messageBytes,
  type EntryResult,
  type MessageQueue,
  type QueueError,
  type ReceivedMessage,
  type TooLarge,
} from '../ports/messageQueue.ts';
import type { PredictRedrive } from './predict.ts';
import { isStillNeeded, type Prediction } from './prediction.ts';
import { readDeadLetter, type DeadLetter } from './deadLetter.ts';
import {
  type ListError,
  type ListOptions,
  type ListSummary,
  isAllFound,
  isSelected,
} from './list.ts';
import type {
  createAppendDecision,
  Decider,
  AppendDecisionError,
  DecisionVerb,
} from './appendDecision.ts';

export const DECISION_REASON_CHARACTERS_MAX = 500;
/** Every chosen dead letter is in memory with its body until its turn comes. */
export const CHOSEN_BYTES_MAX = 16_777_216;
const SECOND_MS = 1_000;

export type ActionOptions = ListOptions &
  Decider & {
    readonly rate: number;
    readonly isForced: boolean;
    readonly onActed: (acted: ActionResult) => void;
  };

/** `isNew`: the decision was recorded now. Otherwise an earlier try had recorded it. */
export type ActionResult = {
  readonly deadLetter: DeadLetter;
  readonly outcome: Result<{ readonly isNew: boolean }, ActionError>;
};

/** A dead letter with an error is still in its queue, and can be decided about again. */
export type ActionError =
  | { readonly type: 'Damaged' }
  /** Its visibility time is over, or another process has received it. */
  | { readonly type: 'Lost' }
  | { readonly type: 'Needed'; readonly prospect: Prediction }
  | { readonly type: 'NotKept'; readonly why: string }
  | { readonly type: 'SendFailed'; readonly code: string }
  /** It is recorded and, for a redrive, sent; doing it once more does no harm. */
  | { readonly type: 'NotDeleted'; readonly code: string }
  | TooLarge
  | QueueError
  | AppendDecisionError;

export type ActionSummary = ListSummary & { readonly done: number; readonly failed: number };

/** Reported before any dead letter is read, with every reason at once. */
export type InvalidDecider = {
  readonly type: 'InvalidDecider';
  readonly reasons: readonly string[];
};

export type ActionDependencies = {
  readonly deadLetters: Readonly<
    Record<DeadLetterQueue, PeekedQueue & Pick<MessageQueue, 'delete'>>
  >;
  /** The queues to which they are sent again; without them they are discarded. */
  readonly queues?: Readonly<Record<DeadLetterQueue, Pick<MessageQueue, 'send'>>>;
  readonly appendDecision: ReturnType<typeof createAppendDecision>;
  readonly predictRedrive: PredictRedrive;
  readonly clock: Clock;
};

type ChosenDeadLetter = { readonly deadLetter: DeadLetter; readonly message: ReceivedMessage };

/**
 * Redrives or discards dead letters. First it finds out which ones are meant, and releases the
 * others at once. Then each one is recorded, sent and deleted, in that order. A crash after any
 * step leaves the dead letter where it was, and the same decision again continues from there (ADR
 * 0020).
 */
export const createActOnDeadLetters = (dependencies: ActionDependencies) => {
  const { deadLetters, clock } = dependencies;
  const act = createAct(dependencies);

  const ofQueue = async (
    queue: DeadLetterQueue,
    options: ActionOptions,
  ): Promise<Result<ActionSummary, ListError>> => {
    const { signal, rate, onActed, onKept } = options;
    const peek = createDeadLetterPeek(deadLetters[queue], clock);
    let kept = 0;
    try {
      const choice = await choose(queue, peek, clock, options);
      if (choice.isErr()) return err(choice.error);
      const { chosen, ...seen } = choice.value;
      kept += await peek.release(new Set(chosen.map(({ deadLetter }) => deadLetter.messageId)));
      const sums = { done: 0, failed: 0 };
      for (const { deadLetter, message } of chosen) {
        const startedAt = clock.now();
        await peek.renew();
        if (signal?.aborted === true) break;
        const outcome = await act(deadLetter, message, { ...options, peek });
        if (outcome.isOk()) sums.done += 1;
        else sums.failed += 1;
        onActed({ deadLetter, outcome });
        // A failure of the dependency would only repeat itself for the next dead letter.
        if (outcome.isErr() && isDependencyError(outcome.error)) return err(outcome.error);
        await clock.sleep(Math.max(0, startedAt + SECOND_MS / rate - clock.now()), signal);
      }
      return ok({ ...seen, ...sums });
    } finally {
      kept += await peek.release();
      if (kept > 0) onKept(kept);
    }
  };

  return async (
    options: ActionOptions,
  ): Promise<Result<ActionSummary, ListError | InvalidDecider>> => {
    const reasons = [
      ...textMistakes('by', options.by, BY_CHARACTERS_MAX),
      ...textMistakes('reason', options.because, DECISION_REASON_CHARACTERS_MAX),
    ];
    if (reasons.length > 0) return err({ type: 'InvalidDecider', reasons });
    const sums = { looked: 0, found: 0, isCut: false, done: 0, failed: 0 };
    for (const queue of options.queues) {
      if (options.signal?.aborted === true || isAllFound(options.selection, sums.found)) break;
      const acted = await ofQueue(queue, options);
      if (acted.isErr()) return err(acted.error);
      const { looked: seen, found, isCut, done, failed } = acted.value;
      sums.looked += seen;
      sums.found += found;
      sums.isCut ||= isCut;
      sums.done += done;
      sums.failed += failed;
    }
    return ok(sums);
  };
};

/** Finds out which dead letters are meant; the others stay hidden until the peek releases them. */
const choose = async (
  queue: DeadLetterQueue,
  peek: DeadLetterPeek,
  clock: Pick<Clock, 'now'>,
  { selection, deadLettersMax, signal, onProgress = () => undefined }: ActionOptions,
): Promise<Result<ListSummary & { readonly chosen: readonly ChosenDeadLetter[] }, QueueError>> => {
  const chosen: ChosenDeadLetter[] = [];
  let [seen, bytes] = [0, 0];
  for await (const received of peek.messages({ deadLettersMax, signal })) {
    if (received.isErr()) return err(received.error);
    const message = received.value;
    const deadLetter = readDeadLetter(message, queue);
    seen += 1;
    if (isSelected(deadLetter, selection, clock.now())) {
      chosen.push({ deadLetter, message });
      bytes += messageBytes(message);
    }
    onProgress(seen, chosen.length);
    if (bytes >= CHOSEN_BYTES_MAX || isAllFound(selection, chosen.length)) break;
    if (signal?.aborted === true) break;
  }
  const isCut = seen >= deadLettersMax || bytes >= CHOSEN_BYTES_MAX;
  return ok({ looked: seen, found: chosen.length, isCut, chosen });
};

export type ActOnDeadLetters = ReturnType<typeof createActOnDeadLetters>;

const isDependencyError = (error: ActionError): error is DependencyError =>
  error.type === 'Unavailable' || error.type === 'Misconfigured';

/** Acts on one dead letter, in an order in which every step may be repeated. */
const createAct =
  ({ deadLetters, queues, appendDecision, predictRedrive }: ActionDependencies) =>
  (
    deadLetter: DeadLetter,
    message: ReceivedMessage,
    { isForced, by, because, peek }: ActionOptions & { readonly peek: DeadLetterPeek },
  ): ResultAsync<{ readonly isNew: boolean }, ActionError> =>
    safeTry(async function* () {
      const { messageId, queue } = deadLetter;
      if (message.damaged) return err<never, ActionError>({ type: 'Damaged' });
      if (peek.receiptOf(messageId) === undefined) return err<never, ActionError>({ type: 'Lost' });
      const notKept = queues === undefined ? undefined : whyNotKept(message.body);
      if (notKept !== undefined) return err<never, ActionError>({ type: 'NotKept', why: notKept });
      if (queues === undefined && !isForced) {
        const prediction = yield* predictRedrive(message, queue);
        if (isStillNeeded(prediction))
          return err<never, ActionError>({ type: 'Needed', prospect: prediction });
      }
      const verb: DecisionVerb = queues === undefined ? 'discard' : 'redrive';
      const recorded = yield* appendDecision(verb, deadLetter, { by, because });
      if (queues !== undefined) {
        const sent = yield* queues[queue].send([redriveMessage(message)]);
        yield* done(sent, (code) => ({ type: 'SendFailed', code }));
      }
      const receipt = peek.receiptOf(messageId);
      if (receipt === undefined)
        return err<never, ActionError>({ type: 'NotDeleted', code: 'HoldLost' });
      const deleted = yield* deadLetters[queue].delete([receipt]);
      yield* done(deleted, (code) => ({ type: 'NotDeleted', code }));
      peek.forget(messageId);
      return ok(recorded);
    });

const done = (
  [answer]: readonly EntryResult[],
  failed: (code: string) => ActionError,
): ResultAsync<void, ActionError> =>
  answer?.type === 'Done' ? okAsync(undefined) : errAsync(failed(answer?.code ?? 'NoAnswer'));
