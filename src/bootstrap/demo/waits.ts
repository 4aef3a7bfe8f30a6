import { setTimeout as sleep } from 'node:timers/promises';
import { ResultAsync, type Result } from 'neverthrow';
import type { QueueCounts } from '../../application/ports/queueCount.ts';
import * as Order from '../../domain/order/index.ts';
import type { CliFailure } from '../cli/common/failure.ts';
import type { MomentLines } from './moments.ts';
import { handledOutcomes } from './outcomes.ts';
import type { OrderFacts, Reader } from './readBack.ts';
import { ACTS } from './scenario.ts';

const LOOK_EVERY_MS = 100;
/**
 * After that time the demo waits no longer, and the checks say what is missing. It takes far less
 * unless the machine is busy with something more.
 */
const SETTLED_WITHIN_MS = 60_000;
/**
 * The same time for what a killed worker held, which comes again only after its visibility timeout.
 */
export const RECOVERED_WITHIN_MS = 90_000;

export type WaitContext = {
  readonly reader: Pick<Reader, 'orders' | 'queues'>;
  readonly lines: Pick<MomentLines, 'note'>;
  /** Aborted when somebody stops the demo: nothing is waited for any more. */
  readonly stop: AbortSignal;
};

type WaitPlan<Seen> = {
  readonly look: () => ResultAsync<Seen, CliFailure>;
  readonly isOver: (seen: Seen) => boolean;
  /** Says what is missing, for the line that is shown when the time is up. */
  readonly missingText: (seen: Seen) => string;
  readonly withinMs: number;
};

/** A state that an order comes to, such as being charged. */
type Stage = { readonly name: string; readonly isReached: (order: OrderFacts) => boolean };

/**
 * Waits until all orders have reached the stage, or the time is up, and returns what it saw last.
 */
export const waitForOrders = (
  { reader, ...waiting }: WaitContext,
  orders: Parameters<Reader['orders']>[0],
  { name, isReached }: Stage,
  withinMs = SETTLED_WITHIN_MS,
): ResultAsync<readonly OrderFacts[], CliFailure> =>
  waitFor(waiting, {
    look: () => reader.orders(orders),
    isOver: (seen) => seen.every(isReached),
    missingText: (seen) =>
      `not ${name}: ${seen
        .filter((order) => !isReached(order))
        .map(orderText)
        .join(', ')}`,
    withinMs,
  });

/** Waits until the last deletes are done; the counts of SQS itself may lag by up to a minute. */
export const waitForEmptyQueues = ({
  reader,
  ...waiting
}: WaitContext): ResultAsync<readonly QueueCounts[], CliFailure> =>
  waitFor(waiting, {
    look: () => reader.queues(),
    isOver: (queues) => queues.every(({ visible, inFlight }) => visible + inFlight === 0),
    missingText: (queues) => `queues not empty: ${queues.map(countsText).join(', ')}`,
    withinMs: RECOVERED_WITHIN_MS,
  });

const waitFor = <Seen>(waiting: Omit<WaitContext, 'reader'>, wait: WaitPlan<Seen>) =>
  new ResultAsync(lookUntilOver(waiting, wait));

const lookUntilOver = async <Seen>(
  { lines, stop }: Omit<WaitContext, 'reader'>,
  { look, isOver, missingText, withinMs }: WaitPlan<Seen>,
): Promise<Result<Seen, CliFailure>> => {
  const until = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen.isErr() || isOver(seen.value) || stop.aborted) return seen;
    if (Date.now() > until) {
      lines.note(`after ${withinMs / 1000} s of waiting, ${missingText(seen.value)}`);
      return seen;
    }
    await sleep(LOOK_EVERY_MS);
  }
};

const orderText = ({ orderId, state, charges, mails }: OrderFacts): string =>
  `${orderId} (${Order.statusOf(state)}, charges: ${charges.length}, mails: ${mails.length})`;

const countsText = ({ visible, inFlight }: QueueCounts): string =>
  `${visible} visible and ${inFlight} in flight`;

export const REQUESTED: Stage = {
  name: 'requested',
  isReached: ({ state }) => state.payment.status !== 'none',
};

export const CHARGED: Stage = {
  name: 'charged',
  isReached: ({ charges }) => charges.length > 0,
};

/** The gateway's name of the payment, once it is known. */
export const nameOf = ({ state: { payment } }: OrderFacts): readonly string[] => {
  if (payment.status === 'captured') return [payment.reference];
  return payment.status === 'requested' && payment.pending !== undefined
    ? [payment.pending.reference]
    : [];
};

export const NAMED: Stage = {
  name: 'known by the gateway’s name',
  isReached: (order) => nameOf(order).length > 0,
};

export const SETTLED: Stage = {
  name: 'settled',
  isReached: ({ state }) => ['captured', 'declined'].includes(state.payment.status),
};

export const DISPUTED: Stage = {
  name: 'disputed',
  isReached: ({ state: { disputes = [] } }) => disputes.length > 0,
};

export const DISPUTE_ENDED: Stage = {
  name: 'with an ended dispute',
  isReached: ({ state: { disputes = [] } }) =>
    disputes.every(({ verdict }) => verdict !== undefined),
};

/** Two copies may meet at the gateway, which lets one of them ask again. */
export const PAID_THRICE: Stage = {
  name: 'handled three times',
  isReached: (order) => handledOutcomes(order).filter((one) => one === 'paid').length >= 3,
};

/** The order is settled, and its customer was notified of everything. */
export const NOTIFIED: Stage = {
  name: 'settled and notified',
  isReached: (order) => {
    const act = ACTS.find((one) => one.order.orderId === order.orderId);
    return (
      SETTLED.isReached(order) &&
      act !== undefined &&
      order.mails.length >= act.expected.mail.length
    );
  },
};
