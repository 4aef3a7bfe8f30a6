import { err, ok, type Result } from 'neverthrow';
import type { LetterQueue } from '../../domain/letter/index.ts';
import { peekDeadLetters, type PeekedQueue } from '../delivery/peekDeadLetters.ts';
import type { Clock } from '../ports/clock.ts';
import type { Misconfigured, Unavailable } from '../ports/failures.ts';
import type { QueueError, ReceivedMessage } from '../ports/messageQueue.ts';
import type { Foresee } from './foresee.ts';
import type { Prospect } from './prospect.ts';
import { letterOf, type Letter } from './letter.ts';
import { isAllFound, isSelected, type Selection } from './selection.ts';

export type SeenLetter = {
  readonly letter: Letter;
  readonly message: ReceivedMessage;
  readonly prospect: Prospect;
};

export type LookOptions = {
  readonly queues: readonly LetterQueue[];
  readonly selection: Selection;
  /** Of each queue. */
  readonly lettersMax: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (looked: number, found: number) => void;
  /** So many could not be handed back; they show again by themselves within a minute. */
  readonly onKept: (count: number) => void;
};

export type Looked = {
  readonly looked: number;
  readonly found: number;
  /** There may be more letters than were looked at. */
  readonly isCut: boolean;
};

export type LookError = QueueError | Unavailable | Misconfigured;

export type ListLetters = (
  options: LookOptions & { readonly onLetter: (seen: SeenLetter) => void },
) => Promise<Result<Looked, LookError>>;

/** By type it can neither delete nor send, whatever the letters say. */
export const createListLetters =
  ({
    deadLetters,
    foresee,
    clock,
  }: {
    readonly deadLetters: Readonly<Record<LetterQueue, PeekedQueue>>;
    readonly foresee: Foresee;
    readonly clock: Pick<Clock, 'now'>;
  }): ListLetters =>
  async ({ queues, selection, onLetter, onProgress = () => undefined, ...bounds }) => {
    const { lettersMax, signal } = bounds;
    const sums = { looked: 0, found: 0, isCut: false };
    for (const queue of queues) {
      if (isAllFound(selection, sums.found)) break;
      let ofQueue = 0;
      for await (const received of peekDeadLetters(deadLetters[queue], { ...bounds, clock })) {
        if (received.isErr()) return err(received.error);
        ofQueue += 1;
        sums.looked += 1;
        const message = received.value;
        const letter = letterOf(message, queue);
        if (isSelected(letter, selection, clock.now())) {
          const prospect = await foresee(message, queue);
          if (prospect.isErr()) return err(prospect.error);
          sums.found += 1;
          onLetter({ letter, message, prospect: prospect.value });
        }
        onProgress(sums.looked, sums.found);
        if (signal?.aborted === true || isAllFound(selection, sums.found)) break;
      }
      sums.isCut ||= ofQueue >= lettersMax;
    }
    return ok(sums);
  };
