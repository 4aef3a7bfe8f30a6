import * as Order from '../../../src/domain/order/index.ts';
import { itemBytes, commitBytes } from '../../../src/adapters/eventStore/storedCommit.ts';
import {
  createMemoryLogSearch,
  createMemoryTelemetry,
} from '../../../src/adapters/memory/telemetry.ts';
import { redactText } from '../../../src/adapters/telemetry/redact.ts';
import { buildTimeline } from '../../../src/application/trace/buildTimeline.ts';
import {
  createCollectTrace,
  type CollectDependencies,
  type TraceSources,
} from '../../../src/application/trace/collectTrace.ts';
import type { TimelineStep, Timeline } from '../../../src/application/trace/timeline.ts';
import { DEFAULT_DELIVERY_SETTINGS } from '../../../src/application/delivery/settings.ts';
import type { PaymentGateway } from '../../../src/application/ports/paymentGateway.ts';
import { whatHappened } from '../../../src/bootstrap/cli/common/eventTexts.ts';
import { createContainer } from '../../../src/bootstrap/container.ts';
import { application } from '../../../src/bootstrap/modules/application.ts';
import { memory } from '../../../src/bootstrap/modules/memory.ts';
import { expect } from 'chai';
import type { DecisionRequest } from '../../../src/application/review/decision.ts';
import { DEAD_LETTER_QUEUES } from '../../../src/domain/deadLetter/events.ts';
import { must } from '../../support/commits.ts';
import { NOON } from '../../support/orderContext.ts';
import { anOrder } from '../../support/orderLife.ts';
import { its } from '../reconcile/world.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';

/** `concurrency`: one that is busy with its message takes no other. */
type Its = {
  readonly gateway?: Partial<PaymentGateway>;
  readonly concurrency?: number;
  /** It writes no records, as one whose last second is lost. */
  readonly isDumb?: boolean;
};

const CONCURRENCY = DEFAULT_DELIVERY_SETTINGS.concurrency;

/**
 * Both services over memory, in as many processes as a test wants, and everything that a trace
 * asks.
 */
