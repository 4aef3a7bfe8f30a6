import { err, ok, ResultAsync } from 'neverthrow';
import type { Calendar } from '../../domain/calendar.ts';
import * as Series from '../../domain/series/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { Conflict } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import type { SeriesCache } from './cache.ts';
import {
  foundAs,
  lostCommits,
  type FoundNumber,
  type OpenedSeries,
  type SeriesReader,
} from './openSeries.ts';
import {
  createRequests,
  type AllocationAim,
  type AllocationError,
  type AllocationRequest,
  type Requests,
} from './requests.ts';
import { standingsIn, type SeriesLog } from './seriesLog.ts';
import type { AllocatorSettings } from './settings.ts';

/** The number that the document has by then, or that it is closed. */
export type SeriesAllocation = (
  aim: AllocationAim,
  entry: Series.SeriesEntry & { readonly from: number },
) => ResultAsync<FoundNumber | 'closed', AllocationError>;

type AllocationParts = {
  readonly log: Pick<SeriesLog, 'append'>;
  readonly reader: SeriesReader;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'random'>;
  readonly settings: AllocatorSettings;
  readonly calendar: Calendar;
};

type State = AllocationParts & {
  readonly series: string;
  readonly requests: Requests;
  isWorking: boolean;
  batchDelayMs: number;
};

/** After a success, the delay of a batch shrinks more slowly than it grew. */
const DELAY_DECREASE = 0.9;

/**
 * Numbers the documents of one series, or closes them. Its callers bound the requests: each has one
 * document.
 */
export const createSeriesAllocation = (
  series: string,
  parts: AllocationParts,
): SeriesAllocation => {
  const { batchDelayMs } = parts.settings;
  const requests = createRequests();
  const state: State = { ...parts, series, requests, isWorking: false, batchDelayMs };
  return (aim, { from, ...entry }) => {
    // C2: there is one request for one document, however many callers ask for it, and for what.
    const known = requests.of(entry.id);
    if (known !== undefined) return new ResultAsync(known.settled);
    const request = requests.add(aim, entry, from);
    void admit(state, request);
    return new ResultAsync(request.settled);
  };
};

/** C3: the commits older than the cache are searched before a request may join a batch. */
const admit = (state: State, request: AllocationRequest): Promise<void> => {
  const { reader, requests } = state;
  const { id } = request.entry;
  return requests.guard([request], async () => {
    const opened = await reader.open();
    if (opened.isErr()) return requests.answer(request, err(opened.error));
    const { cache, format } = opened.value;
    const known = cache.find(id);
    if (known !== undefined) return requests.answer(request, ok(foundAs(known, format)));
    if (request.from < cache.lo()) {
      const searched = await reader.search(cache, { id, from: request.from });
      if (searched.isErr()) return requests.answer(request, err(searched.error));
      const { standing, upTo } = searched.value;
      if (standing !== undefined) return requests.answer(request, ok(foundAs(standing, format)));
      request.from = upTo;
    }
    requests.waiting.add(request);
    void work(state, opened.value);
  });
};

/** There is one append in flight, since the next one's place depends on it (R1). */
const work = async (state: State, opened: OpenedSeries): Promise<void> => {
  if (state.isWorking) return;
  const { clock, ids, settings, requests } = state;
  state.isWorking = true;
  while (requests.waiting.size > 0) {
    // C9: a delay makes one commit of many requests, and jitter keeps allocators apart.
    await clock.sleep(state.batchDelayMs * (0.5 + ids.random()));
    const batch = requests.nextBatch(settings);
    await requests.guard(batch, () => appendBatch(state, opened, batch));
  }
  state.isWorking = false;
};

const appendBatch = async (
  state: State,
  opened: OpenedSeries,
  batch: readonly AllocationRequest[],
): Promise<void> => {
  const { log, reader, requests, clock, settings, calendar } = state;
  const { cache, format } = opened;
  // Others number too, and have gone on during the wait: behind the end as it was before, this
  // append would lose for as long as they go on.
  const isContended = state.batchDelayMs > settings.batchDelayMs;
  if (isContended || batch.some(({ from }) => from > cache.head.position.version)) {
    const read = await reader.readOn(cache);
    if (read.isErr()) return requests.answerAll(batch, err(read.error));
  }
  // Nothing is awaited from here to the append: the append follows the head that was searched.
  const fresh = batch.filter((request) => isFresh(state, opened, request));
  if (fresh.length === 0) return;
  const refused = opened.refused();
  if (refused !== undefined) return requests.answerAll(fresh, err(refused));
  const { head } = cache;
  const entries = fresh.map(({ entry }) => entry);
  const now = clock.now();
  // C4: behind the durable head, its numbers and its date.
  const event = fresh.some(({ aim }) => aim === 'close')
    ? Series.closingCommit(head.state, { entries, now })
    : Series.nextCommit(head.state, { entries, now, format: Series.textOf(format), calendar });
  const appended = await log.append(head, event);
  if (appended.isErr()) {
    if (appended.error.type === 'Conflict') return overtaken(state, cache, fresh, appended.error);
    // C5: the commit may be there or come later. No number is returned and nothing advances. A
    // later request meets it, since the next append goes to the same place (R1).
    return requests.answerAll(fresh, err(appended.error));
  }
  state.batchDelayMs = Math.max(settings.batchDelayMs, state.batchDelayMs * DELAY_DECREASE);
  const absorbed = cache.absorb(appended.value);
  if (absorbed.isErr()) return requests.answerAll(fresh, err(absorbed.error));
  for (const [at, [, standing]] of standingsIn(state.series, appended.value).entries()) {
    const request = fresh[at];
    if (request !== undefined) requests.answer(request, ok(foundAs(standing, format)));
  }
};

/** Whether a request needs a place of its own, as far as the series is known now (C3). */
const isFresh = (
  state: State,
  { cache, format }: OpenedSeries,
  request: AllocationRequest,
): boolean => {
  const { requests, series } = state;
  const standing = cache.find(request.entry.id);
  const end = cache.head.position.version;
  if (standing !== undefined) requests.answer(request, ok(foundAs(standing, format)));
  else if (request.from > end)
    requests.answer(request, err(lostCommits(series, end, request.from)));
  // The commits searched for it were forgotten meanwhile.
  else if (request.from < cache.lo()) void admit(state, request);
  else return true;
  return false;
};

/** C5: another allocator took that place. Requests for what it numbered or closed are answered. */
const overtaken = async (
  state: State,
  cache: SeriesCache,
  batch: readonly AllocationRequest[],
  conflict: Conflict,
): Promise<void> => {
  const { reader, requests, settings } = state;
  state.batchDelayMs = Math.min(settings.batchDelayMaxMs, state.batchDelayMs * 2);
  const read = await reader.readOn(cache);
  if (read.isErr()) return requests.answerAll(batch, err(read.error));
  for (const request of batch) {
    request.conflicts += 1;
    if (request.conflicts >= settings.conflictsMax) requests.answer(request, err(conflict));
    else requests.waiting.add(request);
  }
};
