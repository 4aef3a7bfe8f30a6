import { RECONCILER } from '../causes.ts';
import { encodeMessage } from '../messages/index.ts';
import type { SendFailed } from '../delivery/handler.ts';
import { forgetOldest } from '../forgetOldest.ts';
import type { Clock } from '../ports/clock.ts';
import type { MessageQueue, OutgoingMessage, QueueError, TooLarge } from '../ports/messageQueue.ts';
import type { KnownOrder } from '../log/loadOrder.ts';

/** A push lives until its order is settled or a dead letter. A few copies do no harm. */
export const PUSH_AGAIN_MS = 3_600_000;
/** The ids take about 1 MB. An order that is forgotten is pushed again too early, which is safe. */
const REMEMBERED_MAX = 10_000;

export type PushError = QueueError | TooLarge | SendFailed;

export type PushResult = { readonly orderIds: readonly string[]; readonly failure?: PushError };

/** Sends `ResumeOrder` for orders that need it: its handler drives the whole order on (R11). */
export const createPush = ({
  payments,
  clock,
}: {
  readonly payments: Pick<MessageQueue, 'send'>;
  readonly clock: Pick<Clock, 'now'>;
}) => {
  const pushedAt = new Map<string, number>();

  /** The id is set again behind all others, so that the first is the oldest. */
  const remember = (orderId: string): void => {
    pushedAt.delete(orderId);
    pushedAt.set(orderId, clock.now());
    forgetOldest(pushedAt, REMEMBERED_MAX);
  };

  const isDue = ({ orderId }: KnownOrder): boolean =>
    clock.now() - (pushedAt.get(orderId) ?? -Infinity) >= PUSH_AGAIN_MS;

  /** A dry run returns the orders that would be pushed, and sends nothing. */
  return async (
    orders: readonly KnownOrder[],
    { dryRun }: { readonly dryRun: boolean },
  ): Promise<PushResult> => {
    const due = [...new Map(orders.filter(isDue).map((order) => [order.orderId, order])).values()];
    const orderIds = due.map(({ orderId }) => orderId);
    if (dryRun || due.length === 0) return { orderIds };
    const sent = await payments.send(due.map(resumeOf));
    if (sent.isErr()) return { orderIds: [], failure: sent.error };
    const answers = sent.value;
    const done = orderIds.filter((_, at) => answers[at]?.type === 'Done');
    for (const orderId of done) remember(orderId);
    const failed = answers.find((answer) => answer.type === 'Failed');
    if (failed?.type !== 'Failed') return { orderIds: done };
    return { orderIds: done, failure: { type: 'SendFailed', code: failed.code } };
  };
};

const resumeOf = ({ orderId, state, correlationId }: KnownOrder): OutgoingMessage =>
  encodeMessage(
    { type: 'ResumeOrder', v: 1, orderId },
    {
      groupId: state.placed?.customer.id ?? orderId,
      correlationId,
      causationId: RECONCILER,
    },
  );