export const createTraceWorld = () => {
  const clock = createVirtualClock(NOON);
  const { get } = createContainer(application, { ...memory(), clock: its(clock) });
  const logSearch = createMemoryLogSearch({ clock });
  const [payments, notifications] = [get('payments'), get('notifications')];
  const dead = { payments: get('paymentsDlq'), notifications: get('notificationsDlq') };
  const [store, invoices, ids, gateway] = [
    get('store'),
    get('invoices'),
    get('ids'),
    get('gateway'),
  ];

  /** A process: it shares nothing but what lasts. */
  const start = (
    service: 'payments' | 'notifications',
    name: string,
    { gateway: changes = {}, concurrency = CONCURRENCY, isDumb = false }: Its = {},
  ) => {
    const { get: own } = createContainer(application, {
      ...memory(),
      clock: its(clock),
      ids: its(ids),
      store: its(store),
      personalData: its(get('personalData')),
      invoices: its(invoices),
      payments: its(payments),
      paymentsDlq: its(dead.payments),
      notifications: its(notifications),
      notificationsDlq: its(dead.notifications),
      notifier: its(get('notifier')),
      delivery: its({ ...DEFAULT_DELIVERY_SETTINGS, concurrency }),
      gateway: its({ ...gateway, ...changes }),
      telemetry: its(
        isDumb ? createMemoryTelemetry() : logSearch.streamOf(`${service}/${name}`, service),
      ),
    });
    const stop = new AbortController();
    const consumer = service === 'payments' ? 'paymentConsumer' : 'notificationConsumer';
    const running = own(consumer).run(stop.signal);
    return {
      stop: async () => {
        stop.abort();
        await clock.advance(60_000);
        await running;
      },
    };
  };

  /** Lets one process of each service work for so long. */
  const work = async (ms = 5_000, changes: Its = {}): Promise<void> => {
    const workers = [start('payments', 'a', changes), start('notifications', 'a')];
    await clock.advance(ms);
    for (const { stop } of workers) await stop();
  };

  /** Lets a call come to its end, however long it waits. */
  const through = async <T>(call: PromiseLike<T>): Promise<T> => {
    let ended = false;
    const done = Promise.resolve(call).finally(() => (ended = true));
    for (let waits = 0; !ended && waits < 10_000; waits += 1) await clock.advance(100);
    return done;
  };

  const send = (message: object, correlationId = 'chain-2') =>
    must(
      payments.send([
        { body: JSON.stringify({ v: 1, ...message }), attributes: { correlationId } },
      ]),
    );

  const trace = async (
    orderId = 'o-1',
    sources: TraceSources = { logSearch, deadLetters: dead },
    changes: Partial<CollectDependencies> = {},
  ): Promise<Timeline> => {
    const collect = createCollectTrace({ store, invoices, clock, ...changes });
    const collected = await through(collect(orderId, sources));
    return buildTimeline(
      collected,
      { event: whatHappened, status: Order.statusOf, redact: redactText },
      { commit: commitBytes, row: (row) => itemBytes({ ...row }) },
    );
  };

  /** A person says that the money was captured, whatever the gateway says. */
  const decide = async (said: Pick<DecisionRequest, 'by' | 'evidence' | 'forcedBecause'>) => {
    const decision = { orderId: 'o-1', moved: true, reference: 'pi_memory_1', ...said };
    expect((await through(get('resolveReview')(decision))).isOk()).to.equal(true);
  };

  const redrive = async (decider: { readonly by: string; readonly because: string }) => {
    const acted = await through(
      get('redriveDeadLetters')({
        queues: DEAD_LETTER_QUEUES,
        selection: {},
        deadLettersMax: 100,
        rate: 500,
        isForced: false,
        ...decider,
        onKept: () => undefined,
        onActed: () => undefined,
      }),
    );
    expect(acted.isOk()).to.equal(true);
  };

  return {
    decide,
    redrive,
    clock,
    store,
    gateway,
    payments,
    notifications,
    dead,
    logSearch,
    get,
    start,
    work,
    through,
    send,
    trace,
    submit: (changes: Parameters<typeof anOrder>[0] = {}) =>
      must(get('submitOrders')([anOrder(changes)])),
    /**
     * The newest message once more, although somebody has it: SQS does not promise that it cannot
     * be.
     */
    deliverAgain: () => {
      const message = payments.dump().at(-1);
      if (message !== undefined) payments.adopt(message);
    },
  };
};

/** Who to whom, how it went, and what. */
export const lines = ({ steps }: Pick<Timeline, 'steps'>): readonly string[] => steps.map(lineOf);

export const lineOf = ({ from, to, kind, what }: TimelineStep): string =>
  `${from} > ${to}${kind === 'done' ? '' : ` ${kind}`}: ${what}`;

/**
 * What no timeline may be: a step after its effect, or one that came from nowhere, or versions out
 * of order.
 */
export const soundnessOf = ({ steps }: Pick<Timeline, 'steps'>): readonly string[] => {
  const seen = new Map<string, number>();
  return steps.flatMap((step, index) => {
    const { cause, from, what, versions = [], details } = step;
    const isBeginning = cause === undefined && (from === 'client' || from === 'operator');
    const isAfterCause = cause !== undefined && cause < index;
    // An order's own commits name their chain.
    const stream = details['correlationId'] === undefined ? what.split(' (')[1] : 'order';
    const first = versions[0] ?? Infinity;
    const isInOrder = stream === undefined || first > (seen.get(stream) ?? 0);
    if (stream !== undefined) seen.set(stream, versions.at(-1) ?? seen.get(stream) ?? 0);
    return (isBeginning || isAfterCause) && isInOrder ? [] : [`${index + 1}. ${lineOf(step)}`];
  });
};
