export {
  type DocumentNumber,
  type Event,
  codecs,
  CREDIT_LINE_PARTS,
  creditLineRow,
  LINE_PARTS,
  lineRow,
  isDocument,
} from './events.ts';
export {
  evolve,
  initialState,
  type InvoiceContext,
  type CreditNote,
  type InvoiceDocument,
  type State,
} from './state.ts';
export { toCurrentText, toText, readCreditLines } from './text.ts';
export { credit, creditable, totalsOf, type CreditLine, type CreditRequest } from './creditable.ts';
