import { err, ok, ResultAsync, type Result } from 'neverthrow';
import * as Series from '../../domain/series/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { Conflict } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import type { AllocationError, OpenError } from './allocator.ts';
import type { OpenedSeries } from './open.ts';
import { printedAs } from './printed.ts';
import type { SeriesCache } from './cache.ts';
import { lostCommits, type SeriesReader } from './seriesReader.ts';
import { placesIn, type SeriesLog } from './seriesLog.ts';
import type { AllocatorSettings } from './settings.ts';

type AllocationResult = Result<Series.PrintedNumber, AllocationError>;

type AllocationRequest = {
  readonly entry: Series.SeriesEntry;
  /** Up to this version the series surely has no number for it. */
  from: number;
  readonly numbered: Promise<AllocationResult>;
  readonly settle: (answer: AllocationResult) => void;
  readonly fail: (reason: unknown) => void;
  /** Appends that were lost to other clerks. */
  conflicts: number;
};

/** After a success the wait for company shrinks more slowly than it grew. */
const CALMING = 0.9;

export type SeriesAllocator = {
  take(
    entry: Series.SeriesEntry & { readonly from: number },
  ): ResultAsync<Series.PrintedNumber, AllocationError>;
};

/** The clerk of one series in this process. What waits here is bounded by its callers, each with one entry. */
export const createSeriesAllocator = (
  series: string,
  {
    stream,
    reader,
    open,
    clock,
    ids,
    settings,
  }: {
    readonly stream: SeriesLog;
    readonly reader: SeriesReader;
    /** Whether numbers may be taken at all, and how they are printed. */
    readonly open: () => Promise<Result<OpenedSeries, OpenError>>;
    readonly clock: Clock;
    readonly ids: Pick<Ids, 'random'>;
    readonly settings: AllocatorSettings;
  },
): SeriesAllocator => {
  /** Every request that has no answer yet, by the id of its document. */
  const requests = new Map<string, AllocationRequest>();
  /** Those of them that have no number in what is older than what is remembered. */
  const waiting = new Set<AllocationRequest>();
  let isWorking = false;
  let lingerMs = settings.lingerMs;

  const finish = (request: AllocationRequest, how: () => void): void => {
    waiting.delete(request);
    if (requests.get(request.entry.id) === request) requests.delete(request.entry.id);
    how();
  };
  const answer = (request: AllocationRequest, answered: AllocationResult): void =>
    finish(request, () => request.settle(answered));
  const answerAll = (batch: readonly AllocationRequest[], answered: AllocationResult): void => {
    for (const request of batch) answer(request, answered);
  };

  /** A caller meets a broken invariant as what it is, and the clerk goes on with the others. */
  const guarded = async (
    batch: readonly AllocationRequest[],
    act: () => Promise<void>,
  ): Promise<void> => {
    try {
      await act();
    } catch (reason) {
      for (const request of batch) finish(request, () => request.fail(reason));
    }
  };

  /** C3: what is older than what is remembered is searched before a request may join a batch. */
  const admit = (request: AllocationRequest): Promise<void> =>
    guarded([request], async () => {
      const opened = await open();
      if (opened.isErr()) return answer(request, err(opened.error));
      const { range, format } = opened.value;
      const known = range.find(request.entry.id);
      if (known !== undefined) return answer(request, ok(printedAs(known, format)));
      if (request.from < range.lo()) {
        const searched = await reader.search(range, { id: request.entry.id, from: request.from });
        if (searched.isErr()) return answer(request, err(searched.error));
        const { place, upTo } = searched.value;
        if (place !== undefined) return answer(request, ok(printedAs(place, format)));
        request.from = upTo;
      }
      waiting.add(request);
      void work(opened.value);
    });

  /** One append in flight, since the next one's place depends on it (R1). */
  const work = async (opened: OpenedSeries): Promise<void> => {
    if (isWorking) return;
    isWorking = true;
    while (waiting.size > 0) {
      // C9: company makes one commit of many, and with jitter clerks do not meet again and again.
      await clock.sleep(lingerMs * (0.5 + ids.random()));
      const batch = nextBatch();
      await guarded(batch, () => number(opened, batch));
    }
    isWorking = false;
  };

  /** C9: a commit is one item, and an item has a greatest size. The rest waits for the next one. */
  const nextBatch = (): readonly AllocationRequest[] => {
    const batch: AllocationRequest[] = [];
    let bytes = 0;
    for (const request of waiting) {
      bytes += bytesOf(request.entry);
      const isFull = batch.length === settings.batchEntriesMax || bytes > settings.batchBytesMax;
      if (isFull && batch.length > 0) break;
      batch.push(request);
      waiting.delete(request);
    }
    return batch;
  };

  const number = async (
    opened: OpenedSeries,
    batch: readonly AllocationRequest[],
  ): Promise<void> => {
    const { range, format } = opened;
    if (batch.some(({ from }) => from > range.tip().position.version)) {
      const read = await reader.readOn(range);
      if (read.isErr()) return answerAll(batch, err(read.error));
    }
    // From here to the append nothing is awaited: what was searched is what is appended to.
    const fresh = batch.filter((request) => isFresh(opened, request));
    if (fresh.length === 0) return;
    const refused = opened.refused();
    if (refused !== undefined) return answerAll(fresh, err(refused));
    const tip = range.tip();
    // C4: behind the durable tip, its numbers and its date.
    const entries = fresh.map(({ entry }) => entry);
    const event = Series.nextCommit(tip.state, {
      entries,
      now: clock.now(),
      format: Series.textOf(format),
    });
    const appended = await stream.append(tip, event);
    if (appended.isErr()) {
      if (appended.error.type === 'Conflict') return overtaken(range, fresh, appended.error);
      // C5: it may be there or come later. Nothing is handed out and nothing advances; whoever asks again
      // meets it, since the next append goes to the same place (R1).
      return answerAll(fresh, err(appended.error));
    }
    lingerMs = Math.max(settings.lingerMs, lingerMs * CALMING);
    const absorbed = range.absorb(appended.value);
    if (absorbed.isErr()) return answerAll(fresh, err(absorbed.error));
    for (const [at, place] of placesIn(series, appended.value).entries()) {
      const request = fresh[at];
      if (request !== undefined) answer(request, ok(printedAs(place, format)));
    }
  };

  /** Whether a request needs a number of its own, as far as the series is known now (C3). */
  const isFresh = ({ range, format }: OpenedSeries, request: AllocationRequest): boolean => {
    const place = range.find(request.entry.id);
    const end = range.tip().position.version;
    if (place !== undefined) answer(request, ok(printedAs(place, format)));
    else if (request.from > end) answer(request, err(lostCommits(series, end, request.from)));
    // What had been searched for it has been forgotten meanwhile.
    else if (request.from < range.lo()) void admit(request);
    else return true;
    return false;
  };

  /** C5: another clerk stands at that place. What it numbered leaves the batch, the rest tries again. */
  const overtaken = async (
    range: SeriesCache,
    batch: readonly AllocationRequest[],
    conflict: Conflict,
  ): Promise<void> => {
    lingerMs = Math.min(settings.lingerMaxMs, lingerMs * 2);
    const read = await reader.readOn(range);
    if (read.isErr()) return answerAll(batch, err(read.error));
    for (const request of batch) {
      request.conflicts += 1;
      if (request.conflicts >= settings.conflictsMax) answer(request, err(conflict));
      else waiting.add(request);
    }
  };

  const ask = (entry: Series.SeriesEntry, from: number): AllocationRequest => {
    const { promise, resolve, reject } = Promise.withResolvers<AllocationResult>();
    const request = { entry, from, numbered: promise, settle: resolve, fail: reject, conflicts: 0 };
    requests.set(entry.id, request);
    void admit(request);
    return request;
  };

  return {
    take: ({ from, ...entry }) => {
      // C2: one request for one document, however many slots ask for it.
      const request = requests.get(entry.id) ?? ask(entry, from);
      return new ResultAsync(request.numbered);
    },
  };
};

const utf8 = new TextEncoder();
const bytesOf = ({ id, reference }: Series.SeriesEntry): number =>
  utf8.encode(JSON.stringify([id, reference])).length + 1;
