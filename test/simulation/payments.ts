import { fingerprint } from '../../src/adapters/system/ids.ts';
import {
  decodePaymentMessage,
  type GatewayEventMessage,
  type PaymentCommand,
} from '../../src/application/messages/index.ts';
import type { Watch } from './always.ts';
import { textOf } from './log.ts';

export type Message = {
  readonly id: string;
  readonly body: string;
  readonly command: PaymentCommand | GatewayEventMessage;
  /** The order that it is of, or for which it became a dead letter; nobody's event has none. */
  orderId: string | undefined;
  isQueued: boolean;
  /** How many copies of it lie in the dead-letter queue. */
  deadLetters: number;
  receives: number;
};

/**
 * The queue of the payment service without any promise of SQS: a message may be received by anybody
 * at any time, and even after it was deleted.
 */
export const createPayments = (watch: Watch) => {
  const messages: Message[] = [];
  return {
    messages,
    send: (body: string): Message => {
      const command = decodePaymentMessage(body).match(
        (decoded) => decoded,
        (why) => {
          throw new Error(JSON.stringify(why));
        },
      );
      const id = `m-${messages.length + 1}`;
      const orderId = command.type === 'GatewayEvent' ? undefined : command.orderId;
      const message = { id, body, command, orderId, isQueued: true, deadLetters: 0, receives: 0 };
      messages.push(message);
      return message;
    },
    delete: (message: Message): void => {
      message.isQueued = false;
      const problem = unansweredIn(message, watch);
      if (problem !== undefined) watch.report(problem);
    },
    /** The message itself stays where it is. */
    sendDeadLetter: (message: Message, orderId?: string): void => {
      message.orderId ??= orderId;
      message.deadLetters += 1;
    },
    /** A dead letter of it stands for what it asked for. */
    putAside: (message: Message): void => {
      message.isQueued = false;
    },
    /**
     * What is redriven is a message of its own: whoever still holds the first one deletes that
     * alone. Its copies do what one of them does.
     */
    redrive: (message: Message): void => {
      if (message.deadLetters === 0) return;
      message.deadLetters = 0;
      messages.push({ ...message, isQueued: true });
    },
    deadLettersOf: (orderId: string): number =>
      messages
        .filter((message) => message.orderId === orderId)
        .reduce((sum, { deadLetters }) => sum + deadLetters, 0),
    isInDeadLetters: (orderId: string): boolean =>
      messages.some((message) => message.deadLetters > 0 && message.orderId === orderId),
  };
};

/** I9 and I16: a message goes only after the effect that it asked for is in the log. */
const unansweredIn = ({ command }: Message, watch: Watch): string | undefined => {
  // What an event leads to is looked at in the end: it is a hint, and may be of nobody.
  if (command.type === 'GatewayEvent') return undefined;
  const { orderId } = command;
  const { isCancellationRequested, isCancelled, payment, refunds } = watch.standing(orderId);
  switch (command.type) {
    case 'PlaceOrder': {
      const placed = watch.order(orderId).find(({ type }) => type === 'OrderPlaced');
      if (placed === undefined) return `I9: ${orderId} is deleted and not placed`;
      const isSame = textOf(placed, 'fingerprint') === fingerprint(command.order);
      return isSame ? undefined : `I16: another ${orderId} is acknowledged`;
    }
    case 'CancelOrder':
      return isCancellationRequested || payment === 'declined'
        ? undefined
        : `I9: the cancel of ${orderId} is deleted and not recorded`;
    case 'RefundPayment': {
      const isRefused = isCancelled || payment === 'declined' || payment === 'failed';
      return isRefused || refunds.has(command.refundId)
        ? undefined
        : `I9: ${command.refundId} of ${orderId} is deleted and not recorded`;
    }
    // No story corrects an address.
    case 'CorrectEmail':
    case 'ResumeOrder':
      return undefined;
  }
};
