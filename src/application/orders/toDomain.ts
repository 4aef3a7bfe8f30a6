import type * as Order from '../../domain/order/index.ts';
import type { PaymentCommand } from '../messages/index.ts';
import type { Ids } from '../ports/ids.ts';
import type { CreditRequest } from '../../domain/invoice/index.ts';

/** The command with its fingerprint: another command under the same id has another. */
export const toDomain = (
  command: Exclude<PaymentCommand, { readonly type: 'ResumeOrder' }>,
  ids: Pick<Ids, 'fingerprint'>,
): Order.Command => {
  switch (command.type) {
    case 'PlaceOrder':
      return { ...command, fingerprint: ids.fingerprint(command.order) };
    case 'CancelOrder':
    case 'CorrectEmail':
      return command;
    case 'RefundPayment':
      return { ...command, fingerprint: refundFingerprint(command.wanted, ids) };
  }
};

/** Another refund under the same id has another. The order of its keys is irrelevant. */
export const refundFingerprint = (wanted: CreditRequest, ids: Pick<Ids, 'fingerprint'>): string =>
  ids.fingerprint({ refund: wanted });
