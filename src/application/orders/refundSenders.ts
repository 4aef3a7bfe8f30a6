import { err, ok, type Result } from 'neverthrow';
import type { Delivery, NotAllowed } from '../delivery/handler.ts';
import type { PaymentCommand } from '../messages/index.ts';

/**
 * Whose commands may make money go back: principals, each by its id or, of a role, also by one
 * session of it (ADR 0029). `anyone`: whoever the queue's policy lets send.
 */
export type RefundSenders = 'anyone' | readonly string[];

/** Whether this sender may give this command; decided by the message, before anything is read. */
export const admit = (
  command: PaymentCommand,
  { senderId }: Pick<Delivery, 'senderId'>,
  senders: RefundSenders,
): Result<void, NotAllowed> => {
  if (senders === 'anyone' || !givesBack(command) || isAmong(senderId, senders)) {
    return ok(undefined);
  }
  const { type, orderId } = command;
  const sender = senderId === undefined ? {} : { senderId };
  return err({ type: 'NotAllowed', orderId, command: type, ...sender });
};

/** A cancellation refunds all that was paid: it is a refund under another name. */
const givesBack = (command: PaymentCommand): boolean => {
  switch (command.type) {
    case 'RefundPayment':
    case 'CancelOrder':
      return true;
    // These ask for no money to go back: what ResumeOrder drives on was recorded before.
    case 'PlaceOrder':
    case 'CorrectEmail':
    case 'ResumeOrder':
      return false;
  }
};

/**
 * The name of a session behind the colon is chosen by whoever takes on the role, the id before it
 * is not.
 */
const isAmong = (senderId: string | undefined, ids: readonly string[]): boolean => {
  if (senderId === undefined) return false;
  const [principalId = ''] = senderId.split(':');
  return ids.some((id) => id === senderId || id === principalId);
};
