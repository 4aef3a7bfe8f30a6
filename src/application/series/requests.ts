import type { Result } from 'neverthrow';
import type * as Series from '../../domain/series/index.ts';
import type { AppendError, LoadError } from '../ports/eventStore.ts';
import type { FoundNumber } from './openSeries.ts';
import type { AllocatorSettings } from './settings.ts';

export type AllocationError = AppendError | LoadError;

/** The number that the document has, or that it is closed (R25). */
export type AllocationResult = Result<FoundNumber | 'closed', AllocationError>;

/** Asks for a number or, where the refund has failed, that there be none. */
export type AllocationAim = 'number' | 'close';

export type AllocationRequest = {
  readonly aim: AllocationAim;
  readonly entry: Series.SeriesEntry;
  /** The series says nothing about the document up to this version. */
  from: number;
  readonly settled: Promise<AllocationResult>;
  readonly settle: (answer: AllocationResult) => void;
  readonly fail: (reason: unknown) => void;
  /** The number of appends that were lost to other allocators. */
  conflicts: number;
};

type Batch = readonly AllocationRequest[];

/** The requests of one series that have no answer yet, by the id of their document. */
export const createRequests = () => {
  const open = new Map<string, AllocationRequest>();
  /** Requests that wait for a batch: the commits older than the cache lack their documents. */
  const waiting = new Set<AllocationRequest>();

  const finish = (request: AllocationRequest, how: () => void): void => {
    waiting.delete(request);
    if (open.get(request.entry.id) === request) open.delete(request.entry.id);
    how();
  };
  const answer = (request: AllocationRequest, answered: AllocationResult): void =>
    finish(request, () => request.settle(answered));

  return {
    waiting,
    answer,
    of: (id: string): AllocationRequest | undefined => open.get(id),
    add: (aim: AllocationAim, entry: Series.SeriesEntry, from: number): AllocationRequest => {
      const { promise, resolve, reject } = Promise.withResolvers<AllocationResult>();
      const ends = { settled: promise, settle: resolve, fail: reject };
      const request = { aim, entry, from, ...ends, conflicts: 0 };
      open.set(entry.id, request);
      return request;
    },
    answerAll: (batch: Batch, answered: AllocationResult): void => {
      for (const request of batch) answer(request, answered);
    },
    /** A broken invariant fails these requests, and the work goes on with the others. */
    guard: async (batch: Batch, act: () => Promise<void>): Promise<void> => {
      try {
        await act();
      } catch (reason) {
        for (const request of batch) finish(request, () => request.fail(reason));
      }
    },
    /** C9: a commit is one item of one event, with a maximum size. The rest waits for the next. */
    nextBatch: ({
      batchEntriesMax,
      batchBytesMax,
    }: Pick<AllocatorSettings, 'batchEntriesMax' | 'batchBytesMax'>): Batch => {
      const batch: AllocationRequest[] = [];
      let bytes = 0;
      for (const request of waiting) {
        if (batch.some(({ aim }) => aim !== request.aim)) break;
        bytes += bytesOf(request.entry);
        const isFull = batch.length === batchEntriesMax || bytes > batchBytesMax;
        if (isFull && batch.length > 0) break;
        batch.push(request);
        waiting.delete(request);
      }
      return batch;
    },
  };
};

const utf8 = new TextEncoder();
const bytesOf = ({ id, reference }: Series.SeriesEntry): number =>
  utf8.encode(JSON.stringify([id, reference])).length + 1;

export type Requests = ReturnType<typeof createRequests>;
