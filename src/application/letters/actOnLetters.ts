import { err, errAsync, ok, okAsync, safeTry, type Result, type ResultAsync } from 'neverthrow';
import type { LetterQueue } from '../../domain/letter/index.ts';
import {
  createLetterHold,
  type LetterHold,
  type PeekedQueue,
} from '../delivery/peekDeadLetters.ts';
import { redrivenOf } from '../delivery/poison.ts';
import { whyNotKept } from '../messages/index.ts';
import { BY_CHARACTERS_MAX, wrongWith } from '../personText.ts';
import type { Clock } from '../ports/clock.ts';
import {
  messageBytes,
  type EntryResult,
  type MessageQueue,
  type QueueError,
  type ReceivedMessage,
  type TooLarge,
} from '../ports/messageQueue.ts';
import type { Foresee } from './foresee.ts';
import { isNeeded, type Prospect } from './prospect.ts';
import { letterOf, type Letter } from './letter.ts';
import type { LookError, LookOptions, Looked } from './listLetters.ts';
import type { createRecordDecision, Decider, RecordError, Verb } from './recordDecision.ts';
import { isAllFound, isSelected } from './selection.ts';

export const BECAUSE_CHARACTERS_MAX = 500;
/** Whatever is chosen is held with its body until its turn comes. */
export const CHOSEN_BYTES_MAX = 16_777_216;
const SECOND_MS = 1_000;

export type ActOptions = LookOptions &
  Decider & {
    readonly verb: Verb;
    /** How many letters are acted on in a second, at most. */
    readonly rate: number;
    /** Discards also what is still needed. */
    readonly isForced: boolean;
    readonly onActed: (acted: Acted) => void;
  };

/** `isNew`: the decision was recorded now; else an earlier try had got as far as that. */
export type Acted = {
  readonly letter: Letter;
  readonly outcome: Result<{ readonly isNew: boolean }, ActError>;
};

/** Why nothing more was done with one letter. It lies where it lay, and may be decided about again. */
export type ActError =
  | { readonly type: 'Damaged' }
  /** Its hold is over, or somebody else has it. */
  | { readonly type: 'Lost' }
  | { readonly type: 'Needed'; readonly prospect: Prospect }
  /** What was sent is not there to be sent again. */
  | { readonly type: 'NotKept'; readonly why: string }
  | { readonly type: 'SendFailed'; readonly code: string }
  /** It is recorded, and sent where it was to be sent; once more does no harm. */
  | { readonly type: 'NotDeleted'; readonly code: string }
  | TooLarge
  | QueueError
  | RecordError;

export type ActedAll = Looked & { readonly done: number; readonly failed: number };

/** Told before anything is looked at; every reason at once. */
export type InvalidDecider = {
  readonly type: 'InvalidDecider';
  readonly reasons: readonly string[];
};

export type ActDependencies = {
  readonly deadLetters: Readonly<Record<LetterQueue, PeekedQueue & Pick<MessageQueue, 'delete'>>>;
  readonly queues: Readonly<Record<LetterQueue, Pick<MessageQueue, 'send'>>>;
  readonly recordDecision: ReturnType<typeof createRecordDecision>;
  readonly foresee: Foresee;
  readonly clock: Clock;
};

type Chosen = { readonly letter: Letter; readonly message: ReceivedMessage };

/**
 * Sends letters to their queues again, or throws them away. First it is looked which are meant, and the others
 * are shown again at once; then one after the other is recorded, sent and deleted, in that order: a crash after
 * any step leaves the letter where it was, and the same decision again goes on from there (ADR 0020).
 */
