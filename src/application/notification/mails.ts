import type * as Invoice from '../../domain/invoice/index.ts';
import { formatAmount } from '../../domain/money/index.ts';
import type * as Order from '../../domain/order/index.ts';
import { withoutSteering } from '../../domain/plainText.ts';
import type { Mail } from '../ports/notifier.ts';
import { creditNoticeId, refundFailedNoticeId, type PlainNoticeId } from './noticeIds.ts';

type MailParts = {
  readonly orderId: string;
  readonly to: string;
  readonly noticeId: PlainNoticeId | 'received';
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly table?: readonly (readonly string[])[];
};

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const htmlRow = (row: readonly string[], tag: 'td' | 'th'): string =>
  `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;

/** Writes one content twice, as plain text and as HTML. The first row of a table is its head. */
const toMail = ({ orderId, to, noticeId, ...written }: MailParts): Mail => {
  // Descriptions of older orders may contain characters that reverse the text after them or begin a
  // new line.
  const subject = withoutSteering(written.subject);
  const paragraphs = written.paragraphs.map(withoutSteering);
  const table = (written.table ?? []).map((row) => row.map(withoutSteering));
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  const textRows = table.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const textParagraphs = textRows.length > 0 ? [...paragraphs, textRows.join('\n')] : paragraphs;
  const [head, ...body] = table;
  const htmlTable =
    head === undefined
      ? ''
      : `<table>${htmlRow(head, 'th')}${body.map((row) => htmlRow(row, 'td')).join('')}</table>`;
  return {
    to,
    subject,
    dedupeKey: `${orderId}:${noticeId}`,
    text: `${textParagraphs.join('\n\n')}\n`,
    html: `<!doctype html><html><body>${paragraphs
      .map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`)
      .join('')}${htmlTable}</body></html>`,
  };
};

type MailAddressee = { readonly orderId: string; readonly to: string };

export const receivedMail = ({ orderId, to }: MailAddressee): Mail =>
  toMail({
    orderId,
    to,
    noticeId: 'received',
    subject: `We have received your order ${orderId}`,
    paragraphs: [`We have received your order ${orderId} and will email you when it is paid.`],
  });

export const declinedMail = ({ orderId, to }: MailAddressee): Mail =>
  toMail({
    orderId,
    to,
    noticeId: 'declined',
    subject: `Your payment for order ${orderId} was declined`,
    // The gateway's decline code is for us, not for the customer (docs.stripe.com/declines/codes).
    paragraphs: [
      `Your bank has declined the payment for order ${orderId}. You have not been charged.`,
      'Please place the order again with another payment method, or contact your bank.',
    ],
  });

/** The gateway's code for a refused request is for us, like the code of a decline. */
export const failedMail = (
  { orderId, to }: MailAddressee,
  { proof }: Pick<Extract<Order.Payment, { status: 'failed' }>, 'proof'>,
): Mail =>
  toMail({
    orderId,
    to,
    noticeId: 'failed',
    subject: `Your payment for order ${orderId} did not go through`,
    paragraphs: [
      `The payment for order ${orderId} did not go through, and you owe nothing for it.`,
      // A statement may show both a wrong amount and its refund.
      proof === 'refused'
        ? 'The payment method you chose cannot be used. Please place the order again with ' +
          'another one.'
        : 'If your bank shows a charge that was not refunded, please contact us. Please ' +
          'place the order again.',
    ],
  });

/** The mail gives no reason: the customer never saw the message that the reasons are about. */
export const refusedMail = ({ orderId, to }: MailAddressee): Mail =>
  toMail({
    orderId,
    to,
    noticeId: 'refused',
    subject: `We could not accept your order ${orderId}`,
    paragraphs: [
      `We could not accept your order ${orderId} as it reached us. You have not been ` +
        'charged, and you owe nothing for it.',
      'Please place the order again, or contact us. If it is submitted again for you, we ' +
        'will email you again.',
    ],
  });

