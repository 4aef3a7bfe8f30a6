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
export {
  credit,
  creditable,
  CREDIT_LINE_PARTS,
  creditLineRow,
  totalsOf,
  type CreditLine,
  type CreditRequest,
} from './creditable.ts';
export { codecs } from './codec.ts';
