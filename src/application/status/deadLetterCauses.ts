import { err, ok, ResultAsync, type Result } from 'neverthrow';
import { DEAD_LETTER_QUEUES, type DeadLetterQueue } from '../../domain/deadLetter/events.ts';
import { readDeadLetters, type DeadLetter } from '../deadLetters/deadLetter.ts';
import type { PeekedQueue } from '../deadLetters/peek.ts';
import type { Clock } from '../ports/clock.ts';
import type { QueueError } from '../ports/messageQueue.ts';

/** Dead letters that are there for the same reason. */
export type CauseOfDeadLetters = {
  readonly queue: DeadLetterQueue;
  /** The class of the error; for a review, with its reason. */
  readonly cause: string;
  readonly count: number;
  /** When the oldest of them was moved, or first sent where its queue moved it. */
  readonly since: number;
};

export type DeadLettersSeen = {
  /** The causes, the oldest first. */
  readonly causes: readonly CauseOfDeadLetters[];
  readonly looked: number;
  /** There may be more than were looked at. */
  readonly isCut: boolean;
};

type DeadLetterLook = {
  readonly clock: Pick<Clock, 'now'>;
  /** The maximum for each queue. */
  readonly deadLettersMax: number;
  readonly signal?: AbortSignal | undefined;
};

/** Receives dead letters, counts them by cause, and releases them. */
export const countDeadLetters = (
  queues: Readonly<Record<DeadLetterQueue, PeekedQueue>>,
  look: DeadLetterLook,
): ResultAsync<DeadLettersSeen, QueueError> => new ResultAsync(count(queues, look));

const count = async (
  queues: Readonly<Record<DeadLetterQueue, PeekedQueue>>,
  look: DeadLetterLook,
): Promise<Result<DeadLettersSeen, QueueError>> => {
  const all: DeadLetter[] = [];
  let isCut = false;
  for (const of of DEAD_LETTER_QUEUES) {
    const read = await readDeadLetters(queues[of], { of, ...look });
    if (read.isErr()) return err(read.error);
    isCut ||= read.value.length >= look.deadLettersMax;
    all.push(...read.value);
  }
  const groups = Object.values(
    Object.groupBy(all, (deadLetter) => `${deadLetter.queue} ${causeOf(deadLetter)}`),
  );
  const causes = groups.flatMap((group = []): readonly CauseOfDeadLetters[] => {
    const [first] = group;
    if (first === undefined) return [];
    const since = Math.min(...group.map(({ sentAt }) => sentAt));
    return [{ queue: first.queue, cause: causeOf(first), count: group.length, since }];
  });
  return ok({
    causes: causes.toSorted((one, other) => one.since - other.since),
    looked: all.length,
    isCut,
  });
};

/** The word of the reason that says why, without its subject: `contradiction: refund#r-1`. */
const WHY = /^ReviewRequired; (?:\S+ is in review: )?(?<why>[a-z-]{1,40})(?:$|[:;,])/;

/**
 * The cause, such as `ReviewRequired: amount`: the causes of reviews differ in what a person does
 * about them.
 */
const causeOf = ({ errorType, reason }: DeadLetter): string => {
  const { why } = WHY.exec(reason)?.groups ?? {};
  return errorType === 'ReviewRequired' && why !== undefined ? `${errorType}: ${why}` : errorType;
};
