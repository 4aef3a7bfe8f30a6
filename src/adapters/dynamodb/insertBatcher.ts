import { err, ResultAsync, type Result } from 'neverthrow';
import type { CommitItem, InsertError, InsertOutcome } from '../eventStore/commitTable.ts';

export type InsertAnswer = Result<InsertOutcome, InsertError>;

/** DynamoDB accepts at most 25 statements in one BatchExecuteStatement. */
const BATCH_MAX = 25;

type QueuedInsert = { readonly item: CommitItem; readonly settle: (answer: InsertAnswer) => void };

/**
 * Gathers inserts that meet within `lingerMs` into one request, since the SDK's work for a request
 * costs more than DynamoDB's for an item. Two items of one stream never share a batch: its
 * statements run in parallel, and a later version must not be written where an earlier one failed.
 * The number of waiting inserts is bounded by the callers, each of which waits for its own answer.
 */
export const createInsertBatcher = (
  send: (items: readonly CommitItem[]) => Promise<readonly InsertAnswer[]>,
  lingerMs: number,
): ((item: CommitItem) => ResultAsync<InsertOutcome, InsertError>) => {
  let open = new Map<string, QueuedInsert>();
  let timer: NodeJS.Timeout | undefined;

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    const batch = [...open.values()];
    open = new Map();
    const answers = await answersOf(batch.map(({ item }) => item));
    for (const [index, { settle }] of batch.entries()) settle(answers[index] ?? unanswered);
  };

  /** Nobody may wait for ever, so that an unreadable answer counts as none. */
  const answersOf = async (items: readonly CommitItem[]): Promise<readonly InsertAnswer[]> => {
    try {
      return await send(items);
    } catch {
      return [];
    }
  };

  const add = (waiting: QueuedInsert): void => {
    if (open.has(waiting.item.streamId)) void flush();
    open.set(waiting.item.streamId, waiting);
    if (open.size === 1) timer = setTimeout(() => void flush(), lingerMs);
    if (open.size === BATCH_MAX) void flush();
  };

  return (item) => new ResultAsync(new Promise<InsertAnswer>((settle) => add({ item, settle })));
};

const unanswered: InsertAnswer = err({ type: 'Ambiguous', cause: 'no answer for this statement' });
