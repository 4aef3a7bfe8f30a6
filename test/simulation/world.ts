import type fc from 'fast-check';
import { err, okAsync, ResultAsync, type Result } from 'neverthrow';
import { createEventStore } from '../../src/adapters/eventlog/eventStore.ts';
import type { CommitItem, CommitTable } from '../../src/adapters/eventlog/commitTable.ts';
import { createMemoryCommitTable } from '../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../src/adapters/memory/ids.ts';
import { createMemoryInvoiceView } from '../../src/adapters/memory/invoiceView.ts';
import { createMemoryMessageQueue } from '../../src/adapters/memory/messageQueue.ts';
import { createMemoryNotifier } from '../../src/adapters/memory/notifier.ts';
import { createMemoryPaymentGateway } from '../../src/adapters/memory/paymentGateway.ts';
import { createMemoryTelemetry } from '../../src/adapters/memory/telemetry.ts';
import { createVirtualClock } from '../../src/adapters/memory/clock.ts';
import type { Handler } from '../../src/application/delivery/handler.ts';
import { createNotificationHandler } from '../../src/application/notification/tellCustomer.ts';
import { createPaymentHandler } from '../../src/application/payment/processPayment.ts';
import { createSteps } from '../../src/application/payment/steps.ts';
import type { Unavailable } from '../../src/application/ports/failures.ts';
import type { ChargeOutcome } from '../../src/application/ports/paymentGateway.ts';
import { createNotificationStream, createOrderStream } from '../../src/application/streams.ts';

/** What may befall one call of one process. */
export type Fault =
  | 'none'
  /** Refused; nothing was done. */
  | 'reject'
  /** Done, and the answer was lost. */
  | 'lose'
  /** The answer was lost and it is done later, perhaps after others have acted (a ghost). */
  | 'late'
  /** Done, the answer was lost, and the client repeated it by itself, as an SDK does. */
  | 'repeat'
  /** The process dies before, or after, it is done. */
  | 'crash before'
  | 'crash after';

export type Process = { readonly payment: Handler; readonly notification: Handler };

const KEY_WINDOW_MS = 86_400_000;
export const RESEND_HORIZON_MS = 1_800_000;
const CLAIM_LEASE_MS = 60_000;

const never = <T>(): Promise<T> => new Promise(() => undefined);

/**
 * One world: what lasts (table, gateway, queue, mail service) and processes that come and go. Every call of a
 * process waits for the scheduler before and after it is done, so that any interleaving can happen, and may
 * meet a fault of the process's plan, one fault a call. What was met where is added to `seen`.
 */
