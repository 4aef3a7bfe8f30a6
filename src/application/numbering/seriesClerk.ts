import { err, ok, ResultAsync, type Result } from 'neverthrow';
import * as Series from '../../domain/series/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { Conflict } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import type { ClerkError, WarmError } from './clerk.ts';
import type { Opened } from './open.ts';
import { printedAs } from './printed.ts';
import type { Range } from './range.ts';
import { lostCommits, type SeriesReader } from './seriesReader.ts';
import { placesIn, type SeriesStream } from './seriesStream.ts';
import type { ClerkSettings } from './settings.ts';

type Answer = Result<Series.Printed, ClerkError>;

type Request = {
  readonly entry: Series.Entry;
  /** Up to this version the series surely has no number for it. */
  from: number;
  readonly numbered: Promise<Answer>;
  readonly settle: (answer: Answer) => void;
  readonly fail: (reason: unknown) => void;
  /** Appends that were lost to other clerks. */
  conflicts: number;
};

/** After a success the wait for company shrinks more slowly than it grew. */
const CALMING = 0.9;

export type SeriesClerk = {
  take(entry: Series.Entry & { readonly from: number }): ResultAsync<Series.Printed, ClerkError>;
};

/** The clerk of one series in this process. What waits here is bounded by its callers, each with one entry. */
export const createSeriesClerk = (
  series: string,
  {
    stream,
    reader,
    open,
    clock,
    ids,
    settings,
  }: {
    readonly stream: SeriesStream;
    readonly reader: SeriesReader;
    /** Whether numbers may be taken at all, and how they are printed. */
    readonly open: () => Promise<Result<Opened, WarmError>>;
    readonly clock: Clock;
    readonly ids: Pick<Ids, 'random'>;
    readonly settings: ClerkSettings;
  },
): SeriesClerk => {
  /** Every request that has no answer yet, by the id of its document. */
  const requests = new Map<string, Request>();
  /** Those of them that have no number in what is older than what is remembered. */
  const waiting = new Set<Request>();
  let isWorking = false;
  let lingerMs = settings.lingerMs;

  const finish = (request: Request, how: () => void): void => {
    waiting.delete(request);
    if (requests.get(request.entry.id) === request) requests.delete(request.entry.id);
    how();
  };
  const answer = (request: Request, answered: Answer): void =>
    finish(request, () => request.settle(answered));
  const answerAll = (batch: readonly Request[], answered: Answer): void => {
    for (const request of batch) answer(request, answered);
  };

  /** A caller meets a broken invariant as what it is, and the clerk goes on with the others. */
  const guarded = async (batch: readonly Request[], act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (reason) {
      for (const request of batch) finish(request, () => request.fail(reason));
    }
  };

  /** C3: what is older than what is remembered is searched before a request may join a batch. */
  const admit = (request: Request): Promise<void> =>
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
  const work = async (opened: Opened): Promise<void> => {
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
  const nextBatch = (): readonly Request[] => {
    const batch: Request[] = [];
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

  const number = async (opened: Opened, batch: readonly Request[]): Promise<void> => {
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
  const isFresh = ({ range, format }: Opened, request: Request): boolean => {
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
    range: Range,
    batch: readonly Request[],
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

  const ask = (entry: Series.Entry, from: number): Request => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
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
const bytesOf = ({ id, reference }: Series.Entry): number =>
  utf8.encode(JSON.stringify([id, reference])).length + 1;
