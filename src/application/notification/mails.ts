import type * as Invoice from '../../domain/invoice/index.ts';
import { formatAmount } from '../../domain/money/index.ts';
import type { Kind } from '../../domain/notification/index.ts';
import type * as Order from '../../domain/order/index.ts';
import { withoutSteering } from '../../domain/plainText.ts';
import type { Mail } from '../ports/notifier.ts';

type MailParts = {
  readonly orderId: string;
  readonly to: string;
  /** The kind, and of what is about a refund its id. */
  readonly kind: Kind | `${'credit' | 'refund-failed'}#${string}`;
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly table?: readonly (readonly string[])[];
};

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const htmlRow = (row: readonly string[], tag: 'td' | 'th'): string =>
  `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;

/** One content, written twice: as plain text and as HTML. The first row of a table is its head. */
const toMail = ({ orderId, to, kind, ...written }: MailParts): Mail => {
  // Descriptions of older orders may turn the direction of what stands behind them, or begin lines.
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
  const [head, ...body] = table;
  const htmlTable =
    head === undefined
      ? ''
      : `<table>${htmlRow(head, 'th')}${body.map((row) => htmlRow(row, 'td')).join('')}</table>`;
  return {
    to,
    subject,
    dedupeKey: `${orderId}:${kind}`,
    text: `${[...paragraphs, ...(textRows.length > 0 ? [textRows.join('\n')] : [])].join('\n\n')}\n`,
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
    kind: 'received',
    subject: `We have received your order ${orderId}`,
    paragraphs: [`Your order ${orderId} has come in. We will write again when it is paid.`],
  });

export const declinedMail = ({ orderId, to }: MailAddressee): Mail =>
  toMail({
    orderId,
    to,
    kind: 'declined',
    subject: `Your payment for order ${orderId} was declined`,
    // The gateway's decline code is for us, not for the customer (docs.stripe.com/declines/codes).
    paragraphs: [
      `Your bank has declined the payment for order ${orderId}. You have not been charged.`,
      'Please order again with another means of payment, or ask your bank.',
    ],
  });

/** The gateway's code for what it refused is for us, as the code of a decline is. */
export const failedMail = (
  { orderId, to }: MailAddressee,
  { proof }: Pick<Extract<Order.Payment, { status: 'failed' }>, 'proof'>,
): Mail =>
  toMail({
    orderId,
    to,
    kind: 'failed',
    subject: `Your payment for order ${orderId} could not be made`,
    paragraphs: [
      `The payment for order ${orderId} could not be made, and you owe nothing for it.`,
      // After a wrong amount that was given back, a statement may show both.
      proof === 'refused'
        ? 'It cannot be made with the means of payment that you chose. Please order again with another.'
        : 'If your bank shows a charge that was not given back, tell us. Please order again.',
    ],
  });

/** Why is not said: the reasons are about parts of a message that the customer never saw. */
export const refusedMail = ({ orderId, to }: MailAddressee): Mail =>
  toMail({
    orderId,
    to,
    kind: 'refused',
    subject: `We could not take your order ${orderId}`,
    paragraphs: [
      `Your order ${orderId} could not be taken as it reached us. Nothing was charged, and you owe nothing for it.`,
      'Please order again, or ask us. Should it be sent to us again for you, we will write to you again.',
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
    kind: `refund-failed#${refundId}`,
    subject: `Your refund for order ${orderId} could not be made yet: ${amount}`,
    paragraphs: [
      `We tried to give back ${amount} of what you paid for order ${orderId}, and it could not be made.`,
      // Nothing is promised that only a person can do.
      'We know of it. If you hear nothing more from us, please write to us and name the order.',
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
    kind: 'cancelled',
    subject: `Your order ${orderId} is cancelled`,
    paragraphs: [
      wasCharged
        ? `Order ${orderId} is cancelled, and all that you paid for it was given back.`
        : `Order ${orderId} is cancelled, and you owe nothing for it.`,
    ],
  });

/** 1900 basis points are `19 %`, 725 are `7.25 %`. */
const formatRate = (taxRateBps: number): string => `${taxRateBps / 100} %`;

export const receiptMail = (to: string, invoice: Invoice.InvoiceDocument): Mail => {
  const { orderId, currency } = invoice;
  const amount = (amountMinor: number) => formatAmount(amountMinor, currency);
  return toMail({
    orderId,
    to,
    kind: 'receipt',
    subject: `Your receipt for order ${orderId}: ${amount(invoice.totalMinor)}`,
    paragraphs: [
      `Thank you. You have paid ${amount(invoice.totalMinor)} for order ${orderId}.`,
      `Invoice ${invoice.label} of ${dayOf(invoice.issuedAt)} (UTC), payment ${invoice.paymentReference}.`,
    ],
    table: [
      ['Item', 'Quantity', 'Unit price', 'Net', 'Tax rate', 'Tax'],
      ...invoice.lines.map((line) => [
        line.description,
        String(line.quantity),
        amount(line.unitPriceMinor),
        amount(line.netMinor),
        formatRate(line.taxRateBps),
        amount(line.taxMinor),
      ]),
      ['Sum', '', '', amount(invoice.netMinor), '', amount(invoice.taxMinor)],
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
  const total = amount(creditNote.totalMinor);
  return toMail({
    orderId,
    to,
    kind: `credit#${creditNote.refundId}`,
    subject: `Your refund for order ${orderId}: ${total}`,
    paragraphs: [
      `We have given back ${total} of what you paid for order ${orderId}.`,
      `Credit note ${creditNote.label} of ${dayOf(creditNote.issuedAt)} (UTC) to invoice ${invoice.label}, refund ${creditNote.refundReference}.`,
    ],
    table: [
      ['Item', 'Quantity', 'Net', 'Tax rate', 'Tax'],
      ...creditNote.lines.map((line) => [
        line.description,
        line.quantity === 0 ? '' : String(line.quantity),
        amount(line.netMinor),
        formatRate(line.taxRateBps),
        amount(line.taxMinor),
      ]),
      ['Sum', '', amount(creditNote.netMinor), '', amount(creditNote.taxMinor)],
      ['Total', '', total, '', ''],
    ],
  });
};
