import type * as Invoice from '../../../domain/invoice/index.ts';
import { currencyExponent, type PriceMode, type Tax } from '../../../domain/money/index.ts';
import type * as Order from '../../../domain/order/index.ts';

/*
 * Orders, invoices and refunds as --json has them. Quantities and prices are decimals, as texts. A
 * line that an order of version 1 could have as well has its members too, which programs read that
 * were written before there were others.
 */

type PricedLine = {
  readonly quantity: string;
  readonly unitPrice: string;
  readonly taxes: readonly Tax[];
  readonly allowances: readonly unknown[];
  readonly charges: readonly unknown[];
};

/** The number of whole pieces; undefined for any other quantity. */
const piecesOf = (quantity: string): number | undefined =>
  /^\d+$/u.test(quantity) ? Number(quantity) : undefined;

/** The rate of a single tax in whole basis points; undefined for any other taxes. */
const bpsOf = (taxes: readonly Pick<Tax, 'rate'>[]): number | undefined => {
  const [tax, ...others] = taxes;
  return tax !== undefined && others.length === 0 && /^\d+(?:\.\d{1,2})?$/u.test(tax.rate)
    ? Math.round(Number(tax.rate) * 100)
    : undefined;
};

const minorOf = (unitPrice: string, currency: string): number | undefined => {
  const [whole = '', fraction = ''] = unitPrice.split('.');
  const exponent = currencyExponent(currency) ?? 0;
  const minor = Number(whole + fraction.padEnd(exponent, '0'));
  return fraction.length <= exponent && Number.isSafeInteger(minor) ? minor : undefined;
};

const lineValue = (
  { quantity: quantityDecimal, unitPrice: unitPriceDecimal, ...line }: PricedLine,
  { currency, priceMode }: { readonly currency: string; readonly priceMode: PriceMode },
) => {
  const quantity = piecesOf(quantityDecimal);
  const unitPriceMinor = minorOf(unitPriceDecimal, currency);
  const taxRateBps = bpsOf(line.taxes);
  const isPlain =
    priceMode === 'net' &&
    line.allowances.length + line.charges.length === 0 &&
    quantity !== undefined &&
    unitPriceMinor !== undefined &&
    taxRateBps !== undefined;
  const now = { ...line, quantityDecimal, unitPriceDecimal };
  return isPlain ? { ...now, quantity, unitPriceMinor, taxRateBps } : now;
};

const creditNoteLineValue = ({ quantity: quantityDecimal, ...line }: Invoice.CreditNoteLine) => {
  const [quantity, taxRateBps] = [piecesOf(quantityDecimal), bpsOf(line.taxes)];
  const now = { ...line, quantityDecimal };
  return quantity === undefined || taxRateBps === undefined
    ? now
    : { ...now, quantity, taxRateBps };
};

/** A line of a refund, which has no names. */
export const creditLineValue = ({
  quantity: quantityDecimal,
  taxesMinor,
  ...line
}: Invoice.CreditLine) => {
  const quantity = piecesOf(quantityDecimal);
  const taxes = taxesMinor.map((taxMinor) => ({ taxMinor }));
  const now = { ...line, taxes, quantityDecimal };
  return quantity === undefined ? now : { ...now, quantity };
};

export const invoiceValue = (document: Invoice.InvoiceDocument) => ({
  ...document,
  lines: document.lines.map((line) => lineValue(line, document)),
  creditNotes: document.creditNotes.map((note) => ({
    ...note,
    lines: note.lines.map(creditNoteLineValue),
  })),
});

export const placedValue = (placed: NonNullable<Order.State['placed']>) => ({
  ...placed,
  ...('paymentMethod' in placed.payment && { paymentMethod: placed.payment.paymentMethod }),
  lines: placed.lines.map((line) => lineValue(line, placed)),
});

export const refundValue = (refund: Order.Refund) =>
  refund.status === 'rejected' ? refund : { ...refund, lines: refund.lines.map(creditLineValue) };