export const refundNotMadeMail = (
  { orderId, to }: MailAddressee,
  { refundId, amountMinor, currency }: Pick<Order.RequestedRefund, RefundParts>,
): Mail => {
  const amount = formatAmount(amountMinor, currency);
  return toMail({
    orderId,
    to,
    noticeId: refundFailedNoticeId(refundId),
    subject: `Your refund for order ${orderId} is delayed: ${amount}`,
    paragraphs: [
      `We tried to refund ${amount} of your payment for order ${orderId}, but the refund ` +
        'did not go through.',
      // The mail promises nothing that only a person can do.
      'We are aware of the problem. If you do not hear from us, please contact us and ' +
        'quote your order number.',
    ],
  });
};

type RefundParts = 'refundId' | 'amountMinor' | 'currency';

export const cancelledMail = (
  { orderId, to }: MailAddressee,
  { wasCharged }: { readonly wasCharged: boolean },
): Mail =>
  toMail({
    orderId,
    to,
    noticeId: 'cancelled',
    subject: `Your order ${orderId} has been cancelled`,
    paragraphs: [
      wasCharged
        ? `Order ${orderId} has been cancelled, and your payment has been refunded in full.`
        : `Order ${orderId} has been cancelled, and you owe nothing for it.`,
    ],
  });

/** `19 %`, or each of several: `5 % + 9.975 %`. */
const formatRates = (taxes: readonly { readonly rate: string }[]): string =>
  taxes.map(({ rate }) => `${rate} %`).join(' + ');

export const receiptMail = (to: string, invoice: Invoice.InvoiceDocument): Mail => {
  const { orderId, currency } = invoice;
  const amount = (amountMinor: number) => formatAmount(amountMinor, currency);
  return toMail({
    orderId,
    to,
    noticeId: 'receipt',
    subject: `Your receipt for order ${orderId}: ${amount(invoice.payableMinor)}`,
    paragraphs: [
      `Thank you. You have paid ${amount(invoice.payableMinor)} for order ${orderId}.`,
      `Invoice ${invoice.label} of ${dayOf(invoice.issuedAt)} (UTC), payment ` +
        `${invoice.paymentReference}.`,
    ],
    table: [
      ['Item', 'Quantity', 'Unit price', 'Net', 'Tax rate', 'Tax'],
      ...invoice.lines.map((line) => [
        line.description,
        line.quantity,
        `${currency} ${line.unitPrice}`,
        amount(line.netMinor),
        formatRates(line.taxes),
        amount(line.taxMinor),
      ]),
      ['Subtotal', '', '', amount(invoice.netMinor), '', amount(invoice.taxMinor)],
      ['Total', '', '', amount(invoice.totalMinor), '', ''],
    ],
  });
};

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export const creditNoteMail = (
  to: string,
  invoice: Invoice.InvoiceDocument,
  creditNote: Invoice.CreditNote,
): Mail => {
  const { orderId, currency } = invoice;
  const amount = (amountMinor: number) => formatAmount(amountMinor, currency);
  const total = amount(creditNote.payableMinor);
  return toMail({
    orderId,
    to,
    noticeId: creditNoticeId(creditNote.refundId),
    subject: `Your refund for order ${orderId}: ${total}`,
    paragraphs: [
      `We have refunded ${total} of your payment for order ${orderId}.`,
      `Credit note ${creditNote.label} of ${dayOf(creditNote.issuedAt)} (UTC) for ` +
        `invoice ${invoice.label}, refund ${creditNote.refundReference}.`,
    ],
    table: [
      ['Item', 'Quantity', 'Net', 'Tax rate', 'Tax'],
      ...creditNote.lines.map((line) => [
        line.description,
        line.quantity === '0' ? '' : line.quantity,
        amount(line.netMinor),
        formatRates(line.taxes),
        amount(line.taxMinor),
      ]),
      ['Subtotal', '', amount(creditNote.netMinor), '', amount(creditNote.taxMinor)],
      ['Total', '', total, '', ''],
    ],
  });
};
