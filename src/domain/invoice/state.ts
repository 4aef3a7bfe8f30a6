import type { PricedLine, Totals } from '../money/index.ts';
import type { CreditLine } from './creditable.ts';
import type { DocumentNumber, Event } from './events.ts';

/** One line of a credit note, with what it was called on the invoice. */
export type CreditNoteLine = CreditLine & Pick<PricedLine, 'sku' | 'description' | 'taxRateBps'>;

export type CreditNote = DocumentNumber &
  Totals & {
    readonly refundId: string;
    readonly refundReference: string;
    readonly lines: readonly CreditNoteLine[];
  };

/** The invoice as people and programs read it; its credit notes in the order of their issue. */
export type InvoiceDocument = DocumentNumber &
  Totals & {
    readonly orderId: string;
    readonly customerId: string;
    readonly currency: string;
    readonly lines: readonly PricedLine[];
    readonly paymentReference: string;
    readonly creditNotes: readonly CreditNote[];
  };

/** `version` is that of the last event which changed the invoice. */
export type State =
  | { readonly status: 'none' }
  | { readonly status: 'issued'; readonly document: InvoiceDocument; readonly version: number };

export const initialState: State = { status: 'none' };

/** What the order's other events say about a document, and the version of the event. */
export type InvoiceContext = {
  readonly orderId: string;
  readonly customerId: string;
  readonly currency: string;
  readonly reference: string;
  readonly version: number;
};

export const evolve = (state: State, event: Event, context: InvoiceContext): State => {
  const { version, reference, orderId, customerId, currency } = context;
  switch (event.type) {
    case 'InvoiceIssued': {
      const about = { orderId, customerId, currency, paymentReference: reference };
      return {
        status: 'issued',
        version,
        document: { ...about, ...event.data, creditNotes: [] },
      };
    }
    case 'CreditNoteIssued': {
      if (state.status === 'none') return state;
      const { document } = state;
      const lines = event.data.lines.flatMap((line): readonly CreditNoteLine[] => {
        const invoiced = document.lines[line.line - 1];
        if (invoiced === undefined) return [];
        const { sku, description, taxRateBps } = invoiced;
        return [{ ...line, sku, description, taxRateBps }];
      });
      const creditNote = { ...event.data, lines, refundReference: reference };
      const creditNotes = [...document.creditNotes, creditNote];
      return { ...state, version, document: { ...document, creditNotes } };
    }
  }
};
