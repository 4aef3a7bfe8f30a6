import { err, ok, safeTry, type ResultAsync } from 'neverthrow';
import type { InvalidOrder, MalformedMessage, SendFailed } from '../delivery/handler.ts';
import {
  decodeCommand,
  encodeMessage,
  type PaymentCommand,
  type PaymentMessage,
} from '../messages/index.ts';
import type { Ids } from '../ports/ids.ts';
import type { MessageQueue, QueueError, TooLarge } from '../ports/messageQueue.ts';

export type SendCommandDependencies = {
  readonly payments: Pick<MessageQueue, 'send'>;
  readonly ids: Pick<Ids, 'create'>;
};

/** The command as its receiver will decode it, and the chain of messages that begins with it. */
export type SentCommand = { readonly command: PaymentCommand; readonly correlationId: string };

export type SendCommandError = MalformedMessage | InvalidOrder | SendFailed | QueueError | TooLarge;

type SendOptions = { readonly groupId?: string; readonly correlationId?: string };

/**
 * Sends one command about an order. The command is decoded first, as the payment service will do:
 * one that would only go to the dead-letter queue is not sent.
 */
export const createSendCommand =
  ({ payments, ids }: SendCommandDependencies) =>
  (
    message: Exclude<PaymentMessage, { readonly type: 'PlaceOrder' }>,
    // A caller that only knows the order's id does not know the customer, and begins a chain.
    { groupId = message.orderId, correlationId = ids.create() }: SendOptions = {},
  ): ResultAsync<SentCommand, SendCommandError> =>
    safeTry(async function* () {
      const checked = yield* decodeCommand(JSON.stringify(message));
      const [answer] = yield* payments.send([encodeMessage(message, { correlationId, groupId })]);
      if (answer?.type !== 'Done') {
        return err({ type: 'SendFailed' as const, code: answer?.code ?? 'NoAnswer' });
      }
      return ok({ command: checked, correlationId });
    });
