import { openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { err, ok, ResultAsync, type Result } from 'neverthrow';
import { createSqsMessageQueue } from '../../src/adapters/sqs/messageQueue.ts';
import { createSystemClock } from '../../src/adapters/system/clock.ts';
import { createSystemIds } from '../../src/adapters/system/ids.ts';
import { createConsumer } from '../../src/application/delivery/consumer.ts';
import { createGroupedQueue } from '../../src/application/delivery/groupedQueue.ts';
import type {
  Delivery,
  HandlerSuccess,
  Handler,
  HandlerError,
} from '../../src/application/delivery/handler.ts';
import type { DeliverySettings } from '../../src/application/delivery/settings.ts';
import { localSqsClients } from '../support/sqs.ts';
import type { Task } from './tasks.ts';
import { appendLine, type Handled as HandledLine } from './journal.ts';

export type WorkerOptions = {
  readonly url: string;
  readonly queueUrl: string;
  readonly deadLetterUrl: string;
  readonly journal: string;
  readonly settings: DeliverySettings;
};

const MEMORY_EVERY_MS = 500;

const options = JSON.parse(process.argv[2] ?? '') as WorkerOptions;
const { url, queueUrl, deadLetterUrl, settings } = options;
/**
 * Longer than what is slow. What is received together shows again together, so that a message that
 * always killed at once would take the same slow ones with it every time, until the redrive policy
 * moves them too.
 */
const CRASH_AFTER_MS_MAX = 2 * settings.visibilityMs;
const journal = openSync(options.journal, 'a');
const stop = new AbortController();
let handled = 0;

const play = async (
  { fate, amount }: Task,
  { receiveCount, signal }: Delivery,
): Promise<HandledLine['result']> => {
  switch (fate) {
    case 'ok':
      await sleep(amount);
      return 'done';
    case 'slow':
      await sleep(amount, undefined, { signal }).catch(() => undefined);
      return signal.aborted ? 'aborted' : 'done';
    case 'retry':
      return receiveCount <= amount ? 'again' : 'done';
    case 'poison':
      return 'poison';
    case 'crash':
      if (receiveCount > amount) return 'done';
      await sleep(Math.random() * CRASH_AFTER_MS_MAX);
      return 'crash';
  }
};

const answer = (
  number: number,
  result: HandledLine['result'],
): Result<HandlerSuccess, HandlerError> => {
  switch (result) {
    case 'again':
      return err({ type: 'ConflictsExhausted', orderId: String(number) });
    case 'poison':
      return err({ type: 'MalformedMessage', reasons: [`poison ${number}`] });
    case 'aborted':
      return err({ type: 'Aborted', dependency: 'EventStore' });
    case 'done':
    case 'crash':
      return ok({ outcome: result });
  }
};

const handle: Handler = (delivery) => {
  const task = JSON.parse(delivery.body) as Task;
  const { messageId, receiveCount: receive } = delivery;
  appendLine(journal, { kind: 'started', number: task.number, receive });
  const played = play(task, delivery).then((result) => {
    handled += 1;
    appendLine(journal, { kind: 'handled', number: task.number, messageId, receive, result });
    if (result === 'crash') process.kill(process.pid, 'SIGKILL');
    return answer(task.number, result);
  });
  return new ResultAsync(played);
};

const clients = localSqsClients(url);
const clock = createSystemClock();
process.once('SIGTERM', () => stop.abort());
// Without its driver nobody would end it.
process.once('disconnect', () => process.exit(1));
const memory = setInterval(() => {
  globalThis.gc?.();
  const { rss: rssBytes, heapUsed: heapBytes } = process.memoryUsage();
  appendLine(journal, { kind: 'memory', handled, rssBytes, heapBytes });
}, MEMORY_EVERY_MS);

const running = createConsumer({
  probes: {},
  queue: createGroupedQueue(createSqsMessageQueue(clients, { queueUrl }), clock),
  deadLetterQueue: createGroupedQueue(
    createSqsMessageQueue(clients, { queueUrl: deadLetterUrl }),
    clock,
  ),
  handle,
  clock,
  ids: createSystemIds(),
  telemetry: {
    record: ({ event, messageId = '', outcome: why = '' }) => {
      if (event === 'lease.lost') appendLine(journal, { kind: 'leaseLost', messageId, why });
    },
    flush: () => Promise.resolve({ written: 0, dropped: 0, rejected: 0 }),
  },
  service: { name: 'soak', version: '1' },
  settings,
}).run(stop.signal);
process.send?.('ready');

appendLine(journal, { kind: 'drained', report: await running });
clearInterval(memory);
clients.client.destroy();
clients.receiveClient.destroy();
process.removeAllListeners('disconnect');
process.disconnect();
