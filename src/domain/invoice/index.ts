export { totalsIn, type DocumentNumber, type InvoiceContent, type PaymentMeans } from './issued.ts';
export { COUNTRY_CODE } from './parties.ts';
export type { Address, Buyer, InvoiceTerms, Seller } from './parties.ts';
export { codecs, isDocument, totals, totalsRow, upcasts, type Event } from './events.ts';
export { evolve, initialState, type InvoiceContext, type State } from './state.ts';
export type { CreditNote, CreditNoteLine, InvoiceDocument } from './document.ts';
export { readText, toCurrentText, toText } from './text.ts';
export { hasRoomFor } from './room.ts';
export * from './creditable.ts';
export {
  creditLine,
  creditLineRow,
  isSameLines,
  linesText,
  taxes,
  taxTableOf,
  withTaxes,
  type TaxTable,
} from './storedLines.ts';
export {
  buyer,
  unknownBuyer,
  invoiceTerms,
  invoiceTermsRow,
  prepaid,
  prepaidRows,
  toStoredBuyer,
} from './storedParties.ts';
export {
  LINE_V1_PARTS,
  mustRead,
  NO_TERMS,
  orderLineOf,
  readCreditLineV1,
  totalsOfV1,
  type LineV1,
} from './version1.ts';