export const createWorld = (scheduler: fc.Scheduler, seen = new Set<string>()) => {
  const clock = createVirtualClock(1_795_000_000_000);
  const ids = createMemoryIds();
  const table = createMemoryCommitTable();
  const gateway = createMemoryPaymentGateway({ clock, keyWindowMs: KEY_WINDOW_MS });
  const invoices = createMemoryInvoiceView();
  const notifications = createMemoryMessageQueue({ clock, ids });
  const notifier = createMemoryNotifier();
  const telemetry = createMemoryTelemetry();
  const late: Promise<unknown>[] = [];
  /** Every item as it was first acknowledged or read: what was seen once must be there for ever (S7). */
  const acknowledged: CommitItem[] = [];

  const unavailable = (dependency: Unavailable['dependency'], cause: string): Unavailable => ({
    type: 'Unavailable',
    dependency,
    cause,
    throttled: false,
  });

  const createProcess = (
    plan: readonly Fault[],
  ): { process: Process; died: Promise<'crashed'> } => {
    let calls = 0;
    let dead = false;
    let die: (how: 'crashed') => void = () => undefined;
    const died = new Promise<'crashed'>((resolve) => (die = resolve));

    const crash = <T>(): Promise<T> => {
      dead = true;
      die('crashed');
      return never<T>();
    };

    const call = <T, E>(
      label: string,
      act: () => ResultAsync<T, E>,
      failures: { readonly reject: E; readonly lost: E },
    ): ResultAsync<T, E> => {
      const run = async (): Promise<Result<T, E>> => {
        if (dead) return never();
        const fault = plan[calls] ?? 'none';
        calls += 1;
        seen.add(`${label.replace(/ \S+#\S+/, '')}: ${fault}`);
        await scheduler.schedule(Promise.resolve(), `${label}: ${fault}`);
        if (dead) return never();
        if (fault === 'crash before') return crash();
        if (fault === 'reject') return err(failures.reject);
        if (fault === 'late') {
          late.push(
            scheduler.schedule(Promise.resolve(), `${label}: lands late`).then(() => act()),
          );
          return err(failures.lost);
        }
        const first = await act();
        const result = fault === 'repeat' ? await act() : first;
        if (fault === 'crash after') return crash();
        await scheduler.schedule(Promise.resolve(), `${label}: answered`);
        if (dead) return never();
        return fault === 'lose' ? err(failures.lost) : result;
      };
      return new ResultAsync(run());
    };

    const storeFailures = {
      reject: unavailable('EventStore', 'throttled'),
      lost: unavailable('EventStore', 'lost'),
    };
    const faultyTable: CommitTable = {
      insert: (item) =>
        call(
          `insert ${item.streamId} ${item.version}`,
          () =>
            table.insert(item).andTee((outcome) => {
              if (outcome === 'Inserted') acknowledged.push(item);
            }),
          {
            reject: storeFailures.reject,
            lost: { type: 'Ambiguous', cause: 'the answer was lost' },
          },
        ),
      read: (key) =>
        call(`read ${key.streamId} ${key.version}`, () => table.read(key), storeFailures),
      readPage: (streamId, from) =>
        call(`load ${streamId}`, () => table.readPage(streamId, from), storeFailures),
      scanPage: (query) => table.scanPage(query),
      size: () => table.size(),
    };
    const store = createEventStore(faultyTable, clock);
    const orders = createOrderStream({ store, ids });

    const charge = (
      request: Parameters<typeof gateway.charge>[0],
    ): ResultAsync<ChargeOutcome, never> =>
      call<ChargeOutcome, ChargeOutcome>('charge', () => gateway.charge(request), {
        reject: { type: 'NotExecuted', reason: 'rate limit' },
        lost: { type: 'Unknown', cause: 'the answer was lost' },
      }).orElse((outcome) => okAsync(outcome));

    const failures = (dependency: Unavailable['dependency']) => ({
      reject: unavailable(dependency, 'refused'),
      lost: unavailable(dependency, 'the answer was lost'),
    });
    const payment = createPaymentHandler(
      createSteps({
        orders,
        gateway: { prepare: (request) => gateway.prepare(request), charge },
        invoices: {
          ...invoices,
          putIfNewer: (row) =>
            call(
              'put row',
              () => invoices.putIfNewer(row).mapErr(() => failures('InvoiceView').lost),
              failures('InvoiceView'),
            ),
        },
        notifications: {
          ...notifications,
          send: (messages) =>
            call(
              'notify',
              () => notifications.send(messages).mapErr(() => failures('MessageQueue').lost),
              failures('MessageQueue'),
            ),
        },
        clock,
        ids,
        telemetry,
        resendHorizonMs: RESEND_HORIZON_MS,
      }),
    );
    const notification = createNotificationHandler({
      orders,
      notices: createNotificationStream({ store, ids }),
      notifier: {
        send: (mail) =>
          call(
            'mail',
            () => notifier.send(mail).mapErr(() => failures('Notifier').lost),
            failures('Notifier'),
          ),
      },
      clock,
      ids,
      claimLeaseMs: CLAIM_LEASE_MS,
    });
    return { process: { payment, notification }, died };
  };

  let deliveries = 0;
  /** One receive of a message by a process of its own: `handled` (then it is deleted), `crashed`, or the error. */
  const deliver = async (
    service: keyof Process,
    body: string,
    plan: readonly Fault[] = [],
  ): Promise<string> => {
    deliveries += 1;
    const { process, died } = createProcess(plan);
    const handled = process[service]({
      messageId: `m-${deliveries}`,
      body,
      attributes: {},
      receiveCount: deliveries,
      sentAt: 0,
      signal: new AbortController().signal,
    }).match(
      () => 'handled',
      ({ type }) => type,
    );
    return Promise.race([handled, died]);
  };

  /** A service with no faults any more gets the message again and again, as SQS does, until it is handled. */
  const deliverUntilHandled = async (service: keyof Process, body: string): Promise<string> => {
    let last = '';
    for (let receives = 0; receives < 10; receives += 1) {
      last = await scheduler.waitFor(deliver(service, body));
      if (last === 'handled') return last;
      await clock.advance(CLAIM_LEASE_MS);
    }
    return last;
  };

  const settleLate = () => scheduler.waitFor(Promise.all(late));

  /** What was acknowledged once and is not there, or not as it was, any more. */
  const lostItems = async (): Promise<readonly CommitItem[]> => {
    const lost: CommitItem[] = [];
    for (const item of acknowledged) {
      const there = await table.read(item);
      const same = there.map((found) => JSON.stringify(found) === JSON.stringify(item));
      if (!same.unwrapOr(false)) lost.push(item);
    }
    return lost;
  };

  return {
    clock,
    gateway,
    invoices,
    notifications,
    notifier,
    store: createEventStore(table, clock),
    deliver,
    deliverUntilHandled,
    settleLate,
    lostItems,
  };
};
