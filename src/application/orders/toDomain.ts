import * as Order from '../../domain/order/index.ts';
import { creditRequestOf, type PaymentCommand, type SentCredit } from '../messages/index.ts';
import type { Ids } from '../ports/ids.ts';

/** The command with its fingerprint: another command under the same id has another. */
export const toDomain = (
  command: Exclude<PaymentCommand, { readonly type: 'ResumeOrder' }>,
  ids: Pick<Ids, 'fingerprint'>,
): Order.Command => {
  switch (command.type) {
    case 'PlaceOrder':
      return {
        ...command,
        order: Order.contentOf(command.order),
        fingerprint: ids.fingerprint(command.order),
      };
    case 'CancelOrder':
    case 'CorrectEmail':
      return command;
    case 'RefundPayment':
      return {
        ...command,
        wanted: creditRequestOf(command.wanted),
        fingerprint: refundFingerprint(command.wanted, ids),
      };
  }
};

/**
 * The fingerprint of a refund: another refund under the same id has another. The order of keys is
 * irrelevant.
 */
export const refundFingerprint = (wanted: SentCredit, ids: Pick<Ids, 'fingerprint'>): string =>
  ids.fingerprint({ refund: wanted });