export const createActOnLetters = (dependencies: ActDependencies) => {
  const { deadLetters, clock } = dependencies;
  const act = createAct(dependencies);

  const choose = async (
    queue: LetterQueue,
    hold: LetterHold,
    { selection, lettersMax, signal, onProgress = () => undefined }: ActOptions,
  ): Promise<Result<Looked & { readonly chosen: readonly Chosen[] }, QueueError>> => {
    const chosen: Chosen[] = [];
    let [looked, bytes] = [0, 0];
    for await (const received of hold.letters({ lettersMax, signal })) {
      if (received.isErr()) return err(received.error);
      const message = received.value;
      const letter = letterOf(message, queue);
      looked += 1;
      if (isSelected(letter, selection, clock.now())) {
        chosen.push({ letter, message });
        bytes += messageBytes(message);
      }
      onProgress(looked, chosen.length);
      if (bytes >= CHOSEN_BYTES_MAX || isAllFound(selection, chosen.length)) break;
      if (signal?.aborted === true) break;
    }
    const isCut = looked >= lettersMax || bytes >= CHOSEN_BYTES_MAX;
    return ok({ looked, found: chosen.length, isCut, chosen });
  };

  const ofQueue = async (
    queue: LetterQueue,
    options: ActOptions,
  ): Promise<Result<ActedAll, LookError>> => {
    const { signal, rate, onActed, onKept } = options;
    const hold = createLetterHold(deadLetters[queue], clock);
    let kept = 0;
    try {
      const choice = await choose(queue, hold, options);
      if (choice.isErr()) return err(choice.error);
      const { chosen, ...looked } = choice.value;
      kept += await hold.handBack(new Set(chosen.map(({ letter }) => letter.messageId)));
      const sums = { done: 0, failed: 0 };
      for (const { letter, message } of chosen) {
        const startedAt = clock.now();
        await hold.renew();
        if (signal?.aborted === true) break;
        const outcome = await act(letter, message, { ...options, hold });
        if (outcome.isOk()) sums.done += 1;
        else sums.failed += 1;
        onActed({ letter, outcome });
        // What failed for everybody would only fail for the next letter too.
        if (outcome.isErr() && isOfDependency(outcome.error)) return err(outcome.error);
        await clock.sleep(Math.max(0, startedAt + SECOND_MS / rate - clock.now()), signal);
      }
      return ok({ ...looked, ...sums });
    } finally {
      kept += await hold.handBack();
      if (kept > 0) onKept(kept);
    }
  };

  return async (options: ActOptions): Promise<Result<ActedAll, LookError | InvalidDecider>> => {
    const reasons = [
      ...wrongWith('by', options.by, BY_CHARACTERS_MAX),
      ...wrongWith('because', options.because, BECAUSE_CHARACTERS_MAX),
    ];
    if (reasons.length > 0) return err({ type: 'InvalidDecider', reasons });
    const sums = { looked: 0, found: 0, isCut: false, done: 0, failed: 0 };
    for (const queue of options.queues) {
      if (options.signal?.aborted === true || isAllFound(options.selection, sums.found)) break;
      const acted = await ofQueue(queue, options);
      if (acted.isErr()) return err(acted.error);
      const { looked, found, isCut, done, failed } = acted.value;
      sums.looked += looked;
      sums.found += found;
      sums.isCut ||= isCut;
      sums.done += done;
      sums.failed += failed;
    }
    return ok(sums);
  };
};

export type ActOnLetters = ReturnType<typeof createActOnLetters>;

type OfDependency = Extract<ActError, { readonly type: 'Unavailable' | 'Misconfigured' }>;

const isOfDependency = (error: ActError): error is OfDependency =>
  error.type === 'Unavailable' || error.type === 'Misconfigured';

/** All that is done with one letter, in an order of which every part may be done again. */
const createAct =
  ({ deadLetters, queues, recordDecision, foresee }: ActDependencies) =>
  (
    letter: Letter,
    message: ReceivedMessage,
    { verb, isForced, by, because, hold }: ActOptions & { readonly hold: LetterHold },
  ): ResultAsync<{ readonly isNew: boolean }, ActError> =>
    safeTry(async function* () {
      const { messageId, queue } = letter;
      if (message.damaged) return err<never, ActError>({ type: 'Damaged' });
      if (hold.receiptOf(messageId) === undefined) return err<never, ActError>({ type: 'Lost' });
      const notKept = verb === 'redrive' ? whyNotKept(message.body) : undefined;
      if (notKept !== undefined) return err<never, ActError>({ type: 'NotKept', why: notKept });
      if (verb === 'discard' && !isForced) {
        const prospect = yield* foresee(message, queue);
        if (isNeeded(prospect)) return err<never, ActError>({ type: 'Needed', prospect });
      }
      const recorded = yield* recordDecision(verb, letter, { by, because });
      if (verb === 'redrive') {
        const sent = yield* queues[queue].send([redrivenOf(message)]);
        yield* done(sent, (code) => ({ type: 'SendFailed', code }));
      }
      const receipt = hold.receiptOf(messageId);
      if (receipt === undefined)
        return err<never, ActError>({ type: 'NotDeleted', code: 'HoldLost' });
      const deleted = yield* deadLetters[queue].delete([receipt]);
      yield* done(deleted, (code) => ({ type: 'NotDeleted', code }));
      hold.forget(messageId);
      return ok(recorded);
    });

const done = (
  [answer]: readonly EntryResult[],
  failed: (code: string) => ActError,
): ResultAsync<void, ActError> =>
  answer?.type === 'Done' ? okAsync(undefined) : errAsync(failed(answer?.code ?? 'NoAnswer'));
