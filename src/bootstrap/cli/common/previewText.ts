import type { PreviewedRefund } from '../../../application/ingest/previewCommand.ts';
import * as Invoice from '../../../domain/invoice/index.ts';
import { formatAmount } from '../../../domain/money/index.ts';
import * as Order from '../../../domain/order/index.ts';
import { creditLineValue } from './documentJson.ts';
import { amountsOf } from './json.ts';
import { tableOf } from './table.ts';
import { asReference, orderTotalText, totalsText } from './text.ts';

type PreviewLayout = { readonly refund: PreviewedRefund | undefined; readonly columns: number };

/**
 * The facts that a person has to see before money is refunded: whose it is, how much, and credited
 * for what.
 */
export const previewText = (
  orderId: string,
  state: Order.State,
  { refund, columns }: PreviewLayout,
): string => {
  const { placed, payment, invoice } = state;
  const currency = placed?.currency ?? '';
  const { captured, refunded, pending, rest } = Order.sumsOf(state);
  const amount = (minor: number): string => formatAmount(minor, currency);
  const document = invoice.status === 'issued' ? invoice.document : undefined;
  const charged =
    payment.status === 'captured'
      ? `${amount(captured)}${asReference(payment)}, ${document?.label ?? 'no invoice'}`
      : 'nothing that is known yet';
  const rows: readonly (readonly [string, string])[] = [
    ['order', orderId],
    ['status', Order.statusOf(state)],
    ...(placed === undefined
      ? []
      : ([
          ['customer', `${placed.customer.id} <${placed.customer.email}>`],
          ['total', orderTotalText(placed, currency)],
          ['charged', charged],
          ['refunded', `${amount(refunded)}${pending === 0 ? '' : `, ${amount(pending)} pending`}`],
        ] as const)),
    ...(refund === undefined || placed === undefined
      ? []
      : ([
          ['refund', `${amount(refund.amountMinor)} as ${refund.refundId}`],
          ['to', recipientText(placed, payment, refund)],
          ['credit', totalsText(Invoice.totalsOf(refund.credit), currency)],
          ...(captured === 0 ? [] : ([['left', amount(rest - refund.amountMinor)]] as const)),
        ] as const)),
  ];
  return [
    ...rows.map(([name, value]) => `${name.padEnd(10)}${value}`),
    ...(refund === undefined ? [] : ['', creditTable(refund, placed?.lines ?? [], columns)]),
  ].join('\n');
};

/** Says who gets the money, and from whom. */
const recipientText = (
  { payment: instruction }: Order.Content,
  payment: Order.Payment,
  refund: PreviewedRefund,
): string => {
  if (payment.status === 'captured' && Order.isRefundedByShop(payment.way, refund)) {
    const held = payment.way === 'transferred' ? `, which came as ${payment.reference}` : '';
    return `the customer, by you: the gateway holds nothing of it${held}`;
  }
  const method = 'paymentMethod' in instruction ? ` (${instruction.paymentMethod})` : '';
  return `the means of payment that was charged${method}`;
};

const creditTable = (
  { credit: { lines }, currency }: PreviewedRefund,
  ordered: readonly { readonly description: string }[],
  columns: number,
): string =>
  tableOf(
    ['line', 'credited', 'pieces', 'net', 'tax'],
    lines.map(({ line, quantity, netMinor, taxMinor }) => [
      String(line),
      ordered[line - 1]?.description ?? '',
      quantity === '0' ? '' : quantity,
      formatAmount(netMinor, currency),
      formatAmount(taxMinor, currency),
    ]),
    { right: [0, 2, 3, 4], columns },
  );

/** The same facts for machines. */
export const previewValue = (
  orderId: string,
  state: Order.State,
  refund: PreviewedRefund | undefined,
) => ({
  orderId,
  status: Order.statusOf(state),
  sums: state.placed && amountsOf(Order.sumsOf(state), state.placed.currency),
  ...(refund === undefined
    ? {}
    : {
        refundId: refund.refundId,
        amountMinor: refund.amountMinor,
        currency: refund.currency,
        creditNote: {
          ...Invoice.totalsOf(refund.credit),
          lines: refund.credit.lines.map(creditLineValue),
        },
      }),
});

/** The reason why a worker would not do it. */
export const rejectionText = (rejection: Order.Rejection, orderId: string): string => {
  switch (rejection.type) {
    case 'PayloadConflict':
      return 'another refund was requested under this id before';
    case 'OrderInReview':
      return `its payment waits for a person: \`paidonce review show ${orderId}\` explains it`;
    case 'Refused':
    case 'NotPriced':
    case 'Unchargeable':
      return rejection.reason;
    case 'NotCapturedYet':
      return 'nothing is captured yet';
    case 'NotComparedYet':
      return 'it is not compared with the gateway yet';
    case 'NotPlacedYet':
      return 'the order has not come yet';
  }
};
