import type { PaymentMeans } from '../../domain/invoice/index.ts';
import type { Prepaid, TaxCategory } from '../../domain/money/index.ts';

/**
 * Everything that a customer reads, in one language: a fork adds a file with a value of this type
 * and its line in `languages.ts`. What a language lacks does not compile.
 */
export type Language = {
  /** The tag as BCP 47 writes it: `en`, `de`, `pt-BR`. */
  readonly tag: string;
  readonly signs: Signs;
  readonly document: DocumentWords;
  readonly mail: MailWords;
};

/** The signs of figures. `write.ts` puts them together, the same in every version of Node. */
export type Signs = {
  /** The sign between the whole and its decimals. */
  readonly decimal: string;
  /** The sign between groups of three digits. */
  readonly group: string;
  readonly amount: (currency: string, figure: string) => string;
  readonly percent: (figure: string) => string;
  /** Writes a date; `month` is from 1. */
  readonly date: (day: number, month: number, year: number) => string;
};

/**
 * The labels and sentences of invoices and credit notes. The words are those of EN 16931 in the
 * language, and of its law where that wants certain ones.
 */
export type DocumentWords = {
  readonly invoice: string;
  readonly creditNote: string;
  /** Labels of a document's head. */
  readonly number: string;
  readonly date: string;
  readonly supplyDate: string;
  readonly order: string;
  readonly customer: string;
  readonly orderReference: string;
  readonly buyerReference: string;
  readonly paymentTerms: string;
  readonly paymentMeans: string;
  readonly paymentReference: string;
  readonly refundReference: string;
  /** The invoice that a credit note is about. */
  readonly ofInvoice: string;
  readonly seller: string;
  readonly buyer: string;
  readonly deliveryAddress: string;
  readonly vatId: string;
  readonly taxNumber: string;
  readonly bank: string;
  readonly iban: string;
  readonly bic: string;
  readonly email: string;
  readonly phone: string;
  /** Heads of the columns. */
  readonly position: string;
  readonly item: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly taxRate: string;
  readonly net: string;
  readonly tax: string;
  readonly gross: string;
  /** The head of the amounts by category and rate. */
  readonly taxBreakdown: string;
  readonly taxableAmount: string;
  readonly netTotal: string;
  readonly taxTotal: string;
  readonly total: string;
  readonly rounding: string;
  /** The name of an allowance or a charge for which the order gives no reason. */
  readonly allowance: string;
  readonly charge: string;
  readonly prepaid: Readonly<Record<Prepaid['type'], string>>;
  /** The label of what was charged, or transferred: the amount is zero where all was prepaid. */
  readonly paid: Readonly<Record<PaymentMeans, string>>;
  readonly refunded: string;
  /** The part of a credit note that goes to gift cards, vouchers and deposits. */
  readonly refundedToPrepaid: string;
  readonly means: Readonly<Record<PaymentMeans, string>>;
  /** The text in place of a rate; empty where the rate says all. */
  readonly category: Readonly<Record<TaxCategory, string>>;
  /** The text that the law wants on the invoice where the order gives no reason of its own. */
  readonly exemption: Readonly<Record<TaxCategory, string>>;
  readonly pricesWithTax: string;
  readonly pricesWithoutTax: string;
  readonly page: (page: number, pages: number) => string;
  /** Units by UN/ECE Recommendation 20. A code that is missing is written as it is. */
  readonly units: Readonly<Record<string, UnitWord>>;
};

/** The word for the unit of a quantity. `unitWord.ts` makes those with one form and with two. */
export type UnitWord = (quantity: string) => string;

export type MailText = { readonly subject: string; readonly paragraphs: readonly string[] };

/** The sentences of mails around their documents. Amounts and dates are written already. */
export type MailWords = {
  readonly received: (facts: { readonly order: string }) => MailText;
  /** The payment is under way at the bank, for days maybe. */
  readonly underWay: (facts: { readonly order: string }) => MailText;
  /** The bank wants the customer to confirm the payment, by a link below. */
  readonly authentication: (facts: { readonly order: string }) => MailText;
  /** The text of that link. */
  readonly authenticate: string;
  readonly receipt: (facts: ReceiptFacts) => MailText;
  readonly creditNote: (facts: CreditFacts) => MailText;
  readonly declined: (facts: {
    readonly order: string;
    /** The bank wants the customer to confirm the payment, and nobody asked. */
    readonly needsAuthentication: boolean;
  }) => MailText;
  readonly failed: (facts: {
    readonly order: string;
    /** The gateway cannot use the payment method. */
    readonly isMethodRefused: boolean;
  }) => MailText;
  readonly refused: (facts: { readonly order: string }) => MailText;
  readonly refundNotMade: (facts: { readonly order: string; readonly amount: string }) => MailText;
  readonly cancelled: (facts: { readonly order: string; readonly wasCharged: boolean }) => MailText;
  /** How the customer gets the document itself. */
  readonly attached: (document: string) => string;
  readonly linked: (document: string) => string;
  /** The sentence for a mail whose document alone has the lines, because there are too many. */
  readonly linesOnDocument: (count: number) => string;
};

export type ReceiptFacts = {
  readonly order: string;
  readonly means: PaymentMeans;
  /** The amount that came by that means. */
  readonly amount: string;
  /** The shop's name of a bank transfer. */
  readonly reference: string;
  readonly prepaid: readonly PrepaidFacts[];
};

export type PrepaidFacts = {
  readonly type: Prepaid['type'];
  readonly reference: string;
  readonly amount: string;
};

export type CreditFacts = {
  readonly order: string;
  readonly means: PaymentMeans;
  /** The amount that was refunded by that means; undefined where nothing was. */
  readonly amount: string | undefined;
  /** The amount that the shop gives to gift cards and vouchers; undefined where there is none. */
  readonly toPrepaid: string | undefined;
  /** The total of the whole credit note. */
  readonly total: string;
};
