export type { DocumentNumber, Event } from './events.ts';
export {
  evolve,
  initialState,
  type InvoiceContext,
  type CreditNote,
  type InvoiceDocument,
  type State,
} from './state.ts';
export { toCurrentText, toText } from './text.ts';
export { readCreditLines } from './creditLinesText.ts';
export { credit, creditable, totalsOf, type CreditLine, type CreditRequest } from './creditable.ts';
export { codecs, CREDIT_LINE_PARTS, creditLineRow, LINE_PARTS, lineRow } from './codec.ts';
