import { creditNoteSheet } from '../documents/creditNoteSheet.ts';
import { invoiceSheet } from '../documents/invoiceSheet.ts';
import type { Sheet } from '../documents/sheet.ts';
import { isolated } from '../documents/wrapText.ts';
import type { InvoiceDocument } from '../../domain/invoice/document.ts';
import { withoutSteering } from '../../domain/plainText.ts';
import type { CreditFacts, Language, MailText, ReceiptFacts } from '../language/language.ts';
import { languageFor } from '../language/languages.ts';
import { writeAmount } from '../language/write.ts';
import type { IssuedDocument } from '../ports/documentRenderer.ts';
import type { Mail, MailFile } from '../ports/notifier.ts';
import { mailHtml, mailText, type MailContent } from './mailLayout.ts';
import type { Notice } from './notice.ts';

export type MailSettings = {
  /** The language for customers whose language is not known, or for which there are no texts. */
  readonly defaultLanguage: string;
  /** Whether the customer gets the document itself, and by which means. */
  readonly delivery: 'attach' | 'link' | 'none';
  /** An address with `{orderId}` and `{number}`; empty where there is none. */
  readonly linkTemplate: string;
};

/**
 * The notice as a mail, the same bytes whenever it is written. `files` are attached; without them
 * the mail links to the document, where there is a link.
 */
export const writeMail = (
  notice: Notice,
  settings: MailSettings,
  files: readonly MailFile[] = [],
): Mail => {
  const document = documentOf(notice);
  const language = languageFor(
    document?.invoice.language || notice.language,
    settings.defaultLanguage,
  );
  const { subject, paragraphs } = textOf(notice, language);
  const content: MailContent = {
    language: language.tag,
    subject: withoutSteering(subject),
    paragraphs,
    ...(document && documentContent(document, { paragraphs, language, settings, files })),
    ...(notice.kind === 'authentication' && {
      link: { text: language.mail.authenticate, url: notice.link },
    }),
  };
  return {
    to: notice.to,
    subject: content.subject,
    text: mailText(content),
    html: mailHtml(content),
    dedupeKey: `${notice.orderId}:${notice.id}`,
    ...(files.length === 0 ? {} : { files }),
  };
};

/** The document that the notice is about, if it is about one. */
export const documentOf = (notice: Notice): IssuedDocument | undefined => {
  if (notice.kind === 'receipt') return { invoice: notice.invoice };
  if (notice.kind !== 'credit') return undefined;
  return { invoice: notice.invoice, note: notice.creditNote };
};

/** A mail with more lines is cut off by some readers, and the document has them. */
const LINES_SHOWN_MAX = 100;

type DocumentContext = {
  readonly paragraphs: readonly string[];
  readonly language: Language;
  readonly settings: MailSettings;
  readonly files: readonly MailFile[];
};

const documentContent = (
  { invoice, note }: IssuedDocument,
  { paragraphs, language, settings, files }: DocumentContext,
): Pick<MailContent, 'paragraphs' | 'link' | 'sheet'> => {
  const sheet =
    note === undefined ? invoiceSheet(invoice, language) : creditNoteSheet(invoice, note, language);
  const words = language.mail;
  const url =
    files.length > 0 || settings.delivery === 'none'
      ? ''
      : linkTo(settings.linkTemplate, invoice.orderId, (note ?? invoice).label);
  const isElsewhere = files.length > 0 || url !== '';
  const shown = isElsewhere ? withoutMany(sheet) : sheet;
  return {
    paragraphs: [
      ...paragraphs,
      ...(files.length > 0 ? [words.attached(sheet.title)] : []),
      ...(shown === sheet ? [] : [words.linesOnDocument(sheet.lines.length)]),
    ],
    ...(url === '' ? {} : { link: { text: words.linked(sheet.title), url } }),
    sheet: shown,
  };
};

const withoutMany = (sheet: Sheet): Sheet =>
  sheet.lines.length > LINES_SHOWN_MAX ? { ...sheet, lines: [] } : sheet;

const linkTo = (template: string, orderId: string, number: string): string =>
  template
    .replaceAll('{orderId}', () => encodeURIComponent(orderId))
    .replaceAll('{number}', () => encodeURIComponent(number));

const textOf = (notice: Notice, language: Language): MailText => {
  const words = language.mail;
  const order = plain(notice.orderId);
  switch (notice.kind) {
    case 'received':
      return words.received({ order });
    case 'pending':
      return words.underWay({ order });
    case 'authentication':
      return words.authentication({ order });
    case 'receipt':
      return words.receipt(receiptFacts(notice.invoice, language));
    case 'credit':
      return words.creditNote(creditFacts(notice, language));
    case 'declined': {
      const needsAuthentication = notice.code === AUTHENTICATION_REQUIRED;
      return words.declined({ order, needsAuthentication });
    }
    case 'failed':
      return words.failed({ order, isMethodRefused: notice.proof === 'refused' });
    case 'refused':
      return words.refused({ order });
    case 'refund-failed': {
      const amount = writeAmount(language, notice.amountMinor, notice.currency);
      return words.refundNotMade({ order, amount });
    }
    case 'cancelled':
      return words.cancelled({ order, wasCharged: notice.wasCharged });
  }
};

/**
 * The one decline code about which the customer can do something (docs.stripe.com/declines/codes).
 * All others are for us.
 */
const AUTHENTICATION_REQUIRED = 'authentication_required';

const receiptFacts = (invoice: InvoiceDocument, language: Language): ReceiptFacts => {
  const amount = (minor: number) => writeAmount(language, minor, invoice.currency);
  return {
    order: plain(invoice.orderId),
    means: invoice.paymentMeans,
    amount: amount(invoice.payableMinor),
    reference: invoice.paymentMeans === 'transfer' ? plain(invoice.paymentReference) : '',
    prepaid: invoice.prepaid.map(({ type, reference, amountMinor }) => ({
      type,
      reference: plain(reference),
      amount: amount(amountMinor),
    })),
  };
};

const creditFacts = (
  { invoice, creditNote }: Extract<Notice, { kind: 'credit' }>,
  language: Language,
): CreditFacts => {
  const amount = (minor: number) => writeAmount(language, minor, invoice.currency);
  const { payableMinor, prepaidMinor } = creditNote;
  return {
    order: plain(invoice.orderId),
    means: invoice.paymentMeans,
    amount: payableMinor === 0 ? undefined : amount(payableMinor),
    toPrepaid: prepaidMinor === 0 ? undefined : amount(prepaidMinor),
    total: amount(payableMinor + prepaidMinor),
  };
};

/** A text of the shop's within a sentence of ours. */
const plain = (text: string): string => isolated(withoutSteering(text));
