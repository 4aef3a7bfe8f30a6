import type { CommitTable } from '../../src/adapters/eventStore/commitTable.ts';
import { createMemoryCommitTable } from '../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../src/adapters/memory/ids.ts';
import { createMemoryInvoiceView } from '../../src/adapters/memory/invoiceView.ts';
import { createMemoryMessageQueue } from '../../src/adapters/memory/messageQueue.ts';
import { createMemoryNotifier } from '../../src/adapters/memory/notifier.ts';
import { createMemoryOrderEvents } from '../../src/adapters/memory/orderEvents.ts';
import { createMemoryPaymentGateway } from '../../src/adapters/memory/paymentGateway.ts';
import { createMemoryTelemetry } from '../../src/adapters/memory/telemetry.ts';
import type { PaymentRules } from '../../src/application/orders/dependencies.ts';
import { createOrderStream, type OrderStream } from '../../src/application/log/eventStreams.ts';
import { formatOf, NOON } from '../support/orderContext.ts';
import { createWatch, CREDIT_NOTES, INVOICES } from './always.ts';
import type { Surroundings } from './faults.ts';
import { createLog, type OtherNames } from './log.ts';
import { createPayments } from './payments.ts';
import {
  CLOSE_MS,
  createTime,
  KEY_WINDOW_MS,
  LONGEST_REQUEST_MS,
  RESEND_HORIZON_MS,
  SETTLE_DELAY_MS,
} from './time.ts';

export type WorldOptions = {
  readonly turn: Surroundings['turn'];
  /** Faults that were met, and what else happened that a run is to come across. */
  readonly seen?: Set<string>;
  readonly attemptsMax?: number;
  /** Whether the slots of a process share their calls, as they do on AWS (ADR 0030). */
  readonly isGrouped?: boolean;
  /** Which release of the code a process is; without it all are this one. */
  readonly ordersOf?: OrdersOf;
  /**
   * What the events of another release are in this one's terms; empty for what the checks have no
   * word for.
   */
  readonly otherNames?: OtherNames;
};

export type OrdersOf = (
  process: string,
  ...dependencies: Parameters<typeof createOrderStream>
) => OrderStream;

export type World = ReturnType<typeof createSimulatedWorld>;

const FORMAT = formatOf('{series}-{year}-{number:6}');

/**
 * What lasts: the table, the gateway, the queues, the mail service and the clock. Processes come
 * and go.
 */
export const createSimulatedWorld = ({
  turn,
  seen = new Set(),
  attemptsMax = 1,
  isGrouped = false,
  ordersOf = (_process, dependencies) => createOrderStream(dependencies),
  otherNames = {},
}: WorldOptions) => {
  const time = createTime(NOON);
  const ids = createMemoryIds();
  const memory = createMemoryCommitTable();
  const gateway = createMemoryPaymentGateway({
    clock: time,
    keyWindowMs: KEY_WINDOW_MS,
    searchLagMs: SETTLE_DELAY_MS,
  });
  const log = createLog(otherNames);
  const watch = createWatch(log, gateway, seen);
  const table: CommitTable = {
    ...memory,
    insert: (item) =>
      memory.insert(item).andTee((outcome) => {
        if (outcome === 'Inserted') watch.appended(item);
      }),
  };
  const rules: PaymentRules = {
    resendHorizonMs: RESEND_HORIZON_MS,
    closeMs: CLOSE_MS,
    settleMs: SETTLE_DELAY_MS,
    requestLifeMs: LONGEST_REQUEST_MS,
    pendingMaxMs: 10 * 86_400_000,
    authenticationMaxMs: 86_400_000,
    // There is one clock.
    clockSkewMs: 0,
    attemptsMax,
    roundsToSteps: false,
    invoices: { series: INVOICES, format: FORMAT },
    timeZone: 'UTC',
    creditNotes: { series: CREDIT_NOTES, format: FORMAT },
  };
  let takesTurns = true;
  const late: Promise<unknown>[] = [];
  const surroundings: Surroundings = {
    turn: (label) => (takesTurns ? turn(label) : Promise.resolve()),
    seen,
    late,
  };
  return {
    time,
    ids,
    table,
    gateway,
    log,
    watch,
    rules,
    surroundings,
    seen,
    isGrouped,
    ordersOf,
    /** How many requests with one key are under way now. */
    underWay: new Map<string, number>(),
    /** How many of the gateway's events the queue had, or was to have. */
    eventsSaid: { now: 0 },
    invoices: createMemoryInvoiceView(),
    notifications: createMemoryMessageQueue({ clock: time, ids }),
    orderEvents: createMemoryOrderEvents(),
    notifier: createMemoryNotifier(),
    telemetry: createMemoryTelemetry(),
    payments: createPayments(watch),
    /** Lets every ghost land. */
    settleLate: () => Promise.all(late),
    /** From here on everything goes straight on, one thing after the other. */
    calm: () => {
      takesTurns = false;
    },
  };
};
