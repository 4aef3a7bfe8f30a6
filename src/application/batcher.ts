import { exponentialMs } from './delivery/backoff.ts';
import type { Clock } from './ports/clock.ts';
import type { WorkTracing, WorkOrigin } from './ports/tracing.ts';

/** Takes one entry, and resolves with the answer for this very entry. Never rejects. */
export type Batcher<Entry, Answer> = (entry: Entry) => Promise<Answer>;

export type BatcherOptions<Entry, Answer> = {
  /** One call for all entries, and an answer for each, by position. It may reject. */
  readonly call: (entries: readonly Entry[]) => Promise<readonly Answer[]>;
  /** The answer of each entry of a call that failed, or of one that a call did not answer. */
  readonly failed: (error: unknown) => Answer;
  /** Whether a call may have failed because of one entry; then each is sent by itself. */
  readonly isEntryAtFault?: (error: unknown) => boolean;
  /** Whether this entry had no effect and may be sent again soon, up to `THROTTLE_TRIES_MAX`. */
  readonly isThrottled?: (answer: Answer) => boolean;
  readonly entriesMax: number;
  readonly bytesMax?: number;
  /** The size of an entry towards `bytesMax`; an entry that is too large by itself goes alone. */
  readonly bytesOf?: (entry: Entry) => number;
  /** Entries with the same key never share a call, since a call has no order inside. */
  readonly keyOf?: (entry: Entry) => string;
  /** The longest wait for company, in milliseconds. */
  readonly batchDelayMs?: number;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** The name of the call in traces, such as `SQS/DeleteMessageBatch`, where there is tracing. */
  readonly traced?: TracedCall | undefined;
};

export type TracedCall = { readonly name: string; readonly tracing: BatchTracing };

export type BatchTracing = Pick<WorkTracing, 'origin' | 'sharedCall'>;

/** A few milliseconds cost little next to a round trip, and save up to nine calls in ten. */
const BATCH_DELAY_MS = 5;
/** Entries that come so close together belong to different callers. */
const CROWD_MS = 2;
/** The maximum number of calls under way. Further batches wait, and fill up meanwhile. */
export const CALLS_MAX = 16;
export const THROTTLE_TRIES_MAX = 3;
const THROTTLE_PAUSE_MS = 50;

type Waiting<Entry, Answer> = {
  readonly entry: Entry;
  readonly bytes: number;
  readonly tries: number;
  readonly answer: (answer: Answer) => void;
  readonly origin?: WorkOrigin | undefined;
};

type Batch<Entry, Answer> = {
  readonly waiting: Waiting<Entry, Answer>[];
  readonly keys: Set<string>;
  bytes: number;
  readonly closed: AbortController;
};

/** A reason of our own, because AbortController would create an error with a stack each time. */
const CLOSED = 'closed';

/**
 * Group commit: entries of different callers that meet within a few milliseconds travel in one
 * call, since the work for a request costs more than that for an entry (ADR 0030). An entry waits
 * for company only where company is likely: while a call is under way, right after another entry,
 * or if the batch before had more than one. So a lone entry leaves at once.
 *
 * Its callers bound the number of waiting entries, because each of them waits for its answer.
 * Nobody has to flush, for the same reason.
 */
