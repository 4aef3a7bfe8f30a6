import { errAsync, ResultAsync } from 'neverthrow';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import { reasonOf, type Disposition } from './disposition.ts';
import type { Delivery, ReviewRequired, SendFailed } from './handler.ts';
import { deadLetterOf, type DeadLetterCause, type ServiceVersion } from './deadLetterMessage.ts';
import type { Settlement } from './settlement.ts';

/** The dead letter of one message, in one handling of it. */
export type OwnLetter = {
  /** For the handler: before the review that names the message is recorded (R11). */
  readonly before: Delivery['deadLetter'];
  /** Undefined if it lies in the dead-letter queue, otherwise why it does not. */
  send(why: Why): Promise<string | undefined>;
  /** It lies there, and a review that is recorded names its message. */
  stands(): boolean;
  /** One lies there for nothing, once the message has come to its disposition. */
  isTooMany(disposition: Disposition): boolean;
};

type Why = Pick<DeadLetterCause, 'reason' | 'errorType' | 'orderId'>;

export type OwnLetterOptions = {
  readonly settlement: Pick<Settlement, 'deadLetter'>;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'fingerprint'>;
  readonly service: ServiceVersion;
  readonly onRefused: (code: string) => void;
};

export const createOwnLetter = (
  message: ReceivedMessage,
  { settlement, clock, ids, service, onRefused }: OwnLetterOptions,
): OwnLetter => {
  let stands = false;
  let isUnnamed = false;

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
    if (stands) return record();
    const { type: errorType, orderId } = review;
    const sent = send({ reason: reasonOf(review), errorType, orderId });
    return ResultAsync.fromSafePromise(sent).andThen((code): ResultAsync<T, E | SendFailed> => {
      if (code !== undefined) return errAsync({ type: 'SendFailed', code });
      isUnnamed = true;
      return record().andTee(() => {
        [stands, isUnnamed] = [true, false];
      });
    });
  };

  return {
    before,
    send,
    stands: () => stands,
    isTooMany: ({ type }) => isUnnamed || (stands && type !== 'DeadLetter'),
  };
};
