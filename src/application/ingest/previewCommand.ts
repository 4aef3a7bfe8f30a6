import * as Invoice from '../../domain/invoice/index.ts';
import * as Order from '../../domain/order/index.ts';
import { creditRequestOf, type PaymentCommand } from '../messages/index.ts';
import { toDomain } from '../orders/toDomain.ts';
import type { Ids } from '../ports/ids.ts';
import { dryContext, type PreparedRequests } from './dryContext.ts';

/** A command by which money goes back to a customer. */
export type RefundingCommand = Extract<
  PaymentCommand,
  { readonly type: 'CancelOrder' | 'RefundPayment' }
>;

/** The refund that would follow, with the lines of its credit note. */
export type PreviewedRefund = {
  readonly refundId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly credit: Invoice.Credit;
};

/** The decision of a worker about a command, on the order as it is now. */
export type CommandPreview =
  /** It is recorded already; the command would change nothing. */
  | { readonly type: 'Known' }
  | { readonly type: 'Rejected'; readonly rejection: Order.Rejection }
  /** Without `refund` nothing was captured that could be refunded. */
  | { readonly type: 'New'; readonly refund?: PreviewedRefund };

/**
 * A dry run of the payment service's decision, by its own code, which carries out nothing. A
 * comparison with the gateway that is due may leave less to refund.
 */
export const createPreviewCommand =
  ({
    requests,
    ids,
  }: {
    readonly requests: PreparedRequests;
    readonly ids: Pick<Ids, 'fingerprint'>;
  }) =>
  (command: RefundingCommand, state: Order.State): CommandPreview =>
    Order.decide(
      toDomain(command, ids),
      Order.withoutComparison(state),
      dryContext(requests),
    ).match(
      (events): CommandPreview => {
        if (events.length === 0) return { type: 'Known' };
        for (const { type, data } of events) {
          if (type === 'RefundRejected') {
            return { type: 'Rejected', rejection: { type: 'Refused', reason: data.reason } };
          }
          if (type === 'RefundRequested') {
            const { refundId, amountMinor, currency } = data;
            const { lines, roundingMinor, prepaidMinor } = data;
            const credit = { lines, roundingMinor, prepaidMinor };
            return { type: 'New', refund: { refundId, amountMinor, currency, credit } };
          }
        }
        return { type: 'New' };
      },
      (rejection) =>
        rejection.type === 'NotCapturedYet' && command.type === 'RefundPayment'
          ? ofOpenPayment(command, state)
          : { type: 'Rejected', rejection },
    );

/**
 * The preview of a refund that comes before the capture. It waits for it, and is about the invoice
 * that is to come.
 */
const ofOpenPayment = (
  { refundId, wanted }: Extract<RefundingCommand, { readonly type: 'RefundPayment' }>,
  { placed, cancellation }: Order.State,
): CommandPreview => {
  const rejected = (reason: string): CommandPreview => ({
    type: 'Rejected',
    rejection: { type: 'Refused', reason },
  });
  if (placed === undefined) return { type: 'Rejected', rejection: { type: 'NotCapturedYet' } };
  if (cancellation !== undefined) return rejected('the order is being cancelled');
  const { currency } = placed;
  return Order.priceOf(placed)
    .andThen((priced) =>
      Invoice.credit(
        Invoice.creditable(priced, []),
        creditRequestOf(wanted),
        placed.cashRounding?.stepMinor,
      ),
    )
    .match(
      (credit) => {
        const { payableMinor: amountMinor } = Invoice.totalsOf(credit);
        return { type: 'New', refund: { refundId, amountMinor, currency, credit } };
      },
      ({ reason }) => rejected(reason),
    );
};

export type PreviewCommand = ReturnType<typeof createPreviewCommand>;
