import { err, ok, type Result } from 'neverthrow';
import type { DeadLetterQueue } from '../../domain/deadLetter/events.ts';
import { peekDeadLetters, type PeekedQueue } from './peek.ts';
import type { Clock } from '../ports/clock.ts';
import type { DependencyError } from '../ports/failures.ts';
import type { QueueError, ReceivedMessage } from '../ports/messageQueue.ts';
import type { PredictRedrive } from './predict.ts';
import type { Prediction } from './prediction.ts';
import { readDeadLetter, type DeadLetter } from './deadLetter.ts';

export type ListedDeadLetter = {
  readonly deadLetter: DeadLetter;
  readonly message: ReceivedMessage;
  readonly prospect: Prediction;
};

export type ListOptions = {
  readonly queues: readonly DeadLetterQueue[];
  readonly selection: Selection;
  /** The maximum for each queue. */
  readonly deadLettersMax: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (looked: number, found: number) => void;
  readonly onKept: (count: number) => void;
};

export type ListSummary = {
  readonly looked: number;
  readonly found: number;
  readonly isCut: boolean;
};

export type ListError = QueueError | DependencyError;

export type ListDeadLetters = (
  options: ListOptions & { readonly onDeadLetter: (seen: ListedDeadLetter) => void },
) => Promise<Result<ListSummary, ListError>>;

/**
 * Lists dead letters. By its types it can neither delete nor send, whatever the dead letters say.
 */
export const createListDeadLetters =
  ({
    deadLetters,
    predictRedrive,
    clock,
  }: {
    readonly deadLetters: Readonly<Record<DeadLetterQueue, PeekedQueue>>;
    readonly predictRedrive: PredictRedrive;
    readonly clock: Pick<Clock, 'now'>;
  }): ListDeadLetters =>
  async ({ queues, selection, onDeadLetter, onProgress = () => undefined, ...bounds }) => {
    const { deadLettersMax, signal } = bounds;
    const sums = { looked: 0, found: 0, isCut: false };
    for (const queue of queues) {
      if (isAllFound(selection, sums.found)) break;
      let ofQueue = 0;
      for await (const received of peekDeadLetters(deadLetters[queue], { ...bounds, clock })) {
        if (received.isErr()) return err(received.error);
        ofQueue += 1;
        sums.looked += 1;
        const message = received.value;
        const deadLetter = readDeadLetter(message, queue);
        if (isSelected(deadLetter, selection, clock.now())) {
          const prediction = await predictRedrive(message, queue);
          if (prediction.isErr()) return err(prediction.error);
          sums.found += 1;
          onDeadLetter({ deadLetter, message, prospect: prediction.value });
        }
        onProgress(sums.looked, sums.found);
        if (signal?.aborted === true || isAllFound(selection, sums.found)) break;
      }
      sums.isCut ||= ofQueue >= deadLettersMax;
    }
    return ok(sums);
  };

/** The criteria for dead letters. A missing criterion excludes nothing. */
export type Selection = {
  readonly ids?: ReadonlySet<string>;
  readonly orderId?: string;
  /** The class of the reason, or words that are part of the reason. */
  readonly reason?: string;
  /** The service with its version, such as `payments@0.1.0`, or only the version. */
  readonly codeVersion?: string;
  readonly olderThanMs?: number;
  readonly newerThanMs?: number;
};

export const isSelected = (deadLetter: DeadLetter, selection: Selection, now: number): boolean => {
  const { ids, orderId, reason, codeVersion, olderThanMs, newerThanMs } = selection;
  const ageMs = now - deadLetter.sentAt;
  return (
    (ids === undefined || ids.has(deadLetter.messageId)) &&
    (orderId === undefined || deadLetter.orderId === orderId) &&
    (reason === undefined || isReason(deadLetter, reason)) &&
    (codeVersion === undefined || isVersion(deadLetter, codeVersion)) &&
    (olderThanMs === undefined || ageMs > olderThanMs) &&
    (newerThanMs === undefined || ageMs < newerThanMs)
  );
};

const isReason = ({ errorType, reason }: DeadLetter, wanted: string): boolean =>
  errorType.toLowerCase() === wanted.toLowerCase() ||
  reason.toLowerCase().includes(wanted.toLowerCase());

const isVersion = ({ codeVersion = '' }: DeadLetter, wanted: string): boolean =>
  codeVersion === wanted || codeVersion.slice(codeVersion.lastIndexOf('@') + 1) === wanted;

/** Whether nothing more can be found after these: each id names one dead letter. */
export const isAllFound = ({ ids }: Selection, found: number): boolean =>
  ids !== undefined && found >= ids.size;
