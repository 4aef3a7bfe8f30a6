import { LETTER_QUEUES, type LetterQueue } from '../../../domain/letter/index.ts';
import type { PeekedQueue } from '../../delivery/peekDeadLetters.ts';
import { orderOf, type Letter } from '../../letters/letter.ts';
import { readLetters } from '../../letters/readLetters.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { InvoiceView } from '../../ports/invoiceView.ts';
import type { RecordLog } from '../../ports/recordLog.ts';
import type { Collected } from './collected.ts';
import { reasonOf, type Gathering } from './gathering.ts';
import { createReadLog } from './readLog.ts';
import { readRecords } from './readRecords.ts';

/** Nothing here can send, delete or write. */
export type CollectDependencies = {
  readonly store: Pick<EventStore, 'load'>;
  readonly invoices: Pick<InvoiceView, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
};

/** Those that are not given are not asked, and named as missing. */
export type TraceSources = {
  readonly recordLog?: RecordLog;
  readonly deadLetters?: Readonly<Record<LetterQueue, PeekedQueue>>;
  readonly signal?: AbortSignal;
};

/** More are looked through by `paidonce dlq`. */
const LETTERS_MAX = 1_000;

/**
 * Asks every source for what it knows of one order. None is needed for the others: what fails is named, and the
 * rest is given all the same, since an order of which nothing was ever recorded is what people trace most.
 */
export const createCollectTrace = (dependencies: CollectDependencies) => {
  const { clock } = dependencies;
  const readLog = createReadLog(dependencies);

  const lettersOf = async (
    orderId: string,
    { deadLetters, signal }: TraceSources,
    { missing, notes }: Gathering,
  ): Promise<readonly Letter[]> => {
    if (deadLetters === undefined) {
      missing.push('the dead-letter queues, which were not asked');
      return [];
    }
    const found: Letter[] = [];
    for (const queue of LETTER_QUEUES) {
      const onKept = (count: number) =>
        notes.push(`${count} dead letters of ${queue} are hidden from others for up to a minute.`);
      const options = {
        of: queue,
        clock,
        lettersMax: LETTERS_MAX,
        onKept,
        ...(signal && { signal }),
      };
      const letters = await readLetters(deadLetters[queue], options);
      if (letters.isErr()) {
        missing.push(`the dead letters of ${queue}: ${reasonOf(letters.error)}`);
        continue;
      }
      if (letters.value.length >= LETTERS_MAX) {
        notes.push(`Of the dead letters of ${queue} only the first ${LETTERS_MAX} were looked at.`);
      }
      found.push(...letters.value.filter((letter) => orderOf(letter) === orderId));
    }
    return found;
  };

  return async (orderId: string, sources: TraceSources): Promise<Collected> => {
    const gathering: Gathering = { missing: [], notes: [] };
    const logged = await readLog(orderId, gathering, sources.signal);
    const letters = await lettersOf(orderId, sources, gathering);
    const known = { orderId, ...logged, letters };
    const records = await readRecords(known, { ...sources, now: clock.now() }, gathering);
    return { ...known, ...gathering, ...(records === undefined ? {} : { records }) };
  };
};

export type CollectTrace = ReturnType<typeof createCollectTrace>;
