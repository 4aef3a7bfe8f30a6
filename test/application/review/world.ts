import { setImmediate } from 'node:timers/promises';
import { okAsync } from 'neverthrow';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryMessageQueue } from '../../../src/adapters/memory/messageQueue.ts';
import { createSendCommand } from '../../../src/application/ingest/sendCommand.ts';
import { createAllocator } from '../../../src/application/series/allocator.ts';
import type {
  Absent,
  FoundStanding,
  InspectedPayment,
  NamedPayment,
  PaymentLookUp,
  RefundList,
  RefundLookUp,
  RetrievedMovement,
  UnknownOutcome,
} from '../../../src/application/ports/paymentGateway.ts';
import { createAskGateway } from '../../../src/application/review/askGateway.ts';
import type { DecisionRequest } from '../../../src/application/review/decision.ts';
import { createFindNumber } from '../../../src/application/review/reviews.ts';
import {
  createResolveReview,
  type ResolveDependencies,
} from '../../../src/application/review/resolveReview.ts';
import { createResolveReturn } from '../../../src/application/review/resolveReturn.ts';
import {
  createClaimStream,
  createOrderStream,
  orderStreamId,
} from '../../../src/application/log/eventStreams.ts';
import { must } from '../../support/commits.ts';
import { anyRegistry, CLOSE_MS, DEPLOYMENT, NOON } from '../../support/orderContext.ts';
import type { OrderLife } from '../../support/orderLife.ts';

export const AFTER_CLOSE = NOON + CLOSE_MS;

export const NOT_CAPTURED: DecisionRequest = {
  orderId: 'o-1',
  moved: false,
  evidence: 'the dashboard shows none',
  by: 'ada',
};
export const CAPTURED: DecisionRequest = {
  ...NOT_CAPTURED,
  moved: true,
  evidence: 'the bank says so',
};

/**
 * One order as it has lived, a gateway that says what it is set to say, and everything a decision
 * needs.
 */
export const createReviewWorld = async (
  lives: readonly OrderLife[],
  { now = AFTER_CLOSE }: { readonly now?: number } = {},
) => {
  const clock = createVirtualClock(now);
  const ids = createMemoryIds();
  const table = createMemoryCommitTable();
  const store = createEventStore(table, clock);
  const orders = createOrderStream({ store, ids });
  const payments = createMemoryMessageQueue({ clock, ids });
  // Waiting for company lasts a turn of the event loop.
  const unhurried = { now: () => clock.now(), sleep: () => setImmediate() };
  const allocator = createAllocator({ store, ids, registry: anyRegistry(), clock: unhurried });
  const asked: string[] = [];
  const standingOf: string[] = [];
  const names = new Map<string, RetrievedMovement | Absent | UnknownOutcome>();
  let account = DEPLOYMENT.account;
  let says: PaymentLookUp | RefundLookUp = { type: 'Absent' };
  let inspected: InspectedPayment | Absent | UnknownOutcome = { type: 'Absent' };
  let retrieved: NamedPayment = { type: 'Absent' };
  let standing: FoundStanding | UnknownOutcome = { type: 'Standing', refunds: [], disputes: [] };
  let listed: RefundList | UnknownOutcome = { type: 'Listed', refunds: [] };
  const trace = { idempotencyKey: 'k', correlationId: 'c', causationId: 'm' };

  for (const life of lives) {
    let held = orders.start;
    for (const events of life.commits) {
      held = await must(orders.append(orderIdOf(life), held, { events, ...trace }));
    }
  }

  const gateway = {
    find: ({
      orderId,
      attempt,
    }: {
      readonly orderId: string;
      readonly attempt: number | 'any';
    }) => {
      asked.push(`payment ${orderId} ${attempt}`);
      return okAsync(says as PaymentLookUp);
    },
    findRefund: (wanted: { readonly refundId: string; readonly paymentReference: string }) => {
      asked.push(`refund ${wanted.refundId} of ${wanted.paymentReference}`);
      return okAsync(says as RefundLookUp);
    },
  };
  const gatewayWithNames = {
    ...gateway,
    identify: () => okAsync(account),
    inspect: ({ payment }: { readonly payment: string }) => {
      asked.push(`payment ${payment}`);
      return okAsync(inspected);
    },
    retrieve: ({ reference }: { readonly reference: string }) => okAsync(namedBy(reference)),
    retrievePayment: ({ payment }: { readonly payment: string }) => {
      asked.push(`payment ${payment} by name`);
      return okAsync(retrieved);
    },
    listRefunds: ({ paymentReference }: { readonly paymentReference: string }) => {
      asked.push(`refunds of ${paymentReference}`);
      return okAsync(listed);
    },
    standing: ({ paymentReference }: { readonly paymentReference: string }) => {
      standingOf.push(paymentReference);
      return okAsync(standing);
    },
  };
  /** Unless it is set otherwise, what it found stands under its name, marked as ours. */
  const namedBy = (reference: string): RetrievedMovement | Absent | UnknownOutcome => {
    const known = names.get(reference);
    if (known !== undefined) return known;
    if (says.type === 'Unknown') return says;
    const found = 'found' in says ? says.found : [says];
    const moved = found.find((one) => 'reference' in one && one.reference === reference);
    return moved === undefined || !('amountMinor' in moved)
      ? { type: 'Absent' }
      : { ...moved, type: 'Retrieved', isMoved: true, refundedMinor: 0, ...MARKED };
  };
  const dependencies: ResolveDependencies = {
    store,
    orders,
    claims: createClaimStream({ store, ids }),
    askGateway: createAskGateway({ gateway: gatewayWithNames, clock: unhurried }),
    findNumber: createFindNumber({ allocator, clock: unhurried }),
    sendCommand: createSendCommand({ payments, ids }),
    clock,
    ids,
  };
  return {
    clock,
    table,
    store,
    orders,
    payments,
    allocator,
    asked,
    standingOf,
    dependencies,
    trace,
    inspects: (answer: InspectedPayment | UnknownOutcome) => void (inspected = answer),
    gatewaySays: (answer: PaymentLookUp | RefundLookUp) => void (says = answer),
    named: (reference: string, answer: RetrievedMovement | Absent | UnknownOutcome) =>
      void names.set(reference, answer),
    keyIsOf: (other: string) => void (account = other),
    resolve: createResolveReview(dependencies),
    resolveReturn: createResolveReturn(dependencies),
    byName: (answer: NamedPayment) => void (retrieved = answer),
    stands: (answer: FoundStanding | UnknownOutcome) => void (standing = answer),
    refundsAre: (answer: RefundList | UnknownOutcome) => void (listed = answer),
    /** What happened since the order's life ended. */
    since: async (life: OrderLife) => {
      const { commits } = await must(store.load(orderStreamId(orderIdOf(life))));
      return commits.flatMap(({ events }) => events).slice(life.events.length);
    },
    sent: () => payments.dump().map(({ body }): unknown => JSON.parse(body)),
  };
};

/** As everything is that we asked for. */
export const MARKED = { deployment: DEPLOYMENT.id, orderId: 'o-1', attempt: 1, refundId: 'r-1' };

const orderIdOf = ({ state }: OrderLife): string => state.placed?.orderId ?? 'o-1';
