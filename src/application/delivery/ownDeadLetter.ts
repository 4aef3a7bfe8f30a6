import type { DeliveryDependencies } from './dependencies.ts';
import { errAsync, ResultAsync } from 'neverthrow';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import { reasonOf, type Disposition } from './disposition.ts';
import type { Delivery, ReviewRequired, SendFailed } from './handler.ts';
import { deadLetterOf, type DeadLetterCause } from './deadLetterMessage.ts';
import type { Settlement } from './settlement.ts';

export type OwnDeadLetter = {
  /** The handler calls it before the review that names the message is recorded (R11). */
  readonly before: Delivery['deadLetter'];
  /** Returns undefined if it is in the dead-letter queue, otherwise why it is not. */
  send(why: Why): Promise<string | undefined>;
  /** Whether it is in the queue, and a recorded review names its message. */
  isNamed(): boolean;
  /**
   * Whether it is in the queue and nothing needs it, once the message has come to this disposition.
   */
  isSuperfluous(disposition: Disposition): boolean;
};

type Why = Pick<DeadLetterCause, 'reason' | 'errorType' | 'orderId'>;

export type OwnDeadLetterOptions = Pick<DeliveryDependencies, 'clock' | 'ids' | 'service'> & {
  readonly settlement: Pick<Settlement, 'deadLetter'>;
  readonly onRefused: (code: string) => void;
};

export const createOwnDeadLetter = (
  message: ReceivedMessage,
  { settlement, clock, ids, service, onRefused }: OwnDeadLetterOptions,
): OwnDeadLetter => {
  let state: 'none' | 'unnamed' | 'named' = 'none';

  const send = async (why: Why): Promise<string | undefined> => {
    const failure = { ...why, failedAt: clock.now(), service };
    const refused = await settlement.deadLetter(deadLetterOf(message, failure, ids));
    if (refused !== undefined) onRefused(refused);
    return refused;
  };

  const before: Delivery['deadLetter'] = <T, E>(
    review: ReviewRequired,
    record: () => ResultAsync<T, E>,
  ) => {
    if (state === 'named') return record();
    const { type: errorType, orderId } = review;
    const sent = send({ reason: reasonOf(review), errorType, orderId });
    return ResultAsync.fromSafePromise(sent).andThen((code): ResultAsync<T, E | SendFailed> => {
      if (code !== undefined) return errAsync({ type: 'SendFailed', code });
      state = 'unnamed';
      return record().andTee(() => {
        state = 'named';
      });
    });
  };

  return {
    before,
    send,
    isNamed: () => state === 'named',
    isSuperfluous: ({ type }) =>
      state === 'unnamed' || (state === 'named' && type !== 'DeadLetter'),
  };
};
