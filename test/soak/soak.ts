import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoryIds } from '../../src/adapters/memory/ids.ts';
import { createSqsMessageQueue, type SqsClients } from '../../src/adapters/sqs/messageQueue.ts';
import { setUpQueues } from '../../src/adapters/sqs/queues.ts';
import {
  DEFAULT_DELIVERY_SETTINGS,
  type DeliverySettings,
} from '../../src/application/delivery/settings.ts';
import type { MessageQueue, ReceivedMessage } from '../../src/application/ports/messageQueue.ts';
import { localSqsClients, untilEmpty } from '../support/sqs.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';
import { planOf, type Task } from './tasks.ts';
import { readJournals } from './journal.ts';
import { isFlat, memoryOf, type Memory } from './memory.ts';
import { judge, type Verdict } from './verdict.ts';
import { keepWorkers, type Workers } from './workers.ts';

export type SoakOptions = {
  readonly url: string;
  readonly messages: number;
  readonly workers: number;
  readonly seed: number;
  readonly maxReceiveCount: number;
  readonly crashLoops: number;
  /** Between two signals to a worker, on average. */
  readonly strikeEveryMs: number;
};

export type SoakReport = Verdict & {
  readonly seconds: number;
  readonly fates: Readonly<Record<string, number>>;
  readonly deadLetters: number;
  readonly ends: Readonly<Record<string, number>>;
  readonly memory: readonly Memory[];
};

const SETTINGS: DeliverySettings = {
  ...DEFAULT_DELIVERY_SETTINGS,
  concurrency: 25,
  visibilityMs: 3_000,
  leaseMs: 30_000,
  retryBaseMs: 200,
  retryMaxMs: 2_000,
  pollMs: 1_000,
  drainMs: 8_000,
};
/** Longer than a visibility, so that some leases have to be renewed. */
const SLOW_MS_MAX = 1.5 * SETTINGS.visibilityMs;
const STOP_MS_MAX = SETTINGS.drainMs + 5_000;
const LOOK_EVERY_MS = 200;

/**
 * Sends messages of mixed fates through worker processes that are killed on the way, and judges the
 * end.
 */
export const soak = async (options: SoakOptions): Promise<SoakReport> => {
  const { url, messages, workers: count, maxReceiveCount } = options;
  const startedAt = Date.now();
  const clients = localSqsClients(url);
  const folder = await makeTemporaryFolder();
  const { queueUrl, deadLetterUrl } = await makeQueues(clients, maxReceiveCount);
  const queue = createSqsMessageQueue(clients, { queueUrl });
  const plan = planOf({ ...options, slowMsMax: SLOW_MS_MAX });
  const tasks = [...plan.storm, ...plan.calm];
  const giveUpAt = startedAt + 120_000 + messages * 30;

  await sendAll(queue, plan.storm);
  const workers = keepWorkers(count, folder.path, {
    url,
    queueUrl,
    deadLetterUrl,
    settings: SETTINGS,
  });
  const faults: string[] = [];
  const emptyAfter = (what: string): Promise<unknown> =>
    untilEmpty(clients.client, [queueUrl], {
      withinMs: giveUpAt - Date.now(),
      everyMs: LOOK_EVERY_MS,
      giveUp: () => workers.broken(),
    }).catch((error: unknown) => faults.push(`${what}: ${String(error)}`));
  try {
    const over = new AbortController();
    const striking = strike(workers, options, over.signal);
    await emptyAfter('the storm');
    over.abort();
    await striking;
    await sendAll(queue, plan.calm);
    await emptyAfter('the calm');
  } finally {
    await workers.stop(STOP_MS_MAX);
  }
  // Counted when nobody is left who could hold anything.
  await emptyAfter('the end');

  const deadLetterQueue = createSqsMessageQueue(clients, { queueUrl: deadLetterUrl });
  const deadLetters = await takeAll(deadLetterQueue);
  const journals = readJournals(folder.path);
  const ends = workers.ends();
  const verdict = judge({ tasks, journals, ends, deadLetters });
  const memory = [...journals.values()].flatMap((lines) => memoryOf(lines) ?? []);
  faults.push(
    ...memory
      .filter((used) => !isFlat(used))
      .map((used) => `memory grows: ${JSON.stringify(used)}`),
  );
  await folder.remove();
  clients.client.destroy();
  clients.receiveClient.destroy();
  return {
    seconds: Math.round((Date.now() - startedAt) / 1_000),
    fates: countBy(tasks.map(({ fate }) => fate)),
    deadLetters: deadLetters.length,
    ends: countBy(
      ends.map(({ asked, code }) => `${asked ?? 'crash'}${code === 0 ? ', drained' : ''}`),
    ),
    memory,
    numbers: verdict.numbers,
    faults: [...faults, ...verdict.faults],
  };
};

const makeQueues = async ({ client }: SqsClients, maxReceiveCount: number) => {
  const name = `paidonce-soak-${randomUUID()}`;
  const { visibilityMs } = SETTINGS;
  const plan = { name, deadLetterName: `${name}-dlq`, visibilityMs, maxReceiveCount };
  const { queue, deadLetter } = (await setUpQueues(client, plan))._unsafeUnwrap();
  return { queueUrl: queue.url, deadLetterUrl: deadLetter.url };
};

const sendAll = async (queue: MessageQueue, tasks: readonly Task[]): Promise<void> => {
  const sent = await queue.send(tasks.map((task) => ({ body: JSON.stringify(task) })));
  const answers = sent._unsafeUnwrap();
  const refused = answers.filter(({ type }) => type === 'Failed').length;
  if (refused > 0) throw new Error(`${refused} messages were not sent`);
};

/** One signal after the other, to one worker after the other, until it is over. */
const strike = async (
  workers: Workers,
  { seed, strikeEveryMs }: SoakOptions,
  over: AbortSignal,
): Promise<void> => {
  const ids = createMemoryIds(seed + 1);
  while (!over.aborted) {
    const pauseMs = strikeEveryMs * (0.5 + ids.random());
    await sleep(pauseMs, undefined, { signal: over }).catch(() => undefined);
    const signal = ids.random() < 0.5 ? 'SIGKILL' : 'SIGTERM';
    if (!over.aborted) workers.strike(signal, ids.random());
  }
};

const takeAll = async (queue: MessageQueue): Promise<readonly ReceivedMessage[]> => {
  const taken: ReceivedMessage[] = [];
  for (;;) {
    const asked = { max: 10, waitMs: 1_000, visibilityMs: 600_000 };
    const received = (await queue.receive(asked))._unsafeUnwrap();
    if (received.length === 0) return taken;
    taken.push(...received);
  }
};

const countBy = (words: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...Map.groupBy(words, (word) => word)].map(([word, { length }]) => [word, length]),
  );
