import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import { deadLetterOf, type Failure, type Service } from './poison.ts';
import type { Settlement } from './settlement.ts';

/**
 * The dead letter of one message, in one handling of it: sent before the review that names the message is
 * recorded (R11), or when the handler has ended, and once for both.
 */
export type OwnLetter = {
  /** Undefined if it lies in the dead-letter queue, otherwise why it does not. */
  send(why: Why): Promise<string | undefined>;
  isSent(): boolean;
};

type Why = Pick<Failure, 'reason' | 'errorType' | 'orderId'>;

export type OwnLetterOptions = {
  readonly settlement: Pick<Settlement, 'deadLetter'>;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'fingerprint'>;
  readonly service: Service;
  readonly onRefused: (code: string) => void;
};

export const createOwnLetter = (
  message: ReceivedMessage,
  { settlement, clock, ids, service, onRefused }: OwnLetterOptions,
): OwnLetter => {
  let isSent = false;
  return {
    send: async (why) => {
      const failure = { ...why, failedAt: clock.now(), service };
      const refused = await settlement.deadLetter(deadLetterOf(message, failure, ids));
      if (refused === undefined) isSent = true;
      else onRefused(refused);
      return refused;
    },
    isSent: () => isSent,
  };
};