export const createBatcher = <Entry, Answer>(
  options: BatcherOptions<Entry, Answer>,
): Batcher<Entry, Answer> => {
  const { entriesMax, bytesMax = Infinity, batchDelayMs = BATCH_DELAY_MS, clock } = options;
  const { bytesOf = () => 0, keyOf, traced } = options;
  let open: Batch<Entry, Answer> | undefined;
  let lastAt = -Infinity;

  const add = (waiting: Waiting<Entry, Answer>): void => {
    const key = keyOf?.(waiting.entry);
    if (open !== undefined) {
      const isSame = key !== undefined && open.keys.has(key);
      if (isSame || open.bytes + waiting.bytes > bytesMax) close(open);
    }
    const batch = open ?? begin();
    lastAt = clock.now();
    batch.waiting.push(waiting);
    batch.bytes += waiting.bytes;
    if (key !== undefined) batch.keys.add(key);
    if (batch.waiting.length === entriesMax) close(batch);
  };

  const calls = createCalls(options, add);

  const begin = (): Batch<Entry, Answer> => {
    const batch = { waiting: [], keys: new Set<string>(), bytes: 0, closed: new AbortController() };
    open = batch;
    const isCompanyLikely = calls.areBusy() || clock.now() - lastAt < CROWD_MS;
    const wait = isCompanyLikely
      ? clock.sleep(batchDelayMs, batch.closed.signal)
      : Promise.resolve();
    void callAfter(batch, wait);
    return batch;
  };

  const callAfter = async (batch: Batch<Entry, Answer>, wait: Promise<void>): Promise<void> => {
    await wait;
    if (open === batch) open = undefined;
    calls.add(batch);
  };

  const close = (batch: Batch<Entry, Answer>): void => {
    if (open === batch) open = undefined;
    batch.closed.abort(CLOSED);
  };

  return (entry) =>
    new Promise((answer) => {
      const origin = traced?.tracing.origin();
      add({ entry, bytes: bytesOf(entry), tries: 1, answer, origin });
    });
};

/** The calls of closed batches, in turn. An entry that was throttled is added to a batch again. */
const createCalls = <Entry, Answer>(
  options: BatcherOptions<Entry, Answer>,
  addAgain: (waiting: Waiting<Entry, Answer>) => void,
) => {
  const { clock, isThrottled = () => false, traced } = options;
  const send = createSend(options);
  const batches: Batch<Entry, Answer>[] = [];
  let underWay = 0;
  let lastCount = 1;

  const start = (): void => {
    while (underWay < CALLS_MAX) {
      const batch = batches.shift();
      if (batch === undefined) return;
      underWay += 1;
      lastCount = batch.waiting.length;
      void run(batch);
    }
  };

  const run = async ({ waiting }: Batch<Entry, Answer>): Promise<void> => {
    const call = () => send(waiting.map(({ entry }) => entry));
    const origins = waiting.map(({ origin }) => origin);
    const answers = await (traced?.tracing.sharedCall(traced.name, origins, call) ?? call());
    underWay -= 1;
    for (const [at, answer] of answers.entries()) settle(waiting[at], answer);
    start();
  };

  const settle = (waiting: Waiting<Entry, Answer> | undefined, answer: Answer): void => {
    if (waiting === undefined) return;
    if (!isThrottled(answer) || waiting.tries === THROTTLE_TRIES_MAX) return waiting.answer(answer);
    const pauseMs = exponentialMs(waiting.tries, { baseMs: THROTTLE_PAUSE_MS });
    void clock.sleep(pauseMs).then(() => addAgain({ ...waiting, tries: waiting.tries + 1 }));
  };

  return {
    add: (batch: Batch<Entry, Answer>): void => {
      batches.push(batch);
      start();
    },
    /** Whether a call is under way, or the last one had entries of more than one caller. */
    areBusy: (): boolean => underWay > 0 || lastCount > 1,
  };
};

/** Sends entries in one call, or one by one where one of them may be at fault. Never rejects. */
const createSend = <Entry, Answer>({
  call,
  failed,
  isEntryAtFault = () => false,
}: BatcherOptions<Entry, Answer>) => {
  const send = async (entries: readonly Entry[]): Promise<readonly Answer[]> => {
    try {
      const answers = await call(entries);
      return entries.map((_, at) => answers[at] ?? failed(undefined));
    } catch (error) {
      if (entries.length === 1 || !isEntryAtFault(error)) return entries.map(() => failed(error));
      return (await Promise.all(entries.map((entry) => send([entry])))).flat();
    }
  };
  return send;
};
